using Skep.Docker.Engine;

namespace Skep.Docker.Images;

/// <summary>Labels that an image must not set, because software below or beside it obeys them.</summary>
/// <remarks>
/// CVE-2026-53488: a label in a namespace of containerd became a log address that was run as root. The image's bytes,
/// and with them its id, stay as they came; the labels are left out wherever the configuration is used or shown.
/// </remarks>
public static class ReservedLabels
{
    /// <summary>Prefix of this program's own labels.</summary>
    public const string Own = "skep.";

    public static bool IsReserved(string name) =>
        name.StartsWith("containerd.io/", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("io.cri-containerd", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(Own, StringComparison.OrdinalIgnoreCase);

    public static ContainerConfig Without(ContainerConfig config)
    {
        if (config.Labels is not { } labels || !labels.Keys.Any(IsReserved))
        {
            return config;
        }

        return config with
        {
            Labels = labels.Where(label => !IsReserved(label.Key)).ToDictionary(),
        };
    }
}
