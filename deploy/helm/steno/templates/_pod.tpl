{{- define "steno.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "steno.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "steno.instance" -}}
- name: INSTANCE
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
{{- end -}}

{{/*
Steno wants its keys for their owner alone, which a mounted Secret cannot be; and each capture has
an address of its own. So both are written anew, into memory. `env` says who INSTANCE is.
*/}}
{{- define "steno.prepare" -}}
- name: prepare
  image: {{ include "steno.image" .root }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  command: [sh, -ec]
  args:
    - >-
      sed "s/__INSTANCE__/$INSTANCE/g" /etc/steno/template/steno.yaml > /run/steno/steno.yaml;
      install -m 0600 "/etc/steno/keys/$KEYS" /run/steno/keys.json
  env:
    {{- .env | nindent 4 }}
    - name: KEYS
      value: {{ .root.Values.keys.key | quote }}
  securityContext:
    {{- include "steno.containerSecurity" .root | nindent 4 }}
  resources:
    requests: { cpu: 10m, memory: 32Mi }
    limits: { memory: 64Mi }
  volumeMounts:
    - { name: config, mountPath: /etc/steno/template, readOnly: true }
    - { name: keys, mountPath: /etc/steno/keys, readOnly: true }
    - { name: run, mountPath: /run/steno }
{{- end -}}

{{/* Volumes of a component but its data: dict "root" $ "role" NAME */}}
{{- define "steno.volumes" -}}
- name: config
  configMap:
    name: {{ include "steno.fullname" .root }}
    items: [{ key: {{ .role }}.yaml, path: steno.yaml }]
- name: keys
  secret:
    secretName: {{ required "keys.existingSecret" .root.Values.keys.existingSecret }}
    defaultMode: 0440
- name: run
  emptyDir: { medium: Memory, sizeLimit: 4Mi }
- name: tmp
  emptyDir: { sizeLimit: 256Mi }
{{- range $mount, $secret := (index .root.Values .role).secrets }}
- name: secret-{{ $mount }}
  secret:
    secretName: {{ $secret }}
    defaultMode: 0440
{{- end }}
{{- end -}}

{{- define "steno.mounts" -}}
- { name: data, mountPath: /var/lib/steno }
- { name: run, mountPath: /run/steno, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- range $mount, $secret := (index .root.Values .role).secrets }}
- { name: secret-{{ $mount }}, mountPath: /etc/steno/secrets/{{ $mount }}, readOnly: true }
{{- end }}
{{- end -}}

{{/* What every pod of a component has beside its containers. */}}
{{- define "steno.podCommon" -}}
serviceAccountName: {{ include "steno.fullname" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "steno.podSecurity" .root | nindent 2 }}
{{- with (index .root.Values .role).nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (index .root.Values .role).tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "steno.podAnnotations" -}}
steno/config: {{ include "steno.config" . | sha256sum }}
{{- with (index .root.Values .role).podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* dict "port" NAME and perhaps "scheme" */}}
{{- define "steno.probes" -}}
{{- $get := dict "port" .port "scheme" (default "HTTP" .scheme) -}}
{{- $health := merge (dict "path" "/healthz") $get -}}
{{- $ready := merge (dict "path" "/readyz") $get -}}
startupProbe:
  httpGet: {{ toJson $health }}
  periodSeconds: 2
  failureThreshold: 150
livenessProbe:
  httpGet: {{ toJson $health }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {{ toJson $ready }}
  periodSeconds: 3
  timeoutSeconds: 3
  failureThreshold: 2
{{- end -}}
