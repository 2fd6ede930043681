using Skep.Docker.Engine;

namespace Skep.Agent.Oci;

/// <summary>The environment of a container's processes: Docker's defaults, then what the user says.</summary>
/// <remarks>HOME is left to runc, which finds it with the container's own passwd, bind mounts included.</remarks>
public static class ContainerEnvironment
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static IReadOnlyList<string> Build(
        ContainerConfig config, string hostname, bool terminal, IReadOnlyList<string> linkEnvironment)
    {
        List<string> defaults = [DefaultPath, "HOSTNAME=" + hostname];
        if (terminal)
        {
            defaults.Add("TERM=xterm");
        }

        defaults.AddRange(linkEnvironment);
        return Merge(defaults, config.Env ?? []);
    }

    /// <summary>Later values win in the place of earlier ones; a name without "=" takes a variable away.</summary>
    public static IReadOnlyList<string> Merge(IReadOnlyList<string> variables, IReadOnlyList<string> changes)
    {
        var merged = new List<string?>(variables);
        var places = new Dictionary<string, int>();
        for (int index = 0; index < merged.Count; index++)
        {
            places[NameOf(merged[index]!)] = index;
        }

        foreach (string change in changes)
        {
            bool known = places.TryGetValue(NameOf(change), out int place);
            if (!change.Contains('='))
            {
                if (known)
                {
                    merged[place] = null;
                }
            }
            else if (known)
            {
                merged[place] = change;
            }
            else
            {
                merged.Add(change);
            }
        }

        return [.. merged.OfType<string>()];
    }

    private static string NameOf(string variable)
    {
        int separator = variable.IndexOf('=');
        return separator < 0 ? variable : variable[..separator];
    }
}
