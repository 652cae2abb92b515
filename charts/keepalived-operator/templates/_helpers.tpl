{{- /* Names and labels are those of the Go operator's chart: a Deployment's name and selector never change under a release. */ -}}
{{- define "keepalived-operator.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "keepalived-operator.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{ .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "keepalived-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "keepalived-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
operator: keepalived-operator
{{- end }}

{{- define "keepalived-operator.labels" -}}
{{ include "keepalived-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: keepalived-operator
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "keepalived-operator.image" -}}
{{- with .Values.image }}
{{- if regexMatch "^v?[01]\\." (toString .tag) }}
{{- fail (printf "image.tag is %s, a version of the Go operator, which this chart can't run. Leave image.tag out; when it comes from the values of an earlier release, use helm upgrade --reset-then-reuse-values or --reset-values." .tag) }}
{{- end }}
{{- end }}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "keepalived-operator.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default "controller-manager" }}
{{- end }}

{{- /*
Variables of values.env that the chart decides itself: the agent is always of the manager's image, and a template file is read only where one is
mounted. The Go operator's chart sets both by default.
*/ -}}
{{- define "keepalived-operator.ownEnv" -}}
KEEPALIVED_OPERATOR_IMAGE_NAME KEEPALIVEDGROUP_TEMPLATE_FILE_NAME
{{- end }}

{{- define "keepalived-operator.metricsService" -}}
keepalived-operator-controller-manager-metrics
{{- end }}

{{- define "keepalived-operator.metricsReader" -}}
keepalived-operator-metrics-reader
{{- end }}

{{- /* Who makes the certificate of the metrics: cert-manager when asked, OpenShift where the cluster is one, else the manager itself. */ -}}
{{- define "keepalived-operator.certificateFrom" -}}
{{- if .Values.enableCertManager -}}
cert-manager
{{- else if .Capabilities.APIVersions.Has "security.openshift.io/v1" -}}
openshift
{{- else -}}
manager
{{- end -}}
{{- end }}

{{- /* Who is let find the groups' pods: as values say, else Prometheus of OpenShift where the cluster is one, else nobody. */ -}}
{{- define "keepalived-operator.prometheus" -}}
{{- $openshift := .Capabilities.APIVersions.Has "security.openshift.io/v1" | ternary "openshift-monitoring/prometheus-k8s" "0" -}}
{{ .Values.monitoring.prometheusServiceAccount | default $openshift }}
{{- end }}
