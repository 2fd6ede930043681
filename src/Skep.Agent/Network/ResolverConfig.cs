using System.Net;
using System.Text;

namespace Skep.Agent.Network;

/// <summary>What a resolv.conf says, and how a container's is made from the host's. Pure.</summary>
internal sealed record ResolverConfig
{
    private static readonly IPAddress[] WellKnownIPv4 = [IPAddress.Parse("8.8.8.8"), IPAddress.Parse("8.8.4.4")];

    public IReadOnlyList<IPAddress> Servers { get; init; } = [];
    public IReadOnlyList<string> Search { get; init; } = [];
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The servers were chosen by a user and not read from the host.</summary>
    public bool AreServersChosen { get; init; }

    /// <summary>The user says how many dots make a name whole; then a name with fewer is not asked outside.</summary>
    public bool IsNdotsChosen => Options.Any(o => o.StartsWith("ndots:", StringComparison.Ordinal));

    public static ResolverConfig Read(string text)
    {
        var servers = new List<IPAddress>();
        IReadOnlyList<string> search = [], options = [];
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var server, ..] when IPAddress.TryParse(server, out IPAddress? address):
                    servers.Add(address);
                    break;
                case ["search" or "domain", .. var domains]:
                    search = domains;
                    break;
                case ["options", .. var given]:
                    options = given;
                    break;
                default:
                    break;
            }
        }

        return new ResolverConfig { Servers = servers, Search = search, Options = options };
    }

    /// <summary>
    /// What the container says wins over the daemon, and the daemon over the host, each of the three by itself.
    /// </summary>
    public ResolverConfig With(NetworkOptions daemon, SandboxRequest container)
    {
        IReadOnlyList<string> servers = container.Dns.Count > 0 ? container.Dns : daemon.DnsServers;
        IReadOnlyList<string> search = container.DnsSearch.Count > 0 ? container.DnsSearch : daemon.DnsSearch;
        IReadOnlyList<string> options = container.DnsOptions.Count > 0 ? container.DnsOptions : daemon.DnsOptions;
        return new ResolverConfig
        {
            Servers = servers.Count > 0 ? [.. servers.Select(IPAddress.Parse)] : Servers,
            Search = search.Count > 0 ? [.. search.Where(s => s != ".")] : Search,
            Options = options.Count > 0 ? options : Options,
            AreServersChosen = servers.Count > 0,
        };
    }

    /// <summary>For a container without our resolver: servers that only the host can reach are left out.</summary>
    public ResolverConfig ForDefaultBridge(bool hasIPv6)
    {
        if (AreServersChosen)
        {
            return this;
        }

        IPAddress[] reachable =
        [
            .. Servers.Where(s => !IPAddress.IsLoopback(s)
                && (hasIPv6 || s.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)),
        ];
        return this with { Servers = reachable.Length > 0 ? reachable : WellKnownIPv4 };
    }

    /// <summary>For a container with our resolver, which asks <see cref="Upstreams"/> in its stead.</summary>
    public ResolverConfig ForOwnResolver() => this with
    {
        Servers = [IPAddress.Parse("127.0.0.11")],
        Options = IsNdotsChosen ? Options : [.. Options, "ndots:0"],
    };

    /// <summary>
    /// Whom our resolver asks, from the host: there even the host's own loopback servers can be reached.
    /// </summary>
    public IReadOnlyList<IPAddress> Upstreams => Servers.Count > 0 ? Servers : WellKnownIPv4;

    public string Text()
    {
        var text = new StringBuilder();
        foreach (IPAddress server in Servers)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        if (Search.Count > 0)
        {
            text.Append("search ").AppendJoin(' ', Search).Append('\n');
        }

        if (Options.Count > 0)
        {
            text.Append("options ").AppendJoin(' ', Options).Append('\n');
        }

        return text.ToString();
    }
}
