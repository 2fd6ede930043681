using System.Text;
using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Docker.Stacks;

/// <summary>`security_opt` as services have it: Docker's own fields, for nodes of either make.</summary>
internal static class StackPrivileges
{
    /// <exception cref="ComposeException">An option cannot be had in a service.</exception>
    public static ContainerPrivileges Of(ComposeService service)
    {
        SecurityOptions said = Read(service);
        if (said.WritableCgroups is not null)
        {
            throw Refused(service, "writable-cgroups: no such thing can be had in a service");
        }

        return new ContainerPrivileges
        {
            SeLinuxContext = ContextOf(service, said.Labels),
            Seccomp = said.Seccomp switch
            {
                null => null,
                "unconfined" => new ContainerSeccomp { Mode = "unconfined" },
                "builtin" => new ContainerSeccomp { Mode = "default" },
                { } profile => new ContainerSeccomp { Mode = "custom", Profile = Encoding.UTF8.GetBytes(profile) },
            },
            AppArmor = said.AppArmor is "unconfined" ? new ContainerAppArmor { Mode = "disabled" } : null,
            NoNewPrivileges = said.NoNewPrivileges ?? false,
        };
    }

    /// <summary>The AppArmor profile by its name, for which services have no field; null: none is named.</summary>
    public static string? ProfileOf(ComposeService service) =>
        Read(service).AppArmor is { Length: > 0 } name and not "unconfined" ? name : null;

    private static SecurityOptions Read(ComposeService service)
    {
        try
        {
            return SecurityOptions.Parse(service.Run.SecurityOptions);
        }
        catch (RefusedException refused)
        {
            throw Refused(service, refused.Message);
        }
    }

    private static ContainerSeLinux? ContextOf(ComposeService service, IReadOnlyList<string> labels)
    {
        if (labels.Count == 0)
        {
            return null;
        }

        var context = new ContainerSeLinux();
        foreach (string label in labels)
        {
            string[] words = label.Split(':', 2);
            context = (words[0], words.Length) switch
            {
                ("disable", 1) => context with { Disable = true },
                ("user", 2) => context with { User = words[1] },
                ("role", 2) => context with { Role = words[1] },
                ("type", 2) => context with { Type = words[1] },
                ("level", 2) => context with { Level = words[1] },
                _ => throw Refused(
                    service, $"label={label} is not label=disable, label=user:, role:, type: or level: and a value"),
            };
        }

        return context;
    }

    private static ComposeException Refused(ComposeService service, string problem) => ComposeException.At(
        service.PlaceOf("security_opt"), $"services.{service.Name}.security_opt: {problem}");
}
