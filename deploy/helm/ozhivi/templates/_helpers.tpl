{{- define "ozhivi.labels" -}}
app.kubernetes.io/name: ozhivi
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* (list . "serve") */ -}}
{{- define "ozhivi.selector" -}}
app.kubernetes.io/name: ozhivi
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- /* (list . image) */ -}}
{{- define "ozhivi.image" -}}
{{- $root := index . 0 -}}{{- $own := index . 1 -}}
{{ $own.repository | default $root.Values.image.repository }}:{{ $own.tag | default $root.Values.image.tag | default $root.Chart.AppVersion }}
{{- end }}

{{- define "ozhivi.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
# open answers and the job in hand end within 20 s of SIGTERM, those of the service after its delay
terminationGracePeriodSeconds: {{ add 25 (int .Values.serve.stopDelay) }}
{{- end }}

{{- define "ozhivi.container" -}}
imagePullPolicy: {{ .Values.image.pullPolicy }}
envFrom:
  - configMapRef: { name: {{ .Release.Name }}-settings }
  - secretRef: { name: {{ .Values.existingSecret }} }
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{- /* Whether there is a gallery: not empty, or nothing. */ -}}
{{- define "ozhivi.gallery" -}}
{{ .Values.gallery.existingSecret }}{{ .Values.gallery.existingClaim }}
{{- end }}

{{- /* (list . image). The pod's own copy of the gallery, which the service opens for writing: SQLite keeps files beside it. */ -}}
{{- define "ozhivi.tables.init" -}}
{{- $root := index . 0 -}}
- name: tables
  image: {{ include "ozhivi.image" . }}
  args: [db, upgrade]
  {{- include "ozhivi.container" $root | nindent 2 }}
  resources:
    requests: { cpu: 100m, memory: 128Mi }
    limits: { memory: 512Mi }
  volumeMounts:
    - { name: data, mountPath: /var/lib/ozhivi }
    - { name: tmp, mountPath: /tmp }
{{- end }}

{{- define "ozhivi.gallery.init" -}}
{{- $root := index . 0 -}}
- name: gallery
  image: {{ include "ozhivi.image" . }}
  command: [install, -D, -m, "0600"]
  args: [{{ printf "/gallery/%s" $root.Values.gallery.file | quote }}, /var/lib/ozhivi/gallery/gallery.db]
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities: { drop: [ALL] }
  resources:
    requests: { cpu: 10m, memory: 16Mi }
    limits: { memory: 64Mi }
  volumeMounts:
    - { name: gallery-source, mountPath: /gallery, readOnly: true }
    - { name: gallery, mountPath: /var/lib/ozhivi/gallery }
{{- end }}

{{- define "ozhivi.gallery.volumes" -}}
- name: gallery
  emptyDir: { sizeLimit: 2Gi }
- name: gallery-source
  {{- if .Values.gallery.existingSecret }}
  secret: { secretName: {{ .Values.gallery.existingSecret }} }
  {{- else }}
  persistentVolumeClaim: { claimName: {{ .Values.gallery.existingClaim }}, readOnly: true }
  {{- end }}
{{- end }}
