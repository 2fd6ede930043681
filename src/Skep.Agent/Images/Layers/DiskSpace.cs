using Skep.Swarm;

namespace Skep.Agent.Images.Layers;

/// <summary>The free space of the disk that holds the images.</summary>
/// <param name="directory">Any directory on it.</param>
internal sealed class DiskSpace(string directory)
{
    public bool HasReserve() => FreeBytes() >= ReserveBytes();

    /// <exception cref="RefusedException">So many bytes more would eat into the reserve.</exception>
    public void Require(long bytes, string what)
    {
        if (FreeBytes() - ReserveBytes() < bytes)
        {
            throw Full(what);
        }
    }

    public static RefusedException Full(string what) =>
        new(ErrorKind.Failed, $"{what}: no space left on device (some is kept free for running containers)");

    // On a small disk a fixed reserve would leave no room for images at all.
    private long ReserveBytes() => Math.Min(
        ImageLimits.DiskReserveBytes, new DriveInfo(directory).TotalSize / ImageLimits.DiskReserveDivisor);

    private long FreeBytes() => new DriveInfo(directory).AvailableFreeSpace;
}
