using System.Net;
using Skep.Agent.Network.Addresses;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <summary>Meaning of a bridge network's options (docker network create -o).</summary>
public sealed record BridgeOptions
{
    public const string NameKey = "com.docker.network.bridge.name";
    public const string MasqueradeKey = "com.docker.network.bridge.enable_ip_masquerade";
    public const string BetweenContainersKey = "com.docker.network.bridge.enable_icc";
    public const string PublishAddressKey = "com.docker.network.bridge.host_binding_ipv4";
    public const string DefaultBridgeKey = "com.docker.network.bridge.default_bridge";
    public const string MtuKey = "com.docker.network.driver.mtu";
    public const string EnableIPv6Key = "com.docker.network.enable_ipv6";

    private const int LinkNameCharacters = 15;
    private const int MtuMin = 68, MtuMax = 65535;

    /// <summary>Null: we choose.</summary>
    public string? LinkName { get; private init; }

    public bool Masquerades { get; private init; } = true;

    /// <summary>Containers of the network may talk to each other.</summary>
    public bool AllowsBetweenContainers { get; private init; } = true;

    /// <summary>Where ports are published that name no host address; null: the daemon's choice.</summary>
    public IPAddress? PublishAddress { get; private init; }

    public int? Mtu { get; private init; }

    /// <exception cref="RefusedException">A value that means nothing.</exception>
    public static BridgeOptions Read(IReadOnlyDictionary<string, string> options) => new()
    {
        LinkName = LinkNameOf(options),
        Masquerades = Flag(options, MasqueradeKey, whenAbsent: true),
        AllowsBetweenContainers = Flag(options, BetweenContainersKey, whenAbsent: true),
        PublishAddress = AddressOf(options, PublishAddressKey),
        Mtu = MtuOf(options),
    };

    /// <summary>A claim as Go reads it.</summary>
    public static bool Flag(IReadOnlyDictionary<string, string> options, string key, bool whenAbsent)
    {
        if (!options.TryGetValue(key, out string? value))
        {
            return whenAbsent;
        }

        return value switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            _ => throw Invalid(key, value, "ParseBool"),
        };
    }

    private static string? LinkNameOf(IReadOnlyDictionary<string, string> options)
    {
        if (!options.TryGetValue(NameKey, out string? name) || name.Length == 0)
        {
            return null;
        }

        bool isFit = name.Length <= LinkNameCharacters && name is not ("." or "..")
            && name.All(c => c is > ' ' and <= '~' and not ('/' or ':' or '%'));
        return isFit ? name : throw Invalid(NameKey, name);
    }

    private static IPAddress? AddressOf(IReadOnlyDictionary<string, string> options, string key)
    {
        if (!options.TryGetValue(key, out string? text) || text.Length == 0)
        {
            return null;
        }

        return Subnet.TryParseAddress(text, out IPAddress? address) ? address : throw Invalid(key, text);
    }

    private static int? MtuOf(IReadOnlyDictionary<string, string> options)
    {
        if (!options.TryGetValue(MtuKey, out string? text) || text is "" or "0")
        {
            return null;
        }

        return int.TryParse(text, out int mtu) && mtu is >= MtuMin and <= MtuMax
            ? mtu
            : throw Invalid(MtuKey, text, "Atoi");
    }

    /// <param name="reader">Who could not read it, as Go's library would say.</param>
    private static RefusedException Invalid(string key, string value, string? reader = null)
    {
        string why = reader is null ? "" : $" (strconv.{reader}: parsing \"{value}\": invalid syntax)";
        return new(ErrorKind.Invalid, $"failed to parse {key} value: {value}{why}");
    }
}
