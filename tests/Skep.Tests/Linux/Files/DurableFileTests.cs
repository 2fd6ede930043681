using System.Text;
using Microsoft.Win32.SafeHandles;
using Skep.Linux;
using Skep.Linux.Files;

namespace Skep.Tests.Linux.Files;

public class DurableFileTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // The kernel answers EINVAL to fsync of a file of /proc. .NET's own flush says nothing of it (reliability: D1).
    [Fact]
    public void A_failed_sync_is_never_hidden()
    {
        using SafeFileHandle file = File.OpenHandle("/proc/self/comm", FileMode.Open, FileAccess.ReadWrite);
        Assert.Throws<SyncFailedException>(() => DurableFile.Sync(file, "comm"));
    }

    [Fact]
    public void A_failed_sync_of_a_directory_is_never_hidden() =>
        Assert.Throws<SyncFailedException>(() => DurableFile.SyncDirectory("/proc/self"));

    [Fact]
    public void A_directory_that_is_none_cannot_be_synced() =>
        Assert.Equal(
            Errno.ENOTDIR,
            Assert.Throws<ErrnoException>(() => DurableFile.SyncDirectory("/proc/self/comm")).Errno);

    [Fact]
    public void Replace_writes_the_content_with_the_mode_and_leaves_nothing_aside()
    {
        using var scratch = new ScratchDirectory();
        DurableFile.Replace(scratch["state"], "first"u8, OwnerOnly);
        DurableFile.Replace(scratch["state"], "second"u8, OwnerOnly);
        Assert.Equal("second", File.ReadAllText(scratch["state"]));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(scratch["state"]));
        Assert.Equal([scratch["state"]], Directory.GetFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void A_reader_that_has_the_old_file_open_keeps_the_old_content()
    {
        using var scratch = new ScratchDirectory();
        DurableFile.Replace(scratch["state"], "first"u8, OwnerOnly);
        using var old = new StreamReader(scratch["state"]);
        DurableFile.Replace(scratch["state"], "second"u8, OwnerOnly);
        Assert.Equal("first", old.ReadToEnd());
    }

    [Fact]
    public void Replace_over_what_a_crash_left_aside_works()
    {
        using var scratch = new ScratchDirectory();
        scratch.Write("state.new", "half of a very long fi");
        DurableFile.Replace(scratch["state"], "all"u8, OwnerOnly);
        Assert.Equal("all", File.ReadAllText(scratch["state"]));
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file()
    {
        using var scratch = new ScratchDirectory();
        string disk = scratch.MountTmpfs("disk", "64k");
        DurableFile.Replace(disk + "/state", "old"u8, OwnerOnly);
        byte[] large = Encoding.ASCII.GetBytes(new string('x', 256 * 1024));
        IOException refusal = Assert.ThrowsAny<IOException>(
            () => DurableFile.Replace(disk + "/state", large, OwnerOnly));
        Assert.IsNotType<SyncFailedException>(refusal);
        Assert.Equal("old", File.ReadAllText(disk + "/state"));
        Assert.Equal([disk + "/state"], Directory.GetFileSystemEntries(disk));
    }
}
