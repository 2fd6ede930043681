using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Skep.Cli.Grammar;
using Skep.Docker.Templates;

namespace Skep.Cli.Contexts;

/// <summary>docker context export and import: meta.json and tls/ENDPOINT/FILE in a tar archive.</summary>
internal static class ContextArchive
{
    private const string MetaFile = "meta.json";
    private const string TlsFolder = "tls/";

    private const UnixFileMode OwnFolder = LocalFiles.Private | UnixFileMode.UserExecute;

    public static DockerCommand Export()
    {
        var command = new DockerCommand("export", "[OPTIONS] CONTEXT [FILE|-]",
            "Export a context to a tar archive FILE or a tar stream on STDOUT.")
        {
            Count = new WordCount(1, 2),
        };
        return command.Does((call, _) =>
        {
            string name = call.Words[0];
            string target = call.Words.Count > 1 ? call.Words[1] : $"{name}.dockercontext";
            if (name != ContextStore.DefaultName)
            {
                ContextStore.CheckName(name);
            }

            if (target == "-" && call.Console.OutputIsTerminal)
            {
                throw new CommandFailedException("cowardly refusing to export to a terminal, specify a file path");
            }

            byte[] archive = Pack(
                ContextCommands.Read(call, name), ContextCommands.TlsFiles(call, name));
            if (target == "-")
            {
                call.Console.Output.Write(archive);
                return Task.FromResult(0);
            }

            WriteNew(target, archive);
            call.Console.WriteErrorLine($"Written file {GoLiterals.Quote(target)}");
            return Task.FromResult(0);
        });
    }

    public static DockerCommand Import()
    {
        var command = new DockerCommand("import", "CONTEXT FILE|-", "Import a context from a tar or zip file")
        {
            Count = WordCount.Exactly(2),
        };
        return command.Does((call, _) =>
        {
            string name = call.Words[0];
            ContextStore store = ContextCommands.Store(call);
            ContextCommands.CheckNew(store, name);
            using Stream source = call.Words[1] == "-" ? call.Console.Input : LocalFiles.OpenRead(call.Words[1]);
            Dictionary<string, byte[]> files = Unpack(source);
            if (!files.Remove(MetaFile, out byte[]? meta))
            {
                throw new CommandFailedException("invalid context: no metadata found");
            }

            store.Write(Parse(meta) with { Name = name });
            store.WriteTls(name, files.ToDictionary(file => file.Key[TlsFolder.Length..], file => file.Value));
            call.Console.WriteLine(name);
            call.Console.WriteErrorLine($"Successfully imported context \"{name}\"");
            return Task.FromResult(0);
        });
    }

    public static byte[] Pack(StoredContext context, IReadOnlyDictionary<string, byte[]> tlsFiles)
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            Add(writer, TarEntryType.RegularFile, MetaFile, context.ToJson(),
                LocalFiles.Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            Add(writer, TarEntryType.Directory, "tls", [], OwnFolder);
            foreach (IGrouping<string?, KeyValuePair<string, byte[]>> endpoint in
                tlsFiles.GroupBy(file => Path.GetDirectoryName(file.Key)))
            {
                Add(writer, TarEntryType.Directory, TlsFolder + endpoint.Key, [], OwnFolder);
                foreach ((string file, byte[] content) in endpoint)
                {
                    Add(writer, TarEntryType.RegularFile, TlsFolder + file, content, LocalFiles.Private);
                }
            }
        }

        return archive.ToArray();
    }

    /// <returns>The archive's files, by docker's names for them.</returns>
    /// <exception cref="CommandFailedException">It is too large, no archive, or holds something else.</exception>
    public static Dictionary<string, byte[]> Unpack(Stream source)
    {
        byte[] archive = ReadBounded(source);
        try
        {
            return archive.AsSpan().StartsWith("PK\u0003\u0004"u8) ? FromZip(archive) : FromTar(archive);
        }
        catch (Exception malformed) when (malformed is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new CommandFailedException($"archive/tar: invalid tar header: {malformed.Message}");
        }
    }

    private static Dictionary<string, byte[]> FromTar(byte[] archive)
    {
        var files = new Dictionary<string, byte[]>();
        using var reader = new TarReader(new MemoryStream(archive));
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            {
                files[CheckPath(entry.Name)] = entry.DataStream is null ? [] : ReadBounded(entry.DataStream);
            }
        }

        return files;
    }

    private static Dictionary<string, byte[]> FromZip(byte[] archive)
    {
        var files = new Dictionary<string, byte[]>();
        using var reader = new ZipArchive(new MemoryStream(archive));
        foreach (ZipArchiveEntry entry in reader.Entries.Where(entry => !entry.FullName.EndsWith('/')))
        {
            using Stream content = entry.Open();
            files[CheckPath(entry.FullName)] = ReadBounded(content);
        }

        return files;
    }

    // What is not exactly such a path could be written outside the context's folder.
    private static string CheckPath(string path)
    {
        string[] parts = path.Split('/');
        string? complaint =
            path != MetaFile && !path.StartsWith(TlsFolder, StringComparison.Ordinal) ? "unexpected context file"
            : parts.Any(part => part is "" or "." or "..") ? "unexpected path format"
            : path.Contains('\\') ? "unexpected '\\' in path"
            : path != MetaFile && parts.Length != 3 ? "archive format is invalid"
            : null;
        return complaint is null ? path : throw new CommandFailedException($"{path}: {complaint}");
    }

    private static StoredContext Parse(byte[] meta)
    {
        try
        {
            return StoredContext.Parse(meta);
        }
        catch (JsonException malformed)
        {
            throw new CommandFailedException($"invalid context: {malformed.Message}");
        }
    }

    private static byte[] ReadBounded(Stream source)
    {
        var content = new MemoryStream();
        byte[] buffer = new byte[Limits.CopyBytes];
        int count;
        while ((count = source.Read(buffer)) > 0)
        {
            content.Write(buffer, 0, count);
            if (content.Length > Limits.ContextArchiveBytes)
            {
                throw new CommandFailedException("read exceeds the defined limit");
            }
        }

        return content.ToArray();
    }

    private static void Add(TarWriter writer, TarEntryType type, string name, byte[] content, UnixFileMode mode)
    {
        var entry = new UstarTarEntry(type, name) { Mode = mode, ModificationTime = DateTimeOffset.UnixEpoch };
        if (type == TarEntryType.RegularFile)
        {
            entry.DataStream = new MemoryStream(content);
        }

        writer.WriteEntry(entry);
    }

    private static void WriteNew(string path, byte[] content)
    {
        try
        {
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = LocalFiles.Private,
            });
            file.Write(content);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new CommandFailedException($"open {path}: file exists");
        }
        catch (DirectoryNotFoundException)
        {
            throw new CommandFailedException($"open {path}: no such file or directory");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandFailedException($"open {path}: permission denied");
        }
    }
}
