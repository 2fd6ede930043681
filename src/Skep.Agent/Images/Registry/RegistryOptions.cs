namespace Skep.Agent.Images.Registry;

/// <summary>What the daemon's settings say of registries.</summary>
public sealed record RegistryOptions
{
    /// <summary>
    /// "host", "host:port" or networks "10.0.0.0/8": no certificate is asked for, and plain HTTP will do.
    /// </summary>
    /// <remarks>127.0.0.0/8 and ::1 always belong to them, as in Docker.</remarks>
    public IReadOnlyList<string> InsecureRegistries { get; init; } = [];

    /// <summary>Base addresses that are asked before Docker Hub.</summary>
    public IReadOnlyList<string> Mirrors { get; init; } = [];

    /// <summary>
    /// Holds HOST/*.crt (authorities) and HOST/*.cert with *.key (our own certificate), as in Docker.
    /// </summary>
    public string CertificatesDirectory { get; init; } = "/etc/docker/certs.d";

    /// <summary>The pause before the second attempt; it doubles for each further one.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A registry that sends nothing for so long is asked again.</summary>
    public TimeSpan StallTime { get; init; } = ImageLimits.StallTime;
}
