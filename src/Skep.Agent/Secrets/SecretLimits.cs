namespace Skep.Agent.Secrets;

/// <summary>Bounds of secrets and configs on a node.</summary>
internal static class SecretLimits
{
    /// <summary>
    /// Secrets and configs of one task: each is a mount of its container, and of mounts the kernel has 100,000.
    /// </summary>
    public const int FilesPerTask = 1_000;
}
