using System.Globalization;
using Skep.Docker.Engine;
using Skep.Swarm.Objects;

namespace Skep.Agent.Tasks;

/// <summary>The ports that each node publishes for its own tasks of a service, between swarm and engine.</summary>
internal sealed class TaskPorts
{
    public TaskPorts(Endpoint? endpoint)
    {
        var exposed = new Dictionary<string, Empty>();
        var bindings = new Dictionary<string, IReadOnlyList<PortBinding>?>();
        foreach (PortConfig port in endpoint?.Ports ?? default)
        {
            if (port.PublishMode != PublishMode.Host)
            {
                continue;
            }

            string key = $"{port.TargetPort}/{NameOf(port.Protocol)}";
            exposed[key] = Empty.Value;
            bindings[key] =
            [
                .. bindings.GetValueOrDefault(key) ?? [],
                new PortBinding
                {
                    HostPort = port.PublishedPort == 0
                        ? ""
                        : port.PublishedPort.ToString(CultureInfo.InvariantCulture),
                },
            ];
        }

        (Exposed, Bindings) = (exposed, bindings);
    }

    /// <summary>Keys "80/tcp".</summary>
    public IReadOnlyDictionary<string, Empty> Exposed { get; }

    /// <summary>An empty port is one that the engine chooses.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> Bindings { get; }

    /// <summary>What became of them.</summary>
    /// <returns>Null: nothing is published.</returns>
    public static PortStatus? StatusOf(IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> published)
    {
        var ports = new List<PortConfig>();
        foreach ((string key, IReadOnlyList<PortBinding>? bindings) in published)
        {
            string[] halves = key.Split('/', 2);
            PortProtocol protocol = (halves.Length > 1 ? halves[1] : "tcp") switch
            {
                "udp" => PortProtocol.Udp,
                "sctp" => PortProtocol.Sctp,
                _ => PortProtocol.Tcp,
            };
            foreach (PortBinding binding in bindings ?? [])
            {
                if (uint.TryParse(halves[0], CultureInfo.InvariantCulture, out uint target)
                    && uint.TryParse(binding.HostPort, CultureInfo.InvariantCulture, out uint host))
                {
                    ports.Add(new PortConfig
                    {
                        PublishMode = PublishMode.Host,
                        Protocol = protocol,
                        TargetPort = target,
                        PublishedPort = host,
                    });
                }
            }
        }

        return ports.Count == 0 ? null : new PortStatus { Ports = [.. ports] };
    }

    private static string NameOf(PortProtocol protocol) => protocol switch
    {
        PortProtocol.Udp => "udp",
        PortProtocol.Sctp => "sctp",
        _ => "tcp",
    };
}
