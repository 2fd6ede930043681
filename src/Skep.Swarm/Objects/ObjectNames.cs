namespace Skep.Swarm.Objects;

/// <summary>Which names SwarmKit takes.</summary>
public static class ObjectNames
{
    private const int SecretNameMax = 64;
    private const int DnsNameMax = 63;

    /// <summary>Letters, digits, dashes, underscores and dots, with a letter or digit at both ends.</summary>
    public static void CheckOfSecretOrConfig(Annotations annotations)
    {
        string name = annotations.Name;
        if (name.Length == 0)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "name must be provided");
        }
        if (name.Length > SecretNameMax
            || !char.IsAsciiLetterOrDigit(name[0])
            || !char.IsAsciiLetterOrDigit(name[^1])
            || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
        {
            throw SwarmRefusal.Of(
                SwarmCode.InvalidArgument,
                "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be "
                + "[a-zA-Z0-9]");
        }
    }

    /// <summary>For services and networks, whose names are looked up as one part of a DNS name.</summary>
    public static void CheckOfDns(Annotations annotations)
    {
        string name = annotations.Name;
        if (name.Length == 0)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "meta: name must be provided");
        }
        if (!HasLettersOfDns(name))
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "name must be valid as a DNS name component");
        }
        if (name.Length > DnsNameMax)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "name must be 63 characters or fewer");
        }
    }

    /// <summary>Whether a service could have this name.</summary>
    internal static bool IsOfDns(string name) => name.Length is > 0 and <= DnsNameMax && HasLettersOfDns(name);

    private static bool HasLettersOfDns(string name) =>
        char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
