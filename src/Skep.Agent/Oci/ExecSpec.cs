using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Agent.Oci;

/// <summary>Everything that a further process in a running container depends on.</summary>
public sealed record ExecInputs
{
    /// <summary>The container's.</summary>
    public required ContainerConfig Config { get; init; }

    /// <summary>The container's.</summary>
    public required HostConfig HostConfig { get; init; }

    public required ExecConfig Exec { get; init; }

    /// <summary>Of <see cref="ExecConfig.User"/>; the container's own where that is empty.</summary>
    public required UserIdentity User { get; init; }

    public required KernelFacts Kernel { get; init; }

    /// <summary>What the container's first process was told.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Rows and columns from the start request; null: those of the exec's creation.</summary>
    public IReadOnlyList<uint>? ConsoleSize { get; init; }

    public IReadOnlyList<Ulimit> DefaultUlimits { get; init; } = [];
    public bool DefaultNoNewPrivileges { get; init; }
    public IReadOnlyList<string> LinkEnvironment { get; init; } = [];
}

/// <summary>A further process in a running container, as runc is told of it. Pure.</summary>
public static class ExecSpec
{
    /// <summary>The type of what <see cref="Build"/> makes, for containerd's Tasks.Exec.</summary>
    public const string TypeUrl = "types.containerd.io/opencontainers/runtime-spec/1/Process";

    public static byte[] Build(ExecInputs inputs)
        => JsonSerializer.SerializeToUtf8Bytes(BuildProcess(inputs), OciJson.Default.ProcessSpec);

    public static ProcessSpec BuildProcess(ExecInputs inputs)
    {
        ExecConfig exec = inputs.Exec;
        HostConfig host = inputs.HostConfig;
        SecurityOptions security = SecurityOptions.Parse(host.SecurityOpt);
        IReadOnlyList<string> capabilities = Capabilities.For(
            host.CapAdd, host.CapDrop, host.Privileged || exec.Privileged, inputs.Kernel.Capabilities);
        IReadOnlyList<string> defaults = ContainerEnvironment.Build(
            inputs.Config, inputs.Hostname, exec.Tty, inputs.LinkEnvironment);
        return new ProcessSpec
        {
            Terminal = exec.Tty,
            ConsoleSize = exec.Tty ? SpecProcess.ConsoleSize(inputs.ConsoleSize ?? exec.ConsoleSize) : null,
            User = inputs.User.ToSpec(),
            Args = exec.Cmd is { Count: > 0 } command
                ? command
                : throw new RefusedException(ErrorKind.Invalid, "No exec command specified"),
            Env = ContainerEnvironment.Merge(defaults, exec.Env ?? []),
            Cwd = SpecProcess.WorkingDirectory(
                exec.WorkingDir.Length > 0 ? exec.WorkingDir : inputs.Config.WorkingDir),
            Capabilities = new CapabilitiesSpec
            {
                Bounding = capabilities,
                Effective = capabilities,
                Permitted = capabilities,
            },
            Rlimits = SpecProcess.Rlimits(host.Ulimits ?? [], inputs.DefaultUlimits),
            NoNewPrivileges = security.NoNewPrivileges ?? inputs.DefaultNoNewPrivileges,

            // --privileged of an exec gives capabilities; it does not lift the container's confinement.
            ApparmorProfile = SpecProcess.Confinement(security, host.Privileged, inputs.Kernel),
            OomScoreAdj = host.OomScoreAdj,
        };
    }
}
