using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Skep.Swarm;

namespace Skep.SwarmMode;

/// <summary>A host address with a port, as flags and the API name it.</summary>
internal readonly record struct HostPort(string Host, int Port)
{
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>Which addresses a node listens on and tells others. Pure: the machine's interfaces are an input.</summary>
/// <remarks>The rules and the words of the refusals are Docker's (moby daemon/cluster/listen_addr.go).</remarks>
internal sealed class AddressChoice(
    ImmutableArray<SystemInterface> interfaces, ImmutableArray<IPNetwork> containerNetworks, string defaultAdvertise)
{
    public const int DefaultPort = 2377;

    private const string BadListen =
        "listen address must be an IP address or network interface (with optional port number)";

    private const string BadAdvertise =
        "advertise address must be a non-zero IP address or network interface (with optional port number)";

    private const string BadDefault =
        "default advertise address must be a non-zero IP address or network interface (without a port number)";

    private const string BadDataPath =
        "data path address must be a non-zero IP address or network interface (without a port number)";

    private const string MustListen =
        "must specify a listening address because the address to advertise is not recognized as a system address, " +
        "and a system's IP address to use could not be uniquely identified";

    /// <summary>Where to listen: an address or the name of an interface, a port behind it or not.</summary>
    public HostPort Listen(string wanted)
    {
        HostPort given = Parse(wanted, "ListenAddr");
        string host = given.Host.Length == 0 ? "0.0.0.0" : given.Host;
        return given with { Host = Resolve(host, isAnyAllowed: true, BadListen).ToString() };
    }

    /// <summary>What others are told: what was asked for, else the daemon's default, else the only address.</summary>
    public HostPort Advertise(string wanted, int listenPort)
    {
        if (wanted.Length > 0)
        {
            (string host, int port) = Split(wanted, listenPort);
            return new HostPort(Resolve(host, isAnyAllowed: false, BadAdvertise).ToString(), port);
        }

        return defaultAdvertise.Length > 0
            ? new HostPort(Resolve(defaultAdvertise, isAnyAllowed: false, BadDefault).ToString(), listenPort)
            : new HostPort(Only().ToString(), listenPort);
    }

    /// <summary>
    /// The same for a joining node: null when nothing was asked for, as the manager sees where it is.
    /// </summary>
    public HostPort? AdvertiseOnJoin(string wanted, int listenPort) =>
        wanted.Length > 0 || defaultAdvertise.Length > 0 ? Advertise(wanted, listenPort) : null;

    /// <summary>The address for containers' traffic; empty: the advertised one.</summary>
    public string DataPath(string wanted) =>
        wanted.Length == 0 ? "" : Resolve(wanted, isAnyAllowed: false, BadDataPath).ToString();

    /// <summary>The machine's own address that belongs to a listening and an advertised one.</summary>
    public string Local(HostPort listen, HostPort advertise)
    {
        if (!IsAny(IPAddress.Parse(listen.Host)))
        {
            return listen.Host;
        }

        IPAddress told = IPAddress.Parse(advertise.Host);
        if (interfaces.Any(one => one.Addresses.Contains(told)))
        {
            return told.ToString();
        }

        try
        {
            return Only().ToString();
        }
        catch (RefusedException)
        {
            throw Refused(MustListen);
        }
    }

    /// <summary>A manager's address as <c>swarm join</c> takes it: 2377 is the port when none is given.</summary>
    public static HostPort Remote(string wanted) => Parse(wanted, "remoteAddr");

    private static HostPort Parse(string wanted, string what)
    {
        if (wanted.Length == 0)
        {
            throw Refused($"invalid {what} \"{wanted}\": invalid empty address");
        }

        const string scheme = "tcp://";
        string bare = wanted.StartsWith(scheme, StringComparison.Ordinal) ? wanted[scheme.Length..] : wanted;
        (string host, int port) = Split(bare, DefaultPort);
        return new HostPort(host, port);
    }

    // "host", "host:port", "[v6]:port", a bare v6 address: whatever is no port belongs to the host.
    private static (string Host, int Port) Split(string text, int portOtherwise)
    {
        int colon = text.LastIndexOf(':');
        bool isBareV6 = !text.StartsWith('[') && text.IndexOf(':') != colon;
        if (colon < 0 || isBareV6 || text.EndsWith(']'))
        {
            return (text.Trim('[', ']'), portOtherwise);
        }

        string digits = text[(colon + 1)..];
        if (digits.Length == 0)
        {
            return (text[..colon].Trim('[', ']'), portOtherwise);
        }

        if (!ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw Refused($"invalid port in address {text}: give a number from 1 to 65535");
        }

        return (text[..colon].Trim('[', ']'), port);
    }

    private IPAddress Resolve(string nameOrAddress, bool isAnyAllowed, string refusal)
    {
        if (interfaces.FirstOrDefault(one => one.Name == nameOrAddress) is { } named)
        {
            return OfInterface(named);
        }

        return IPAddress.TryParse(nameOrAddress, out IPAddress? address) && (isAnyAllowed || !IsAny(address))
            ? address
            : throw Refused(refusal);
    }

    private static IPAddress OfInterface(SystemInterface named)
    {
        IPAddress? Single(AddressFamily family, string version)
        {
            // Every link has an address of its own in IPv6, by which no other link's host is reached.
            List<IPAddress> found =
                [.. named.Addresses.Where(one => one.AddressFamily == family && !one.IsIPv6LinkLocal)];
            return found.Count > 1
                ? throw Refused(
                    $"interface {named.Name} has more than one {version} address ({found[0]} and {found[1]})")
                : found.FirstOrDefault();
        }

        IPAddress? v4 = Single(AddressFamily.InterNetwork, "IPv4");
        IPAddress? v6 = Single(AddressFamily.InterNetworkV6, "IPv6");
        return v4 ?? v6 ?? throw Refused($"interface {named.Name} has no usable IPv4 or IPv6 address");
    }

    // Hardware first; a machine that has none (a container, a test host) is looked at without what we made ourselves.
    private IPAddress Only()
    {
        List<SystemInterface> hardware =
            [.. interfaces.Where(one => one is { IsHardware: true, IsUp: true } && one.Addresses.Any(IsGlobal))];
        return (hardware.Count > 0 ? OnlyOf(hardware) : OnlyOf([.. interfaces.Where(one => one.IsUp && !IsOurs(one))]))
            ?? throw Refused("could not find the system's IP address");
    }

    private static IPAddress? OnlyOf(IReadOnlyList<SystemInterface> candidates)
    {
        (string Name, IPAddress Address)? chosen = null;
        foreach (SystemInterface one in candidates)
        {
            IPAddress? address = OnlyOf(one, AddressFamily.InterNetwork) ?? OnlyOf(one, AddressFamily.InterNetworkV6);
            if (address is null)
            {
                continue;
            }

            if (chosen is { } other)
            {
                throw Refused(
                    "could not choose an IP address to advertise since this system has multiple addresses on " +
                    $"different interfaces ({other.Address} on {other.Name} and {address} on {one.Name})");
            }

            chosen = (one.Name, address);
        }

        return chosen?.Address;
    }

    private static IPAddress? OnlyOf(SystemInterface one, AddressFamily family)
    {
        List<IPAddress> found = [.. one.Addresses.Where(a => a.AddressFamily == family && IsGlobal(a))];
        return found.Count > 1
            ? throw Refused(
                "could not choose an IP address to advertise since this system has multiple addresses on " +
                $"interface {one.Name} ({found[0]} and {found[1]})")
            : found.FirstOrDefault();
    }

    private bool IsOurs(SystemInterface one) =>
        one.Addresses.Any(address => containerNetworks.Any(network => network.Contains(address)));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool IsGlobal(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !address.IsIPv6Multicast && !IsAny(address) &&
        !(address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]);

    private static RefusedException Refused(string message) => new(ErrorKind.Invalid, message);
}
