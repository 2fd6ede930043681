using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Linux.Files;
using Skep.Manager.Storage;
using Skep.SwarmMode;
using Skep.Swarm;
using Skep.Transport.Identity;

namespace Skep.Cli.Debug;

/// <summary>skep debug: what support needs. Not in docker's language, so docker's help does not show it.</summary>
internal static class DebugCommands
{
    public static DockerCommand Make() =>
        new DockerCommand("debug", "COMMAND", "Look inside, without the daemon") { Section = HelpSection.Hidden }
            .With(Log(), Commands());

    private static DockerCommand Commands() =>
        new DockerCommand("commands", "", "Show every command and flag, one a line").Does((call, _) =>
        {
            DockerCommand root = RootCommands.Make(call.Program, out ConnectionFlags _);
            call.Console.Write(string.Concat(CommandTree.Lines(root).Select(line => line + "\n")));
            return Task.FromResult(0);
        });

    private static DockerCommand Log() =>
        new DockerCommand("log", "FOLDER", "Show every record of a manager's log; FOLDER is its swarm folder")
        {
            LongDescription = "Show every record of a manager's log, without what entries hold.\n"
                + "FOLDER is the swarm folder below the data root. A locked node's unlock key is asked for.",
            Count = WordCount.Exactly(1),
        }
        .Does((call, _) => Task.FromResult(ShowLog(call)));

    private static int ShowLog(Invocation call)
    {
        var folder = new NodeFolder(call.Words[0]);
        var disk = new LinuxDisk();
        KeyFile file = KeyFile.Load(disk, folder.KeyFile);
        if (file.State == KeyFileState.Missing)
        {
            throw new CommandFailedException($"There are no keys of a node in {folder.Certificates}.");
        }

        if (file.State == KeyFileState.Locked && !file.Unlock(ReadKey(call.Console)))
        {
            throw new CommandFailedException("This is not the key that the node is locked with.");
        }

        DataKeys keys = file.Keys.DataKeys
            ?? throw new CommandFailedException("This node is a worker: it keeps no log.");
        int faultCount = LogDump.Write(disk, folder.Raft, StorageKeys.Of(keys), call.Console.WriteLine);
        return faultCount == 0 ? 0 : 1;
    }

    private static UnlockKey ReadKey(CliConsole console)
    {
        string typed = console.InputIsTerminal
            ? console.ReadHidden("Enter unlock key: ")
            : (console.ReadLine() ?? "").Trim();
        try
        {
            return UnlockKey.Parse(typed);
        }
        catch (RefusedException e)
        {
            throw new CommandFailedException(e.Message);
        }
    }
}
