using System.CommandLine;
using System.Net;
using Skep.Cli.Grammar;
using Skep.Cli.Values;

namespace Skep.Cli.Creation;

internal sealed partial class RunFlags
{
    private readonly Option<string[]> addHost = command.Flag(Flags.List(
        "add-host", null, "Add a custom host-to-IP mapping (host:ip)", CheckExtraHost));

    private readonly Option<string[]> dns = command.Flag(Flags.List(
        "dns", null, "Set custom DNS servers", CheckAddress));

    private readonly Option<string[]> dnsOption = command.Flag(Flags.List("dns-option", null, "Set DNS options"));

    private readonly Option<string[]> dnsOpt = command.Flag(Flags.Hide(Flags.List("dns-opt", null, "")));

    private readonly Option<string[]> dnsSearch = command.Flag(Flags.List(
        "dns-search", null, "Set custom DNS search domains"));

    private readonly Option<string[]> expose = command.Flag(Flags.List(
        "expose", null, "Expose a port or a range of ports"));

    private readonly Option<string> ip = command.Flag(Flags.Text(
        "ip", null, "IPv4 address (e.g., 172.30.100.104)"));

    private readonly Option<string> ip6 = command.Flag(Flags.Text("ip6", null, "IPv6 address (e.g., 2001:db8::33)"));

    private readonly Option<string[]> link = command.Flag(Flags.List(
        "link", null, "Add link to another container", CheckLink));

    private readonly Option<string[]> linkLocalIp = command.Flag(Flags.List(
        "link-local-ip", null, "Container IPv4/IPv6 link-local addresses"));

    private readonly Option<string> macAddress = command.Flag(Flags.Text(
        "mac-address", null, "Container MAC address (e.g., 92:d0:c6:0a:29:33)"));

    private readonly Option<string[]> publish = command.Flag(Flags.List(
        "publish", 'p', "Publish a container's port(s) to the host"));

    private readonly Option<bool> publishAll = command.Flag(Flags.Switch(
        "publish-all", 'P', "Publish all exposed ports to random ports"));

    private readonly Option<string[]> network = command.Flag(Flags.List(
        "network", null, "Connect a container to a network", CheckNetwork, "network"));

    private readonly Option<string[]> net = command.Flag(Flags.Hide(Flags.List(
        "net", null, "Connect a container to a network", CheckNetwork, "network")));

    private readonly Option<string[]> networkAlias = command.Flag(Flags.List(
        "network-alias", null, "Add network-scoped alias for the container"));

    private readonly Option<string[]> netAlias = command.Flag(Flags.Hide(Flags.List("net-alias", null, "")));

    /// <summary>A link is "container[:alias]".</summary>
    public static string CheckLink(string link) =>
        link.Length == 0 ? throw new FormatException("empty string specified for links")
        : link.Split(':').Length > 2 ? throw new FormatException($"bad format for links: {link}")
        : link;

    private static string CheckNetwork(string text)
    {
        NetworkFlag.Parse(text);
        return text;
    }

    internal static string CheckAddress(string text) => PlainAddress.TryParse(text.Trim(), out IPAddress address)
        ? address.ToString()
        : throw new FormatException($"IP address is not correctly formatted: {text}");

    // "name:address" or "name=address"; sent with the colon and without brackets.
    internal static string CheckExtraHost(string text)
    {
        int at = text.IndexOf('=') is >= 0 and int equals ? equals : text.IndexOf(':');
        if (at <= 0 || text[..at].Contains(':'))
        {
            throw new FormatException($"bad format for add-host: \"{text}\"");
        }

        string address = text[(at + 1)..];
        if (address.Length > 2 && address[0] == '[' && address[^1] == ']')
        {
            address = address[1..^1];
        }

        return address == "host-gateway" || PlainAddress.TryParse(address, out _)
            ? $"{text[..at]}:{address}"
            : throw new FormatException($"invalid IP address in add-host: \"{address}\"");
    }
}
