using Skep.Cli.Creation;

namespace Skep.Cli.Services;

/// <summary>Checks of values that are kept as the user wrote them until the spec is made.</summary>
internal static class ServiceValues
{
    private const int DomainLength = 255;

    public static string CheckMount(string text)
    {
        MountFlag.Parse(text);
        return text;
    }

    /// <summary>What a service cannot have is refused by name: docker reads it and does nothing.</summary>
    public static string CheckNetwork(string text)
    {
        NetworkFlag flag = NetworkFlag.Parse(text);
        string refused = flag.IPv4.Length + flag.IPv6.Length + flag.LinkLocalIps.Count > 0 ? "fixed addresses"
            : flag.MacAddress.Length > 0 ? "fixed hardware addresses"
            : "";
        return refused.Length == 0
            ? text
            : throw new FormatException(
                $"a service's tasks cannot have {refused} on network {flag.Target}: the swarm gives each its own");
    }

    public static string CheckPorts(string text)
    {
        PublishFlag.Parse(text);
        return text;
    }

    public static string CheckUlimit(string text)
    {
        UlimitFlag.Parse(text);
        return text;
    }

    /// <summary>"." stands for no search at all; the dot after a name is left away.</summary>
    public static string CheckDomain(string text)
    {
        string domain = text.Trim();
        string name = domain.EndsWith('.') ? domain[..^1] : domain;
        bool fits = name.Any(char.IsAsciiLetter) && name.Length < DomainLength && name.Split('.').All(IsLabel);
        return domain == "." ? domain
            : fits ? name
            : throw new FormatException($"{domain} is not a valid domain");
    }

    private static bool IsLabel(string label) => label.Length > 0 && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
