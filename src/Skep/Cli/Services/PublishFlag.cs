using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Skep.Cli.Creation;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>A service's --publish: "[published:]target[/protocol]" or "published=,target=,protocol=,mode=".</summary>
internal static partial class PublishFlag
{
    public static Option<string[]> Make(string name, char? letter, string description) =>
        Flags.List(name, letter, description, ServiceValues.CheckPorts, "port");

    /// <returns>Several ports where the text has ranges.</returns>
    /// <exception cref="FormatException">With docker's words.</exception>
    public static IReadOnlyList<ServicePort> Parse(string text) =>
        LongForm().IsMatch(text) ? [FromFields(text)] : FromPair(text);

    private static ServicePort FromFields(string text)
    {
        var port = new ServicePort();
        foreach (string field in CsvFields.Split(text).Select(field => field.ToLowerInvariant()))
        {
            int equals = field.IndexOf('=');
            string value = field[(equals + 1)..];
            port = (equals <= 0 ? throw new FormatException($"invalid field: {field}") : field[..equals]) switch
            {
                "protocol" when value is "tcp" or "udp" or "sctp" => port with { Protocol = value },
                "protocol" => throw new FormatException($"invalid protocol value '{value}'"),
                "mode" when value is "ingress" or "host" => port with { PublishMode = value },
                "mode" => throw new FormatException(
                    $"invalid publish mode value ({value}): must be either 'ingress' or 'host'"),
                "target" => port with { TargetPort = Number("target", value) },
                "published" => port with { PublishedPort = Number("published", value) },
                var key => throw new FormatException($"invalid field key: {key}"),
            };
        }

        return port.TargetPort == 0 ? throw new FormatException("missing mandatory field 'target'") : port with
        {
            PublishMode = port.PublishMode ?? "ingress",
            Protocol = port.Protocol ?? "tcp",
        };
    }

    private static uint Number(string kind, string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
            ? number
            : throw new FormatException($"invalid {kind} port ({text}): value must be an integer: "
                + (text.Length > 0 && text.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax"));

    private static List<ServicePort> FromPair(string text)
    {
        var parsed = new PortFlags();
        parsed.Publish(text);
        var ports = new List<ServicePort>();
        foreach ((string key, IReadOnlyList<PortBinding>? bindings) in parsed.Bindings)
        {
            string[] target = key.Split('/');
            foreach (PortBinding binding in bindings ?? [])
            {
                if (binding.HostIp is { Length: > 0 })
                {
                    throw new FormatException("hostip is not supported");
                }

                // Without a published port the swarm chooses one; a range is published port by port.
                string[] ends = (binding.HostPort is { Length: > 0 } given ? given : "0").Split('-');
                for (uint i = Plain(ends[0]); i <= Plain(ends[^1]); i++)
                {
                    ports.Add(new ServicePort
                    {
                        Protocol = target[1],
                        TargetPort = Plain(target[0]),
                        PublishedPort = i,
                        PublishMode = "ingress",
                    });
                }
            }
        }

        return ports;
    }

    private static uint Plain(string digits) => uint.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\w+=\w+(,\w+=\w+)*")]
    private static partial Regex LongForm();
}
