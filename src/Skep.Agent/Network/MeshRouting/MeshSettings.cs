using System.Globalization;
using Skep.Agent.Network.Kernel;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>Settings of the host that the mesh needs. Those of others' links keep their meaning.</summary>
internal static class MeshSettings
{
    private const string Configuration = "/proc/sys/net/ipv4/conf";

    public static void Forward(bool hasIPv6)
    {
        HostSysctl.Set("net/ipv4/ip_forward", "1");
        if (hasIPv6)
        {
            HostSysctl.Set("net/ipv6/conf/all/forwarding", "1");
        }
    }

    /// <summary>A link of the mesh carries 127.0.0.1's calls, and callers whom another way leads to.</summary>
    public static void Open(string link)
    {
        HostSysctl.Set($"net/ipv4/conf/{link}/route_localnet", "1");
        HostSysctl.Set($"net/ipv4/conf/{link}/rp_filter", "0");
    }

    /// <summary>
    /// The kernel takes the stricter of a link's own reverse path filter and the one for all links. So the one for all
    /// is moved to every link that there is or will be: their meaning stays, and only the mesh's links are open.
    /// </summary>
    public static void LoosenReversePath()
    {
        const string all = "net/ipv4/conf/all/rp_filter";
        if (!int.TryParse(HostSysctl.Read(all), NumberStyles.None, null, out int common) || common == 0)
        {
            return;
        }

        foreach (string path in Directory.EnumerateDirectories(Configuration))
        {
            string own = $"net/ipv4/conf/{Path.GetFileName(path)}/rp_filter";
            if (own != all && int.TryParse(HostSysctl.Read(own), NumberStyles.None, null, out int value))
            {
                HostSysctl.Set(own, Math.Max(common, value).ToString(CultureInfo.InvariantCulture));
            }
        }

        HostSysctl.Set(all, "0");
    }
}
