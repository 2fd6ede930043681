using System.Formats.Tar;
using Skep.Cli;
using Skep.Cli.Copying;

namespace Skep.Tests.Cli.Copying;

public sealed class CopyTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("skep-cp-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData("c:/a", "c", "/a")]
    [InlineData("/a:b", "", "/a:b")]
    [InlineData("./a:b", "", "./a:b")]
    [InlineData("a", "", "a")]
    public void A_colon_names_a_container_unless_the_path_is_explicit(string text, string container, string path) =>
        Assert.Equal((container, path), CopyPath.Parse(text));

    [Theory]
    [InlineData("/a/b", "/a", "b")]
    [InlineData("/a/b/", "/a", "b")]
    [InlineData("/a/b/.", "/a/b", ".")]
    [InlineData("/a/../b", "/", "b")]
    [InlineData("/", "/", "/")]
    public void A_path_is_a_directory_and_a_name(string path, string directory, string name) =>
        Assert.Equal((directory, name), CopyPath.Split(path));

    [Theory]
    [InlineData("/src/f", false, "/dst", true, true, "/dst", "f", "f")]
    [InlineData("/src/f", false, "/dst/g", true, false, "/dst", "f", "g")]
    [InlineData("/src/f", false, "/dst/new", false, false, "/dst", "f", "new")]
    [InlineData("/src/d", true, "/dst/new", false, false, "/dst", "d/x", "new/x")]
    [InlineData("/src/d/.", true, "/dst/new", false, false, "/dst", "./x", "new/x")]
    public void A_copy_lands_where_cp_would_put_it(
        string source, bool isDirectory, string target, bool exists, bool isTargetDirectory,
        string directory, string entry, string renamed)
    {
        CopyPlan plan = CopyPlan.Of(
            new CopySide(source, true, isDirectory), new CopySide(target, exists, isTargetDirectory));
        Assert.Equal(directory, plan.Directory);
        Assert.Equal(renamed, plan.Rename(entry));
    }

    [Theory]
    [InlineData(true, "/dst/f", true, "cannot copy directory")]
    [InlineData(false, "/dst/new/", false, "no such directory")]
    public void What_cannot_be_is_refused_in_docker_s_words(
        bool isDirectory, string target, bool exists, string text) =>
        Assert.Equal(text, Assert.Throws<CommandFailedException>(() => CopyPlan.Of(
            new CopySide("/src/x", true, isDirectory), new CopySide(target, exists, false))).Message);

    [Fact]
    public async Task Files_arrive_with_their_content_and_mode()
    {
        MemoryStream archive = await ArchiveAsync(
            new PaxTarEntry(TarEntryType.Directory, "d/") { Mode = (UnixFileMode)0x1ED },
            new PaxTarEntry(TarEntryType.RegularFile, "d/f")
            {
                Mode = (UnixFileMode)0x180,
                DataStream = new MemoryStream("hi"u8.ToArray()),
            });
        await ArchiveReader.UnpackAsync(archive, new CopyPlan(root, "d", "e"), CancellationToken.None);
        Assert.Equal("hi", File.ReadAllText(Path.Combine(root, "e/f")));
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(Path.Combine(root, "e/f")));
    }

    [Fact]
    public async Task An_entry_that_leads_out_is_refused()
    {
        MemoryStream archive = await ArchiveAsync(new PaxTarEntry(TarEntryType.RegularFile, "../evil"));
        await Assert.ThrowsAsync<CommandFailedException>(() =>
            ArchiveReader.UnpackAsync(archive, new CopyPlan(root, null, ""), CancellationToken.None));
        Assert.False(File.Exists(Path.Combine(root, "../evil")));
    }

    [Fact]
    public async Task An_entry_that_goes_through_a_link_of_the_archive_is_refused()
    {
        string outside = Directory.CreateTempSubdirectory("skep-cp-out-").FullName;
        try
        {
            MemoryStream archive = await ArchiveAsync(
                new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = outside },
                new PaxTarEntry(TarEntryType.RegularFile, "link/evil"));
            await Assert.ThrowsAsync<CommandFailedException>(() =>
                ArchiveReader.UnpackAsync(archive, new CopyPlan(root, null, ""), CancellationToken.None));
            Assert.Empty(Directory.GetFileSystemEntries(outside));
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    private static async Task<MemoryStream> ArchiveAsync(params PaxTarEntry[] entries)
    {
        var archive = new MemoryStream();
        await using (var writer = new TarWriter(archive, leaveOpen: true))
        {
            foreach (PaxTarEntry entry in entries)
            {
                await writer.WriteEntryAsync(entry);
            }
        }

        archive.Position = 0;
        return archive;
    }
}
