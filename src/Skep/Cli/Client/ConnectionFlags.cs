using System.CommandLine;
using Skep.Cli.Grammar;

namespace Skep.Cli.Client;

/// <summary>The program's own flags: which daemon, and how to reach it.</summary>
internal sealed class ConnectionFlags
{
    private readonly Option<string> config;
    private readonly Option<string> context;
    private readonly Option<bool> debug;
    private readonly Option<string[]> host;
    private readonly Option<string> logLevel;
    private readonly Option<bool> tls;
    private readonly Option<string> authority;
    private readonly Option<string> certificate;
    private readonly Option<string> key;
    private readonly Option<bool> tlsVerify;

    public ConnectionFlags(DockerCommand root, string program)
    {
        string home = ClientSettings.DefaultDirectory;
        string certificates = CertificateFolder ?? home;
        config = root.Flag(Flags.Text("config", null, "Location of client config files", home));
        context = root.Flag(Flags.Text("context", 'c', "Name of the context to use to connect to the daemon "
            + $"(overrides DOCKER_HOST env var and default context set with \"{program} context use\")"));
        debug = root.Flag(Flags.Switch("debug", 'D', "Enable debug mode"));
        host = root.Flag(Flags.List("host", 'H', "Daemon socket to connect to"));
        logLevel = root.Flag(Flags.Text("log-level", 'l',
            "Set the logging level (\"debug\", \"info\", \"warn\", \"error\", \"fatal\")", "info"));
        tls = root.Flag(Flags.Switch("tls", null, "Use TLS; implied by --tlsverify"));
        authority = root.Flag(Flags.Text("tlscacert", null, "Trust certs signed only by this CA",
            Path.Combine(certificates, "ca.pem")));
        certificate = root.Flag(Flags.Text("tlscert", null, "Path to TLS certificate file",
            Path.Combine(certificates, "cert.pem")));
        key = root.Flag(Flags.Text("tlskey", null, "Path to TLS key file", Path.Combine(certificates, "key.pem")));
        tlsVerify = root.Flag(Flags.Switch("tlsverify", null, "Use TLS and verify the remote"));
        Version = root.Flag(Flags.Switch("version", 'v', "Print version information and quit"));
    }

    public Option<bool> Version { get; }

    public Values Read(ParseResult parsed)
    {
        // A variable counts when it is set at all, also to "0", as in docker.
        bool verifies = parsed.GetResult(tlsVerify) is { Implicit: false }
            ? parsed.GetValue(tlsVerify)
            : Environment.GetEnvironmentVariable("DOCKER_TLS_VERIFY") is { Length: > 0 };
        string level = parsed.GetValue(logLevel)!;
        if (level is not ("debug" or "info" or "warn" or "warning" or "error" or "fatal" or "panic" or "trace"))
        {
            throw new CommandFailedException($"unable to parse logging level: {level}", 1);
        }

        return new Values
        {
            ConfigDirectory = parsed.GetValue(config)!,
            Context = parsed.GetValue(context)!,
            Hosts = parsed.GetValue(host) ?? [],
            IsDebug = parsed.GetValue(debug) || level is "debug" or "trace",
            UsesTls = verifies || parsed.GetValue(tls)
                || Environment.GetEnvironmentVariable("DOCKER_TLS") is { Length: > 0 },
            VerifiesTls = verifies,
            Authority = parsed.GetValue(authority)!,
            Certificate = parsed.GetValue(certificate)!,
            Key = parsed.GetValue(key)!,
            NamedFiles =
            [
                .. new[] { authority, certificate, key }
                    .Where(file => parsed.GetResult(file) is { Implicit: false }
                        || (file == authority && CertificateFolder is not null))
                    .Select(file => parsed.GetValue(file)!),
            ],
        };
    }

    private static string? CertificateFolder =>
        Environment.GetEnvironmentVariable("DOCKER_CERT_PATH") is { Length: > 0 } path ? path : null;

    /// <summary>The flags and their environment variables, read.</summary>
    public sealed record Values
    {
        public required string ConfigDirectory { get; init; }
        public required string Context { get; init; }
        public required IReadOnlyList<string> Hosts { get; init; }
        public bool IsDebug { get; init; }
        public bool UsesTls { get; init; }
        public bool VerifiesTls { get; init; }
        public required string Authority { get; init; }
        public required string Certificate { get; init; }
        public required string Key { get; init; }

        /// <summary>Those of the three that the user named: they must be there.</summary>
        public IReadOnlyList<string> NamedFiles { get; init; } = [];
    }
}
