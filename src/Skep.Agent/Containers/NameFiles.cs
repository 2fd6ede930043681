using System.Text;
using Skep.Agent.Mounts;
using Skep.Agent.Network;

namespace Skep.Agent.Containers;

/// <summary>The container's own /etc/hosts, /etc/hostname and /etc/resolv.conf.</summary>
/// <remarks>
/// They stand in the container's directory and are mounted over the image's, so that they can be changed while it runs.
/// Names are fixed here; no path of the container's is touched.
/// </remarks>
internal static class NameFiles
{
    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly string[] Names = ["resolv.conf", "hostname", "hosts"];

    private static readonly string[] LoopbackLines =
    [
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        "fe00::\tip6-localnet",
        "ff00::\tip6-mcastprefix",
        "ff02::1\tip6-allnodes",
        "ff02::2\tip6-allrouters",
    ];

    /// <param name="sandbox">Null: the machine's network, and so its resolvers.</param>
    public static IReadOnlyList<ResolvedMount> Write(
        string directory, ContainerRecord record, Sandbox? sandbox, string hostGateway)
    {
        string resolver = sandbox?.ResolvConf ?? ReadHostResolver();
        WriteFile(directory, "resolv.conf", resolver);
        WriteFile(directory, "hostname", record.Config.Hostname + "\n");
        WriteFile(directory, "hosts", HostsText(record, sandbox, hostGateway));
        return Of(directory);
    }

    /// <summary>The files of a container that has been started before, or that another one shares.</summary>
    public static IReadOnlyList<ResolvedMount> Of(string directory) =>
    [
        .. Names.Select(name => new ResolvedMount
        {
            Type = "bind",
            Source = Path.Combine(directory, name),
            Target = "/etc/" + name,
            Options = ["rbind", "rprivate", "rw"],
            Propagation = "rprivate",
        }),
    ];

    /// <summary>Writes names and resolvers again in place: a running container sees them at once.</summary>
    public static void Rewrite(string directory, ContainerRecord record, Sandbox sandbox, string hostGateway)
    {
        WriteFile(directory, "hosts", HostsText(record, sandbox, hostGateway));
        WriteFile(directory, "resolv.conf", sandbox.ResolvConf);
    }

    private static string HostsText(ContainerRecord record, Sandbox? sandbox, string hostGateway)
    {
        if (sandbox is null && record.HostConfig.NetworkMode == "host" && File.Exists("/etc/hosts"))
        {
            var text = new StringBuilder(File.ReadAllText("/etc/hosts"));
            AppendExtra(text, record, hostGateway);
            return text.ToString();
        }

        var lines = new StringBuilder();
        foreach (string line in LoopbackLines)
        {
            lines.Append(line).Append('\n');
        }

        AppendExtra(lines, record, hostGateway);
        foreach (HostsEntry entry in sandbox?.HostsEntries ?? [])
        {
            lines.Append(entry.Address).Append('\t').AppendJoin(' ', entry.Names).Append('\n');
        }

        return lines.ToString();
    }

    // "NAME:host-gateway" is this machine, as the default bridge's containers see it.
    private static void AppendExtra(StringBuilder lines, ContainerRecord record, string hostGateway)
    {
        foreach (string extra in record.HostConfig.ExtraHosts ?? [])
        {
            int colon = extra.IndexOfAny(['=', ':']);
            if (colon > 0)
            {
                string address = extra[(colon + 1)..].Trim('[', ']');
                lines.Append(address == "host-gateway" ? hostGateway : address);
                lines.Append('\t').Append(extra[..colon]).Append('\n');
            }
        }
    }

    private static string ReadHostResolver() =>
        File.Exists("/etc/resolv.conf") ? File.ReadAllText("/etc/resolv.conf") : "";

    // In place and not by renaming: the running container's mount is of this very file.
    private static void WriteFile(string directory, string name, string text)
    {
        string path = Path.Combine(directory, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, ReadableByAll);
    }
}
