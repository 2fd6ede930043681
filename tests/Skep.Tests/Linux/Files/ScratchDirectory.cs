using Skep.Linux.Files;
using Skep.Linux.Mounts;

namespace Skep.Tests.Linux.Files;

/// <summary>A directory of one test, gone afterwards with everything that was mounted in it.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("skep-test-");

    public string Path => directory.FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string MakeDirectory(string name) => Directory.CreateDirectory(this[name]).FullName;

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public string MountTmpfs(string name, string size)
    {
        string target = MakeDirectory(name);
        KernelMounts.Mount("tmpfs", "tmpfs", target, ["size=" + size]);
        return target;
    }

    /// <summary>Every name below with its mode and content: to see that nothing was touched.</summary>
    public string Describe(string name = "")
    {
        var lines = new List<string>();
        foreach (FileSystemInfo info in new DirectoryInfo(this[name])
            .EnumerateFileSystemInfos("*", new EnumerationOptions
            {
                RecurseSubdirectories = true,
                AttributesToSkip = 0,
            }))
        {
            string content = info.LinkTarget is { } target ? "-> " + target
                : info is FileInfo file ? File.ReadAllText(file.FullName) : "/";
            lines.Add($"{info.FullName} {info.UnixFileMode} {content}");
        }

        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    public void Dispose()
    {
        KernelMounts.DetachBelow(Path);

        // .NET cannot delete a name that is no UTF-8.
        using SafeRoot parent = SafeRoot.Open(directory.Parent!.FullName);
        parent.RemoveTree(directory.Name);
    }
}
