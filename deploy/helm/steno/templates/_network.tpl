{{/*
One rule, to anywhere where nobody is named; none where there is no port to open:
dict "to" LIST "ports" LIST
*/}}
{{- define "steno.egress" -}}
{{- if .ports -}}
- ports:
    {{- range .ports | uniq }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end -}}
