using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Skep.Cli.Tables;

namespace Skep.Cli.Contexts;

/// <summary>The contexts in a user's settings, in docker's own files, which docker reads and writes too.</summary>
/// <remarks>
/// contexts/meta/ID/meta.json and contexts/tls/ID/docker/{ca,cert,key}.pem, where ID is the SHA-256 of the name.
/// </remarks>
/// <param name="directory">Of the user's settings.</param>
internal sealed partial class ContextStore(string directory)
{
    public const string DefaultName = "default";

    /// <summary>What lists say of the default one; a copy of it keeps the words.</summary>
    public const string DefaultDescription = "Current DOCKER_HOST based configuration";
    private const string NamePattern = "^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$";
    private const string MetaFile = "meta.json";

    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode PrivateFolder = LocalFiles.Private | UnixFileMode.UserExecute;

    /// <exception cref="CommandFailedException">No context can have the name.</exception>
    public static void CheckName(string name)
    {
        string? complaint = name switch
        {
            "" => "context name cannot be empty",
            DefaultName => $"\"{DefaultName}\" is a reserved context name",
            _ when !NameRegex().IsMatch(name) =>
                $"context name \"{name}\" is invalid, names are validated against regexp \"{NamePattern}\"",
            _ => null,
        };
        if (complaint is not null)
        {
            throw new CommandFailedException(complaint);
        }
    }

    public string MetaFolder(string name) => Path.Combine(directory, "contexts", "meta", IdOf(name));

    public string TlsFolder(string name) => Path.Combine(directory, "contexts", "tls", IdOf(name));

    public bool Exists(string name) => File.Exists(Path.Combine(MetaFolder(name), MetaFile));

    /// <exception cref="CommandFailedException">There is none, or nobody can read it.</exception>
    public StoredContext Read(string name)
    {
        string path = Path.Combine(MetaFolder(name), MetaFile);
        try
        {
            return StoredContext.Parse(File.ReadAllBytes(path));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailedException(
                $"context \"{name}\": context not found: open {path}: no such file or directory");
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"context \"{name}\": parsing {path}: {failure.Message}");
        }
    }

    /// <summary>All but the default one, which is in no file.</summary>
    public IReadOnlyList<StoredContext> All()
    {
        string folder = Path.Combine(directory, "contexts", "meta");
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var all = new List<StoredContext>();
        foreach (string path in Directory.EnumerateDirectories(folder).Select(sub => Path.Combine(sub, MetaFile)))
        {
            try
            {
                all.AddRange(File.Exists(path) ? [StoredContext.Parse(File.ReadAllBytes(path))] : []);
            }
            catch (JsonException broken)
            {
                throw new CommandFailedException($"failed to read metadata: parsing {path}: {broken.Message}");
            }
        }

        return [.. all.OrderBy(context => context.Name, NaturalOrder.Instance)];
    }

    public void Write(StoredContext context)
    {
        string folder = MetaFolder(context.Name);
        Directory.CreateDirectory(folder);
        LocalFiles.WriteWhole(Path.Combine(folder, MetaFile), context.ToJson(), Readable);
    }

    /// <summary>The certificates of a context: endpoint/file, with their content.</summary>
    public SortedDictionary<string, byte[]> TlsFiles(string name)
    {
        string folder = TlsFolder(name);
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string path in Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [])
        {
            files.Add(Path.GetRelativePath(folder, path), File.ReadAllBytes(path));
        }

        return files;
    }

    /// <summary>Replaces all certificates of a context.</summary>
    /// <param name="files">Names as <see cref="TlsFiles"/> gives them.</param>
    public void WriteTls(string name, IReadOnlyDictionary<string, byte[]> files) =>
        WriteTls(name, files, TlsFiles(name).Keys);

    /// <summary>Replaces the certificates of one endpoint; those of others, such as of Kubernetes, stay.</summary>
    /// <param name="files">Names as <see cref="TlsFiles"/> gives them.</param>
    public void WriteTls(string name, string endpoint, IReadOnlyDictionary<string, byte[]> files) => WriteTls(
        name, files, TlsFiles(name).Keys.Where(file => file.StartsWith(endpoint + "/", StringComparison.Ordinal)));

    // New ones are written before old ones go: who fails between has lost nothing.
    private void WriteTls(string name, IReadOnlyDictionary<string, byte[]> files, IEnumerable<string> old)
    {
        foreach ((string file, byte[] content) in files)
        {
            string path = Path.Combine(TlsFolder(name), file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, PrivateFolder);
            LocalFiles.WriteWhole(path, content, LocalFiles.Private);
        }

        foreach (string file in old.Where(file => !files.ContainsKey(file)))
        {
            string path = Path.Combine(TlsFolder(name), file);
            File.Delete(path);
            RemoveEmpty(Path.GetDirectoryName(path)!);
        }

        RemoveEmpty(TlsFolder(name));
    }

    public void Remove(string name)
    {
        RemoveFolder(MetaFolder(name));
        RemoveFolder(TlsFolder(name));
    }

    private static void RemoveEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    private static void RemoveFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string IdOf(string name) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    [GeneratedRegex(NamePattern)]
    private static partial Regex NameRegex();
}
