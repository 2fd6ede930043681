namespace Skep.Agent.Oci;

/// <summary>Bounds on what an image may make us read to build a spec.</summary>
public static class OciLimits
{
    /// <summary>Bytes of /etc/passwd or /etc/group in an image; real ones have a few thousand.</summary>
    public const int UserFileBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Nodes that one --device directory may bring, so that a mistake does not bring the whole of /dev.
    /// </summary>
    public const int DevicesPerDirectory = 1024;
}
