using System.Collections;
using System.CommandLine;
using System.Text;
using Skep.Cli.Creation;
using Skep.Cli.Grammar;
using Skep.Docker.Compose;

namespace Skep.Cli.Stacks;

/// <summary>The flags that name compose files, and what the files say.</summary>
internal sealed class ComposeInput(DockerCommand command)
{
    private readonly Option<string[]> files = command.Flag(Flags.List(
        "compose-file", 'c', "Path to a Compose file, or \"-\" to read from stdin", type: "strings"));

    private readonly Option<string[]> envFiles = command.Flag(Flags.List(
        "env-file", null, "Read variables for the Compose file from this file instead of \".env\"", type: "strings"));

    private readonly Option<string[]> profiles = command.Flag(Flags.List(
        "profile", null, "Also take services that belong to this profile", type: "strings"));

    /// <exception cref="CommandFailedException">A file is missing or refused.</exception>
    public ComposeProject Load(Invocation call, bool skipsInterpolation) =>
        Ask(call, skipsInterpolation, ComposeLoader.Load);

    /// <summary>The same in long form, as text.</summary>
    /// <exception cref="CommandFailedException">A file is missing or refused.</exception>
    public ComposeText Show(Invocation call, bool skipsInterpolation) =>
        Ask(call, skipsInterpolation, ComposeLoader.Show);

    private T Ask<T>(Invocation call, bool skipsInterpolation, Func<ComposeRequest, T> ask)
    {
        List<string> names = [.. call.Get(files).SelectMany(CsvFields.Split)];
        if (names.Count == 0)
        {
            throw new CommandFailedException("Specify a Compose file (with --compose-file)");
        }

        var request = new ComposeRequest
        {
            Sources = [.. names.Select(name => new ComposeSource(name, Read(call, name)))],
            Directory = names is ["-"]
                ? Directory.GetCurrentDirectory()
                : Path.GetDirectoryName(Path.GetFullPath(names[0])) ?? "/",
            Environment = Variables(),
            EnvFiles = [.. call.Get(envFiles).SelectMany(CsvFields.Split).Select(Path.GetFullPath)],
            ReadFile = path => File.Exists(path) ? Text(ReadFile(path)) : null,
            SkipInterpolation = skipsInterpolation,
            Profiles = [.. call.Get(profiles).SelectMany(CsvFields.Split)],
        };
        try
        {
            return ask(request);
        }
        catch (ComposeException refused)
        {
            throw new CommandFailedException(refused.Message);
        }
    }

    /// <summary>The bytes of a file that a compose file names.</summary>
    public static byte[] ReadFile(string path)
    {
        using FileStream file = LocalFiles.OpenRead(path);
        return ReadAll(file, path);
    }

    private static string Read(Invocation call, string name) =>
        Text(name == "-" ? ReadAll(call.Console.Input, "-") : ReadFile(name));

    private static byte[] ReadAll(Stream source, string name)
    {
        var content = new MemoryStream();
        byte[] chunk = new byte[Limits.CopyBytes];
        int count;
        while ((count = source.Read(chunk)) > 0)
        {
            content.Write(chunk, 0, count);
            if (content.Length > Limits.ComposeFileBytes)
            {
                throw new CommandFailedException($"{name}: larger than {Limits.ComposeFileBytes} bytes");
            }
        }

        return content.ToArray();
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");
}
