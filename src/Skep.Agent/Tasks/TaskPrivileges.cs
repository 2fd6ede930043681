using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Agent.Tasks;

/// <summary>What a task may do, as the engine's security options. Pure.</summary>
internal static class TaskPrivileges
{
    /// <exception cref="RefusedException">It asks for what only Windows has.</exception>
    public static void Check(Privileges? privileges)
    {
        if (privileges?.CredentialSpec is not null)
        {
            throw new RefusedException(
                ErrorKind.Invalid, "invalid isolation: credential specs are only supported on Windows");
        }
    }

    public static IReadOnlyList<string>? ToOptions(Privileges? privileges)
    {
        if (privileges is null)
        {
            return null;
        }

        var options = new List<string>();
        if (privileges.SELinuxContext is { } label)
        {
            AddLabel(options, label);
        }

        switch (privileges.Seccomp?.Mode)
        {
            case SeccompMode.Unconfined:
                options.Add("seccomp=unconfined");
                break;
            case SeccompMode.Custom:
                options.Add($"seccomp={privileges.Seccomp.Profile.ToUtf8()}");
                break;
        }

        if (privileges.AppArmor?.Mode == AppArmorMode.Disabled)
        {
            options.Add("apparmor=unconfined");
        }

        if (privileges.NoNewPrivileges)
        {
            options.Add("no-new-privileges=true");
        }

        return options;
    }

    private static void AddLabel(List<string> options, SELinuxContext label)
    {
        if (label.Disable)
        {
            options.Add("label=disable");
        }

        foreach ((string kind, string value) in new[]
        {
            ("user", label.User), ("role", label.Role), ("level", label.Level), ("type", label.Type),
        })
        {
            if (value.Length > 0)
            {
                options.Add($"label={kind}:{value}");
            }
        }
    }
}
