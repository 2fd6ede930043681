using System.Globalization;
using Skep.Docker.Engine;

namespace Skep.Agent.Containers;

/// <summary>Ports as a list shows them. Pure.</summary>
internal static class PortRows
{
    /// <param name="ports">Keys "80/tcp"; null value: exposed, not published.</param>
    public static IReadOnlyList<Port> From(IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> ports)
    {
        var rows = new List<Port>();
        foreach ((string key, IReadOnlyList<PortBinding>? bindings) in ports)
        {
            string[] halves = key.Split('/', 2);
            if (!ushort.TryParse(halves[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort inside))
            {
                continue;
            }

            string type = halves.Length > 1 ? halves[1] : "tcp";
            if (bindings is not { Count: > 0 })
            {
                rows.Add(new Port { PrivatePort = inside, Type = type });
                continue;
            }

            rows.AddRange(bindings.Select(binding => new Port
            {
                IP = binding.HostIp,
                PrivatePort = inside,
                PublicPort = ushort.TryParse(
                    binding.HostPort, NumberStyles.None, CultureInfo.InvariantCulture, out ushort outside)
                    ? outside
                    : (ushort)0,
                Type = type,
            }));
        }

        return rows;
    }
}
