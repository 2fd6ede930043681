namespace Skep.Linux.Files;

/// <summary>Room on the file system that a path is on, in bytes.</summary>
/// <param name="AvailableBytes">What is left for a user who is not root.</param>
public readonly record struct DiskSpace(long TotalBytes, long AvailableBytes)
{
    public static DiskSpace Of(string path)
    {
        var drive = new DriveInfo(path);
        return new DiskSpace(drive.TotalSize, drive.AvailableFreeSpace);
    }
}
