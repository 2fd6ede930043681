using Skep.Docker.Engine;
using Skep.Docker.Mounts;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Agent.Oci;

/// <summary>A container's first process.</summary>
internal static class SpecProcess
{
    /// <summary>Where tini stands in a container that asked for an init.</summary>
    public const string InitTarget = "/sbin/docker-init";

    public static ProcessSpec Build(
        SpecInputs inputs, SecurityOptions security, IReadOnlyList<string> capabilities)
    {
        ContainerConfig config = inputs.Config;
        return new ProcessSpec
        {
            Terminal = config.Tty,
            ConsoleSize = config.Tty ? ConsoleSize(inputs.HostConfig.ConsoleSize) : null,
            User = inputs.User.ToSpec(),
            Args = Arguments(inputs),
            Env = ContainerEnvironment.Build(config, inputs.Hostname, config.Tty, inputs.LinkEnvironment),
            Cwd = WorkingDirectory(config.WorkingDir),
            Capabilities = new CapabilitiesSpec
            {
                Bounding = capabilities,
                Effective = capabilities,
                Permitted = capabilities,
            },
            Rlimits = Rlimits(inputs.HostConfig.Ulimits ?? [], inputs.DefaultUlimits),
            NoNewPrivileges = security.NoNewPrivileges ?? inputs.DefaultNoNewPrivileges,
            ApparmorProfile = Confinement(security, inputs.HostConfig.Privileged, inputs.Kernel),
            OomScoreAdj = inputs.HostConfig.OomScoreAdj,
        };
    }

    /// <summary>An init makes sense only for a container that is the first process of its own namespace.</summary>
    public static bool WantsInit(SpecInputs inputs)
        => (inputs.HostConfig.Init ?? inputs.DefaultInit) && SpecNamespaces.IsOwn(inputs.HostConfig.PidMode);

    public static BoxSpec? ConsoleSize(IReadOnlyList<uint>? rowsAndColumns)
        => rowsAndColumns is [uint rows, uint columns] && (rows | columns) != 0 ? new BoxSpec(rows, columns) : null;

    /// <summary>The container's limits, then those of the daemon's that it does not name.</summary>
    public static IReadOnlyList<RlimitSpec>? Rlimits(
        IReadOnlyList<Ulimit> own, IReadOnlyList<Ulimit> daemon)
    {
        IEnumerable<Ulimit> all = own.Concat(daemon.Where(limit => own.All(mine => mine.Name != limit.Name)));
        RlimitSpec[] rlimits = [.. all.Select(limit => new RlimitSpec(
            "RLIMIT_" + limit.Name.ToUpperInvariant(), unchecked((ulong)limit.Hard), unchecked((ulong)limit.Soft)))];
        return rlimits.Length == 0 ? null : rlimits;
    }

    public static string? Confinement(SecurityOptions security, bool privileged, KernelFacts kernel)
    {
        if (!kernel.AppArmor)
        {
            return null;
        }

        return string.IsNullOrEmpty(security.AppArmor)
            ? privileged ? "unconfined" : AppArmorProfile.Name
            : security.AppArmor;
    }

    /// <summary>An image may name any text; a relative one would depend on where runc stands.</summary>
    public static string WorkingDirectory(string directory)
    {
        if (directory.Length > 0 && directory[0] != '/')
        {
            throw new RefusedException(ErrorKind.Invalid,
                $"the working directory '{directory}' is invalid, it needs to be an absolute path");
        }

        return PathText.Clean("/" + directory);
    }

    private static IReadOnlyList<string> Arguments(SpecInputs inputs)
    {
        IReadOnlyList<string> command = [.. inputs.Config.Entrypoint ?? [], .. inputs.Config.Cmd ?? []];
        if (command.Count == 0)
        {
            throw new RefusedException(ErrorKind.Invalid, "no command specified");
        }

        return WantsInit(inputs) ? [InitTarget, "--", .. command] : command;
    }
}
