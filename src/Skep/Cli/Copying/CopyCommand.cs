using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;

namespace Skep.Cli.Copying;

/// <summary>docker cp, in both directions and through "-".</summary>
internal sealed class CopyCommand
{
    // Bits of Go's os.FileMode.
    private const long DirectoryBit = 1L << 31;
    private const long LinkBit = 1L << 27;

    private readonly Option<bool> archive;
    private readonly Option<bool> followLink;
    private readonly Option<bool> quiet;

    private CopyCommand(DockerCommand command)
    {
        archive = command.Flag(Flags.Switch("archive", 'a', "Archive mode (copy all uid/gid information)"));
        followLink = command.Flag(Flags.Switch("follow-link", 'L', "Always follow symbol link in SRC_PATH"));
        quiet = command.Flag(Flags.Switch("quiet", 'q', "Suppress progress output during copy. "
            + "Progress output is automatically suppressed if no terminal is attached"));
        command.Does(RunAsync);
    }

    public static DockerCommand Make()
    {
        var command = new DockerCommand("cp",
            "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n"
                + "\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
            "Copy files/folders between a container and the local filesystem")
        {
            Count = WordCount.Exactly(2),
            LongDescription = "Copy files/folders between a container and the local filesystem\n\n"
                + "Use '-' as the source to read a tar archive from stdin\nand extract it to a directory destination "
                + "in a container.\nUse '-' as the destination to stream a tar archive of a\ncontainer source "
                + "to stdout.",
            SpelledAliases = ["container cp", "cp"],
        };
        _ = new CopyCommand(command);
        return command;
    }

    private Task<int> RunAsync(Invocation call, CancellationToken stop)
    {
        string? empty = call.Words[0].Length == 0 ? "source can not be empty"
            : call.Words[1].Length == 0 ? "destination can not be empty" : null;
        if (empty is not null)
        {
            throw new CommandFailedException(empty);
        }

        (string from, string source) = CopyPath.Parse(call.Words[0]);
        (string to, string destination) = CopyPath.Parse(call.Words[1]);
        return (from.Length > 0, to.Length > 0) switch
        {
            (true, true) => throw new CommandFailedException("copying between containers is not supported"),
            (true, false) => DownloadAsync(call, from, source, destination, stop),
            (false, true) => UploadAsync(call, source, to, destination, stop),
            _ => throw new CommandFailedException("must specify at least one container source"),
        };
    }

    private async Task<int> DownloadAsync(
        Invocation call, string container, string source, string destination, CancellationToken stop)
    {
        CopySide? local = destination == "-" ? null : LocalDestination(CopyPath.Absolute(destination));
        string rename = "";
        if (call.Get(followLink) && await StatAsync(call, container, source, stop) is { } link
            && (link.Number("mode") & LinkBit) != 0)
        {
            // The copy keeps the link's name.
            rename = CopyPath.Split(source).Name;
            source = CopyPath.Join(CopyPath.Split(source).Directory, link.Text("linkTarget"));
        }

        string path = $"/containers/{Query.Escape(container)}/archive{new Query().Add("path", source)}";
        using HttpResponseMessage answer = await call.Engine.SendAsync(HttpMethod.Get, path, null, stop);
        await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
        if (local is null)
        {
            await body.CopyToAsync(call.Console.Output, stop);
            return 0;
        }

        bool isDirectory = (PathStat(answer).Number("mode") & DirectoryBit) != 0;
        CopyPlan plan = CopyPlan.Of(new CopySide(source, true, isDirectory), local);
        if (rename.Length > 0 && plan.OldName is null)
        {
            plan = plan with { OldName = CopyPath.Split(source).Name, NewName = rename };
        }

        await ArchiveReader.UnpackAsync(body, plan, stop);
        Say(call, $"Successfully copied to {local.Path}");
        return 0;
    }

    private async Task<int> UploadAsync(
        Invocation call, string source, string container, string destination, CancellationToken stop)
    {
        CopySide remote = await RemoteDestinationAsync(call, container, destination, stop);
        HttpContent content;
        string directory;
        if (source == "-")
        {
            directory = remote.IsDirectory ? remote.Path : throw new CommandFailedException(
                $"destination \"{container}:{destination}\" must be a directory");
            content = new StreamContent(call.Console.Input);
            content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-tar");
        }
        else
        {
            CopySide local = LocalSource(CopyPath.Absolute(source), call.Get(followLink), out string name);
            CopyPlan plan = CopyPlan.Of(local, remote);
            directory = plan.Directory;
            string path = local.Path.EndsWith("/.", StringComparison.Ordinal) ? local.Path[..^2] : local.Path;
            content = new ArchiveContent(path.Length > 1 ? path.TrimEnd('/') : path,
                plan.OldName is null ? name : plan.NewName);
        }

        Query query = new Query().Add("path", directory).Add("noOverwriteDirNonDir", "true")
            .Add("copyUIDGID", call.Get(archive) ? "true" : null);
        using HttpResponseMessage answer = await call.Engine.SendAsync(
            HttpMethod.Put, $"/containers/{Query.Escape(container)}/archive{query}", content, stop);
        Say(call, $"Successfully copied to {container}:{remote.Path}");
        return 0;
    }

    private void Say(Invocation call, string text)
    {
        bool isQuiet = call.Has(quiet) ? call.Get(quiet) : !call.Console.OutputIsTerminal;
        if (!isQuiet)
        {
            call.Console.WriteErrorLine(text);
        }
    }

    private static async Task<CopySide> RemoteDestinationAsync(
        Invocation call, string container, string path, CancellationToken stop)
    {
        JsonElement? found = await StatAsync(call, container, path, stop);
        if (found is { } link && (link.Number("mode") & LinkBit) != 0)
        {
            path = CopyPath.Join(CopyPath.Split(path).Directory, link.Text("linkTarget"));
            found = await StatAsync(call, container, path, stop);
        }

        return new CopySide(path, found is not null,
            found is { } stat && (stat.Number("mode") & DirectoryBit) != 0);
    }

    // Null: there is nothing. The container's own absence is found out by the transfer.
    private static async Task<JsonElement?> StatAsync(
        Invocation call, string container, string path, CancellationToken stop)
    {
        try
        {
            using HttpResponseMessage answer = await call.Engine.SendAsync(HttpMethod.Head,
                $"/containers/{Query.Escape(container)}/archive{new Query().Add("path", path)}", null, stop);
            return PathStat(answer);
        }
        catch (CommandFailedException missing) when (missing.Status is not null)
        {
            return null;
        }
    }

    private static JsonElement PathStat(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("X-Docker-Container-Path-Stat", out IEnumerable<string>? values))
        {
            throw new CommandFailedException("unable to get resource stat from response: header is missing");
        }

        using JsonDocument stat = JsonDocument.Parse(Convert.FromBase64String(values.First()));
        return stat.RootElement.Clone();
    }

    private static CopySide LocalDestination(string path)
    {
        string target = CopyPath.ClaimsDirectory(path) ? path : FollowLink(path);
        bool isDirectory = Directory.Exists(target);
        string parent = CopyPath.Split(target).Directory;
        if (!isDirectory && !Directory.Exists(parent))
        {
            throw new CommandFailedException($"invalid output path: directory \"{parent}\" does not exist");
        }

        return new CopySide(target, isDirectory || File.Exists(target), isDirectory);
    }

    private static string FollowLink(string path) => new FileInfo(path).LinkTarget is null
        ? path
        : new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;

    private static CopySide LocalSource(string path, bool follows, out string name)
    {
        name = CopyPath.Split(path).Name;
        string target = follows && !CopyPath.MeansContent(path) ? FollowLink(path) : path;
        var directory = new DirectoryInfo(target);
        bool isLink = directory.LinkTarget is not null && !CopyPath.ClaimsDirectory(path);
        bool isDirectory = directory.Exists && !isLink;
        if (!isDirectory && !isLink && !File.Exists(target))
        {
            throw new CommandFailedException($"lstat {path.TrimEnd('/')}: no such file or directory");
        }

        return CopyPath.ClaimsDirectory(path) && !isDirectory
            ? throw new CommandFailedException("not a directory")
            : new CopySide(target, true, isDirectory);
    }
}
