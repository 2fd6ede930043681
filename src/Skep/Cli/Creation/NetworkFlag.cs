using Skep.Cli.Values;

namespace Skep.Cli.Creation;

/// <summary>--network: a name, or "name=…,alias=…,ip=…".</summary>
internal sealed record NetworkFlag(string Target)
{
    public IReadOnlyList<string> Aliases { get; init; } = [];
    public IReadOnlyDictionary<string, string> DriverOptions { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Links { get; init; } = [];
    public string IPv4 { get; init; } = "";
    public string IPv6 { get; init; } = "";
    public IReadOnlyList<string> LinkLocalIps { get; init; } = [];
    public string MacAddress { get; init; } = "";

    public bool IsUserDefined => NetworkNames.IsUserDefined(Target);

    /// <summary>Nothing but the name was said.</summary>
    public bool IsPlain => Aliases.Count + DriverOptions.Count + Links.Count + LinkLocalIps.Count == 0
        && IPv4.Length + IPv6.Length + MacAddress.Length == 0;

    /// <exception cref="FormatException">With docker's words.</exception>
    public static NetworkFlag Parse(string text)
    {
        if (!text.Contains('=') || text.StartsWith("container:", StringComparison.Ordinal))
        {
            return new NetworkFlag(text);
        }

        var flag = new NetworkFlag("");
        foreach (string field in CsvFields.Split(text))
        {
            int equals = field.IndexOf('=');
            if (equals <= 0)
            {
                throw new FormatException($"invalid field {field}");
            }

            string value = field[(equals + 1)..].Trim().ToLowerInvariant();
            flag = flag.With(field[..equals].Trim().ToLowerInvariant(), value);
        }

        return flag.Target.Length > 0 ? flag : throw new FormatException("network name/id is not specified");
    }

    private NetworkFlag With(string key, string value) => key switch
    {
        "name" => this with { Target = value },
        "alias" => this with { Aliases = [.. Aliases, value] },
        "ip" => this with { IPv4 = value },
        "ip6" => this with { IPv6 = value },
        "mac-address" => this with { MacAddress = value },
        "link-local-ip" => this with { LinkLocalIps = [.. LinkLocalIps, value] },
        "driver-opt" => value.IndexOf('=') > 0
            ? this with { DriverOptions = KeyValues.Map([.. DriverOptions.Select(o => $"{o.Key}={o.Value}"), value]) }
            : throw new FormatException("invalid key value pair format in driver options"),
        "gw-priority" => this,
        _ => throw new FormatException($"invalid field key {key}"),
    };
}
