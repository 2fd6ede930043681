using System.Text.Json;
using Skep.Docker.Engine;

namespace Skep.Cli.Client;

/// <summary>Which registry an image's name points to, and the header that carries its credentials.</summary>
internal static class RegistryAuth
{
    /// <summary>Docker Hub's name in config.json.</summary>
    public const string HubKey = "https://index.docker.io/v1/";

    /// <summary>The registry of a reference: its first part if that looks like a host.</summary>
    public static string RegistryOf(string reference)
    {
        int slash = reference.IndexOf('/');
        string first = slash < 0 ? "" : reference[..slash];
        bool isHost = first.Contains('.') || first.Contains(':') || first == "localhost"
            || first.Any(char.IsAsciiLetterUpper);
        return isHost ? first : "docker.io";
    }

    /// <summary>"https://host/v1/" and "host" are the same registry.</summary>
    public static string HostOf(string address)
    {
        int scheme = address.IndexOf("://", StringComparison.Ordinal);
        string host = scheme < 0 ? address : address[(scheme + 3)..];
        int slash = host.IndexOf('/');
        return slash < 0 ? host : host[..slash];
    }

    /// <summary>The value of X-Registry-Auth: URL-safe base64 with padding.</summary>
    public static string Encode(AuthConfig credentials)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(credentials, EngineJson.Default.AuthConfig);
        return Convert.ToBase64String(json).Replace('+', '-').Replace('/', '_');
    }
}
