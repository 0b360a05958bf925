{{/*
steno.yaml of one component: what the chart knows, over that component's `config`, over `config`.
__INSTANCE__ becomes the name of the pod when it starts.
*/}}
{{- define "steno.config" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $fixed := dict
      "data" "/var/lib/steno"
      "keys" (dict "root" "/run/steno/keys.json")
      "admin" (dict "listen" "0.0.0.0:9464")
      "sessions" (dict "drain" (printf "%ds" (int $values.capture.drainSeconds))) -}}
{{- if eq .role "capture" -}}
{{- $peers := printf "%s-capture-peers.%s.svc" (include "steno.fullname" $root) $root.Release.Namespace -}}
{{- $gateway := dict
      "listen" (printf "0.0.0.0:%d" (int $values.gateway.port))
      "peer" (printf "__INSTANCE__.%s:%d" $peers (int $values.gateway.port))
      "proxyProtocol" $values.gateway.proxyProtocol -}}
{{- if $values.gateway.tls.existingSecret -}}
{{- $files := dict "cert" "/etc/steno/gateway-tls/tls.crt" "key" "/etc/steno/gateway-tls/tls.key" -}}
{{- $_ := set $gateway "tls" $files -}}
{{- else if $values.gateway.insecure -}}
{{- $_ := set $gateway "insecure" true -}}
{{- else -}}
{{- fail "gateway.tls.existingSecret is missing: tokens would arrive in the clear" -}}
{{- end -}}
{{- $_ := set $fixed "gateways" (dict "postgres" $gateway) -}}
{{- else if eq .role "api" -}}
{{- $web := dict "listen" (printf "0.0.0.0:%d" (int $values.api.port)) "names" $values.api.names -}}
{{- if $values.api.tls.existingSecret -}}
{{- $files := dict "cert" "/etc/steno/web-tls/tls.crt" "key" "/etc/steno/web-tls/tls.key" -}}
{{- $_ := set $web "tls" $files -}}
{{- else if $values.api.insecure -}}
{{- $_ := set $web "insecure" true -}}
{{- else -}}
{{- fail "api.tls.existingSecret is missing: recordings would travel in the clear" -}}
{{- end -}}
{{- $_ := set $fixed "web" $web -}}
{{- end -}}
{{- $own := (index $values .role).config -}}
{{- mustMergeOverwrite (deepCopy $values.config) (deepCopy $own) $fixed | toYaml -}}
{{- end -}}
