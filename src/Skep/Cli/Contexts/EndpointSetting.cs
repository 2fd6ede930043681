using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Docker.Templates;

namespace Skep.Cli.Contexts;

/// <summary>The value of --docker: which daemon a context names, and the certificates to meet it with.</summary>
/// <param name="Files">As <see cref="ContextStore.TlsFiles"/> names them.</param>
internal sealed record EndpointSetting(string Host, bool SkipsVerify, IReadOnlyDictionary<string, byte[]> Files)
{
    public const string Keys = """
        Docker endpoint config:

        NAME                DESCRIPTION
        from                Copy named context's Docker endpoint configuration
        host                Docker endpoint on which to connect
        ca                  Trust certs signed only by this CA
        cert                Path to TLS certificate file
        key                 Path to TLS key file
        skip-tls-verify     Skip TLS certificate validation
        """;

    private static readonly string[] known = ["from", "host", "ca", "cert", "key", "skip-tls-verify"];

    /// <summary>One "a=b,c=d" of the flag; it may come several times.</summary>
    /// <exception cref="FormatException">Something has no "=".</exception>
    public static string Check(string text)
    {
        foreach (string pair in text.Split(','))
        {
            if (!pair.Contains('='))
            {
                throw new FormatException($"{pair} must be formatted as key=value");
            }
        }

        return text;
    }

    /// <exception cref="CommandFailedException">A key, file or value is wrong.</exception>
    public static EndpointSetting Read(IEnumerable<string> values, ContextStore store)
    {
        try
        {
            return Read(Pairs(values), store);
        }
        catch (Exception refused) when (refused is FormatException or CommandFailedException)
        {
            throw new CommandFailedException($"unable to create docker endpoint config: {refused.Message}");
        }
    }

    private static EndpointSetting Read(Dictionary<string, string> pairs, ContextStore store)
    {
        string[] unknown = [.. pairs.Keys.Except(known)];
        if (unknown.Length > 0)
        {
            throw new FormatException(string.Join('\n', unknown.Select(key => $"unrecognized config key: {key}")));
        }

        if (pairs.TryGetValue("from", out string? from))
        {
            StoredContext other = store.Read(from);
            return other.HasEndpoint
                ? new EndpointSetting(other.Host, other.SkipsVerify, new Dictionary<string, byte[]>())
                : throw new FormatException($"unable to get endpoint from context \"{from}\"");
        }

        var files = new Dictionary<string, byte[]>();
        foreach (string name in new[] { "ca", "cert", "key" })
        {
            if (pairs.GetValueOrDefault(name, "") is { Length: > 0 } path)
            {
                files.Add($"{StoredContext.DockerName}/{name}.pem", ReadFile(path));
            }
        }

        string host = pairs.GetValueOrDefault("host", "");
        CheckHost(host);
        return new EndpointSetting(host, ReadSwitch(pairs.GetValueOrDefault("skip-tls-verify")), files);
    }

    private static Dictionary<string, string> Pairs(IEnumerable<string> values)
    {
        var pairs = new Dictionary<string, string>();
        foreach (string pair in values.SelectMany(value => value.Split(',')))
        {
            int equals = pair.IndexOf('=');
            pairs[pair[..equals]] = pair[(equals + 1)..];
        }

        return pairs;
    }

    private static byte[] ReadFile(string path)
    {
        using FileStream file = LocalFiles.OpenRead(path);
        if (file.Length > Limits.PemBytes)
        {
            throw new FormatException(
                $"{path} has {file.Length} bytes: no certificate is larger than {Limits.PemBytes}");
        }

        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    private static void CheckHost(string host)
    {
        try
        {
            Endpoint.Parse(host, tls: null, "/");
        }
        catch (FormatException) when (!host.Contains("://"))
        {
            throw new FormatException($"unable to apply docker endpoint options: unable to parse docker host `{host}`");
        }
        catch (FormatException malformed)
        {
            throw new FormatException($"invalid docker endpoint options: {malformed.Message}");
        }
    }

    private static bool ReadSwitch(string? text)
    {
        try
        {
            return text is not null && Flags.ParseBool(text);
        }
        catch (FormatException)
        {
            throw new FormatException($"skip-tls-verify: parsing {GoLiterals.Quote(text!)}: invalid syntax");
        }
    }
}
