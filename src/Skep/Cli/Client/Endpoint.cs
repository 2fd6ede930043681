using System.Net;

namespace Skep.Cli.Client;

/// <summary>Where a daemon listens, and with what certificates to meet it.</summary>
/// <param name="Host">As the user knows it: "unix:///var/run/docker.sock", "tcp://host:2375".</param>
/// <param name="SocketPath">Of a unix socket; null: TCP or SSH.</param>
/// <param name="Address">Of TCP; null: another way.</param>
internal sealed record Endpoint(string Host, string? SocketPath, DnsEndPoint? Address, TlsFiles? Tls)
{
    private const int PlainPort = 2375;
    private const int TlsPort = 2376;

    /// <summary>The machine that ssh reaches; null: another way.</summary>
    public SshTarget? Ssh { get; init; }

    /// <exception cref="FormatException">With docker's words.</exception>
    public static Endpoint Parse(string host, TlsFiles? tls, string defaultSocket)
    {
        string trimmed = host.Trim();
        if (trimmed.Length == 0)
        {
            trimmed = tls is null ? "unix://" + defaultSocket : $"tcp://localhost:{TlsPort}";
        }

        int separator = trimmed.IndexOf("://", StringComparison.Ordinal);
        string scheme = separator < 0 ? "tcp" : trimmed[..separator];
        string rest = separator < 0 ? trimmed : trimmed[(separator + 3)..];
        switch (scheme)
        {
            case "unix":
                string path = rest.Length == 0 ? defaultSocket : rest;
                return path.StartsWith('/')
                    ? new Endpoint("unix://" + path, path, null, null)
                    : throw new FormatException($"invalid bind address format: {host}");
            case "tcp" or "http" or "https":
                return Tcp(host, rest, tls);
            case "ssh":
                return new Endpoint(trimmed, null, null, null) { Ssh = SshTarget.Parse(trimmed) };
            default:
                throw new FormatException($"invalid bind address format: {host}");
        }
    }

    private static Endpoint Tcp(string host, string rest, TlsFiles? tls)
    {
        string authority = rest.TrimEnd('/');
        int colon = authority.LastIndexOf(':');
        bool hasPort = colon >= 0 && !authority.EndsWith(']');
        string name = hasPort ? authority[..colon] : authority;
        int port = tls is null ? PlainPort : TlsPort;
        if (authority.Contains('/') || (hasPort && !int.TryParse(authority.AsSpan(colon + 1), out port)))
        {
            throw new FormatException($"invalid bind address format: {host}");
        }

        name = name.Length == 0 ? "localhost" : name.Trim('[', ']');
        string shown = name.Contains(':') ? $"[{name}]" : name;
        return new Endpoint($"tcp://{shown}:{port}", null, new DnsEndPoint(name, port), tls);
    }
}

/// <summary>PEM files; a path that is null is not used.</summary>
/// <param name="Verifies">The daemon's certificate and name are checked.</param>
internal sealed record TlsFiles(string? Authority, string? Certificate, string? Key, bool Verifies);
