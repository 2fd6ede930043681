namespace Skep.Cli.Services;

/// <summary>What docker service inspect --pretty shows; <c>ServicePage.Fields.cs</c> has its fields.</summary>
internal static partial class ServicePage
{
    /// <summary>Docker's page; the blanks are its own, tabs and all.</summary>
    public const string Template = """

        ID:		{{.ID}}
        Name:		{{.Name}}
        {{- if .Labels }}
        Labels:
        {{- range $k, $v := .Labels }}
         {{ $k }}{{if $v }}={{ $v }}{{ end }}
        {{- end }}{{ end }}
        Service Mode:
        {{- if .IsModeGlobal }}	Global
        {{- else if .IsModeReplicated }}	Replicated
        {{- if .ModeReplicatedReplicas }}
         Replicas:	{{ .ModeReplicatedReplicas }}
        {{- end }}{{ end }}
        {{- if .HasUpdateStatus }}
        UpdateStatus:
         State:		{{ .UpdateStatusState }}
        {{- if .HasUpdateStatusStarted }}
         Started:	{{ .UpdateStatusStarted }}
        {{- end }}
        {{- if .UpdateIsCompleted }}
         Completed:	{{ .UpdateStatusCompleted }}
        {{- end }}
         Message:	{{ .UpdateStatusMessage }}
        {{- end }}
        Placement:
        {{- if .TaskPlacementConstraints }}
         Constraints:	{{ .TaskPlacementConstraints }}
        {{- end }}
        {{- if .TaskPlacementPreferences }}
         Preferences:   {{ .TaskPlacementPreferences }}
        {{- end }}
        {{- if .MaxReplicas }}
         Max Replicas Per Node:   {{ .MaxReplicas }}
        {{- end }}
        {{- if .HasUpdateConfig }}
        UpdateConfig:
         Parallelism:	{{ .UpdateParallelism }}
        {{- if .HasUpdateDelay}}
         Delay:		{{ .UpdateDelay }}
        {{- end }}
         On failure:	{{ .UpdateOnFailure }}
        {{- if .HasUpdateMonitor}}
         Monitoring Period: {{ .UpdateMonitor }}
        {{- end }}
         Max failure ratio: {{ .UpdateMaxFailureRatio }}
         Update order:      {{ .UpdateOrder }}
        {{- end }}
        {{- if .HasRollbackConfig }}
        RollbackConfig:
         Parallelism:	{{ .RollbackParallelism }}
        {{- if .HasRollbackDelay}}
         Delay:		{{ .RollbackDelay }}
        {{- end }}
         On failure:	{{ .RollbackOnFailure }}
        {{- if .HasRollbackMonitor}}
         Monitoring Period: {{ .RollbackMonitor }}
        {{- end }}
         Max failure ratio: {{ .RollbackMaxFailureRatio }}
         Rollback order:    {{ .RollbackOrder }}
        {{- end }}
        ContainerSpec:
         Image:		{{ .ContainerImage }}
        {{- if .ContainerArgs }}
         Args:		{{ range $arg := .ContainerArgs }}{{ $arg }} {{ end }}
        {{- end -}}
        {{- if .ContainerEnv }}
         Env:		{{ range $env := .ContainerEnv }}{{ $env }} {{ end }}
        {{- end -}}
        {{- if .ContainerWorkDir }}
         Dir:		{{ .ContainerWorkDir }}
        {{- end -}}
        {{- if .HasContainerInit }}
         Init:		{{ .ContainerInit }}
        {{- end -}}
        {{- if .ContainerUser }}
         User: {{ .ContainerUser }}
        {{- end }}
        {{- if .HasCapabilities }}
        Capabilities:
        {{- if .HasCapabilityAdd }}
         Add: {{ .CapabilityAdd }}
        {{- end }}
        {{- if .HasCapabilityDrop }}
         Drop: {{ .CapabilityDrop }}
        {{- end }}
        {{- end }}
        {{- if .ContainerSysCtls }}
        SysCtls:
        {{- range $k, $v := .ContainerSysCtls }}
         {{ $k }}{{if $v }}: {{ $v }}{{ end }}
        {{- end }}{{ end }}
        {{- if .ContainerUlimits }}
        Ulimits:
        {{- range $k, $v := .ContainerUlimits }}
         {{ $k }}: {{ $v }}
        {{- end }}{{ end }}
        {{- if .ContainerMounts }}
        Mounts:
        {{- end }}
        {{- range $mount := .ContainerMounts }}
         Target:	{{ $mount.Target }}
          Source:	{{ $mount.Source }}
          ReadOnly:	{{ $mount.ReadOnly }}
          Type:		{{ $mount.Type }}
        {{- end -}}
        {{- if .Configs}}
        Configs:
        {{- range $config := .Configs }}
         Target:	{{$config.File.Name}}
          Source:	{{$config.ConfigName}}
        {{- end }}{{ end }}
        {{- if .Secrets }}
        Secrets:
        {{- range $secret := .Secrets }}
         Target:	{{$secret.File.Name}}
          Source:	{{$secret.SecretName}}
        {{- end }}{{ end }}
        {{- if .HasLogDriver }}
        Log Driver:
        {{- if .HasLogDriverName }}
         Name:		{{ .LogDriverName }}
        {{- end }}
        {{- if .LogOpts }}
         LogOpts:
        {{- range $k, $v := .LogOpts }}
          {{ $k }}{{if $v }}:       {{ $v }}{{ end }}
        {{- end }}{{ end }}
        {{ end }}
        {{- if .HasResources }}
        Resources:
        {{- if .HasResourceReservations }}
         Reservations:
        {{- if gt .ResourceReservationNanoCPUs 0.0 }}
          CPU:		{{ .ResourceReservationNanoCPUs }}
        {{- end }}
        {{- if .ResourceReservationMemory }}
          Memory:	{{ .ResourceReservationMemory }}
        {{- end }}{{ end }}
        {{- if .HasResourceLimits }}
         Limits:
        {{- if gt .ResourceLimitsNanoCPUs 0.0 }}
          CPU:		{{ .ResourceLimitsNanoCPUs }}
        {{- end }}
        {{- if .ResourceLimitMemory }}
          Memory:	{{ .ResourceLimitMemory }}
        {{- end }}{{ end }}{{ end }}
        {{- if gt .ResourceLimitPids 0 }}
          PIDs:		{{ .ResourceLimitPids }}
        {{- end }}
        {{- if .Networks }}
        Networks:
        {{- range $network := .Networks }} {{ $network }}{{ end }} {{ end }}
        Endpoint Mode:	{{ .EndpointMode }}
        {{- if .Ports }}
        Ports:
        {{- range $port := .Ports }}
         PublishedPort = {{ $port.PublishedPort }}
          Protocol = {{ $port.Protocol }}
          TargetPort = {{ $port.TargetPort }}
          PublishMode = {{ $port.PublishMode }}
        {{- end }} {{ end -}}
        {{- if .Healthcheck }}
         Healthcheck:
          Interval = {{ .Healthcheck.Interval }}
          Retries = {{ .Healthcheck.Retries }}
          StartPeriod =	{{ .Healthcheck.StartPeriod }}
          Timeout =	{{ .Healthcheck.Timeout }}
          {{- if .Healthcheck.Test }}
          Tests:
        	{{- range $test := .Healthcheck.Test }}
        	 Test = {{ $test }}
          {{- end }} {{ end -}}
        {{- end }}

        """;
}
