using Skep.Cli.Contexts;

namespace Skep.Cli.Client;

/// <summary>
/// Which daemon to talk to: --host, --context, DOCKER_HOST, DOCKER_CONTEXT, the settings' current
/// context, the default socket; the first that is given wins (a host on the command line excludes a context).
/// </summary>
internal static class EndpointChoice
{
    private const string SkepSocket = "/run/skep/skep.sock";
    private const string DockerSocket = "/var/run/docker.sock";

    public static Endpoint Find(CliSession session)
    {
        string context = ContextOf(session);
        if (context == ContextStore.DefaultName)
        {
            return Default(session);
        }

        try
        {
            return FromContext(new ContextStore(session.Connection.ConfigDirectory), context, session.Program);
        }
        catch (Exception failure) when (failure is FormatException or CommandFailedException)
        {
            throw Unresolved(failure);
        }
    }

    /// <summary>The default context: what flags and variables say, and else the socket of this machine.</summary>
    public static Endpoint Default(CliSession session)
    {
        ConnectionFlags.Values flags = session.Connection;
        if (flags.Hosts.Count > 1)
        {
            throw Unresolved(new FormatException("Specify only one -H"));
        }

        try
        {
            string host = flags.Hosts.FirstOrDefault()
                ?? Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "";
            return Endpoint.Parse(host, Tls(flags), DefaultSocket(session.Program));
        }
        catch (FormatException malformed)
        {
            throw Unresolved(malformed);
        }
    }

    /// <summary>The paths of the default context's certificates, by their names in a context.</summary>
    public static IReadOnlyDictionary<string, string> DefaultTls(CliSession session)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Tls(session.Connection) is { } tls)
        {
            foreach ((string name, string? path) in new[]
            {
                ("docker/ca.pem", tls.Authority), ("docker/cert.pem", tls.Certificate), ("docker/key.pem", tls.Key),
            })
            {
                if (path is not null)
                {
                    files.Add(name, path);
                }
            }
        }

        return files;
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
            return ContextStore.DefaultName;
        }

        return Environment.GetEnvironmentVariable("DOCKER_CONTEXT") is { Length: > 0 } named ? named
            : session.Settings.Value.CurrentContext is { Length: > 0 } current ? current
            : ContextStore.DefaultName;
    }

    private static CommandFailedException Unresolved(Exception failure) =>
        new($"Failed to initialize: unable to resolve docker endpoint: {failure.Message}");

    /// <summary>The socket of this machine, if nothing else was chosen.</summary>
    // Called docker, the program looks where docker does, and finds Skep's own socket on a machine without it.
    public static string DefaultSocket(string program) =>
        program == "docker" && (File.Exists(DockerSocket) || !File.Exists(SkepSocket)) ? DockerSocket : SkepSocket;

    private static FormatException Missing(string path) => new($"open {path}: no such file or directory");

    private static TlsFiles? Tls(ConnectionFlags.Values flags)
    {
        if (!flags.UsesTls)
        {
            return null;
        }

        // Files at their default places need not exist, but half of a pair is a mistake.
        string? Present(string path) => File.Exists(path) ? path
            : flags.NamedFiles.Contains(path) ? throw Missing(path) : null;
        var files = new TlsFiles(
            flags.VerifiesTls ? Present(flags.Authority) : null,
            Present(flags.Certificate), Present(flags.Key), flags.VerifiesTls);
        return (files.Certificate, files.Key) switch
        {
            (not null, null) => throw Missing(flags.Key),
            (null, not null) => throw Missing(flags.Certificate),
            _ => files,
        };
    }

    private static Endpoint FromContext(ContextStore store, string name, string program)
    {
        StoredContext context = store.Read(name);
        string pems = Path.Combine(store.TlsFolder(name), "docker");
        string? Pem(string file) => File.Exists(Path.Combine(pems, file)) ? Path.Combine(pems, file) : null;
        var tls = new TlsFiles(Pem("ca.pem"), Pem("cert.pem"), Pem("key.pem"), !context.SkipsVerify);
        bool usesTls = context.SkipsVerify || tls.Authority is not null || tls.Certificate is not null;
        return Endpoint.Parse(context.Host, usesTls ? tls : null, DefaultSocket(program));
    }
}
