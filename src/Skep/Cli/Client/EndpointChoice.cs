using System.Text;
using System.Text.Json;

namespace Skep.Cli.Client;

/// <summary>
/// Which daemon to talk to: --host, --context, DOCKER_HOST, DOCKER_CONTEXT, the settings' current
/// context, the default socket; the first that is given wins (a host on the command line excludes a context).
/// </summary>
internal static class EndpointChoice
{
    private const string DefaultContext = "default";
    private const string SkepSocket = "/run/skep/skep.sock";
    private const string DockerSocket = "/var/run/docker.sock";

    public static Endpoint Find(CliSession session)
    {
        ConnectionFlags.Values flags = session.Connection;
        string context = ContextOf(session);
        try
        {
            if (context != DefaultContext)
            {
                return FromContext(flags.ConfigDirectory, context, DefaultSocket(session.Program));
            }

            if (flags.Hosts.Count > 1)
            {
                throw new CommandFailedException("Specify only one -H");
            }

            string host = flags.Hosts.FirstOrDefault()
                ?? Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "";
            return Endpoint.Parse(host, Tls(flags), DefaultSocket(session.Program));
        }
        catch (FormatException malformed)
        {
            throw new CommandFailedException(
                $"Failed to initialize: unable to resolve docker endpoint: {malformed.Message}");
        }
    }

    /// <summary>The name of the context in use.</summary>
    public static string ContextOf(CliSession session)
    {
        ConnectionFlags.Values flags = session.Connection;
        if (flags.Context.Length > 0)
        {
            return flags.Hosts.Count == 0 ? flags.Context : throw new CommandFailedException(
                "conflicting options: cannot specify both --host and --context");
        }

        if (flags.Hosts.Count > 0 || Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 })
        {
            return DefaultContext;
        }

        return Environment.GetEnvironmentVariable("DOCKER_CONTEXT") is { Length: > 0 } named ? named
            : session.Settings.Value.CurrentContext is { Length: > 0 } current ? current
            : DefaultContext;
    }

    // Called docker, the program looks where docker does, and finds Skep's own socket on a machine without it.
    private static string DefaultSocket(string program) =>
        program == "docker" && (File.Exists(DockerSocket) || !File.Exists(SkepSocket)) ? DockerSocket : SkepSocket;

    private static TlsFiles? Tls(ConnectionFlags.Values flags)
    {
        if (!flags.UsesTls)
        {
            return null;
        }

        // Files at their default places need not exist.
        static string? Present(string path) => File.Exists(path) ? path : null;
        return new TlsFiles(
            flags.VerifiesTls ? Present(flags.Authority) : null,
            Present(flags.Certificate), Present(flags.Key), flags.VerifiesTls);
    }

    // contexts/meta/<sha256 of the name>/meta.json, and contexts/tls/<the same>/docker/*.pem.
    private static Endpoint FromContext(string directory, string name, string defaultSocket)
    {
        string id = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        string meta = Path.Combine(directory, "contexts", "meta", id, "meta.json");
        if (!File.Exists(meta))
        {
            throw new CommandFailedException("Failed to initialize: unable to resolve docker endpoint: "
                + $"context \"{name}\": context not found: open {meta}: no such file or directory");
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(meta));
        JsonElement endpoint = document.RootElement.Member("Endpoints").Member("docker");
        string pems = Path.Combine(directory, "contexts", "tls", id, "docker");
        string? Pem(string file) => File.Exists(Path.Combine(pems, file)) ? Path.Combine(pems, file) : null;
        bool skipsVerify = endpoint.Flag("SkipTLSVerify");
        var tls = new TlsFiles(Pem("ca.pem"), Pem("cert.pem"), Pem("key.pem"), !skipsVerify);
        bool usesTls = skipsVerify || tls.Authority is not null || tls.Certificate is not null;
        return Endpoint.Parse(endpoint.Text("Host"), usesTls ? tls : null, defaultSocket);
    }
}
