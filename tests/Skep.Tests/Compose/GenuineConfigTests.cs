using System.Diagnostics;
using Skep.Docker.Compose;
using Xunit;
using Xunit.Abstractions;

namespace Skep.Tests.Compose;

/// <summary>The genuine `docker stack config` (version 23 and later) is asked, where it is installed.</summary>
public sealed class GenuineConfigTests(ITestOutputHelper output)
{
    private const int SecondsAtMost = 20;

    private static readonly string[] Programs = ["/usr/local/bin/docker", "/usr/bin/docker"];

    [Fact]
    public void The_genuine_command_line_prints_the_same()
    {
        if (Genuine() is not { } docker)
        {
            return;
        }

        foreach (ComposeCase one in ComposeCase.Of("same"))
        {
            (int code, string printed) = Ask(docker, one);
            output.WriteLine($"{one.Name}: {code}");
            Assert.Equal((one.Name, 0, printed), (one.Name, code, ComposeLoader.Show(one.Request).Yaml));
        }
    }

    [Fact]
    public void The_genuine_command_line_refuses_what_we_refuse()
    {
        if (Genuine() is not { } docker)
        {
            return;
        }

        foreach (ComposeCase one in ComposeCase.Of("refused"))
        {
            Assert.NotEqual((one.Name, 0), (one.Name, Ask(docker, one).Code));
        }
    }

    /// <summary>One that is another name of ours would prove nothing, but cannot be wrong either.</summary>
    private string? Genuine()
    {
        string? found = Programs.FirstOrDefault(program =>
            File.Exists(program) && Run(program, ["stack", "config", "--help"], new()).Code == 0);
        output.WriteLine(found ?? "no genuine command line with `stack config` here");
        return found;
    }

    private static (int Code, string Output) Ask(string docker, ComposeCase one)
    {
        List<string> words = ["stack", "config"];
        foreach (string file in one.Files)
        {
            words.AddRange(["-c", Path.Combine(ComposeCase.Folder, file)]);
        }

        if (one.SkipsInterpolation)
        {
            words.Add("--skip-interpolation");
        }

        return Run(docker, words, new(one.Environment));
    }

    private static (int Code, string Output) Run(
        string program, IEnumerable<string> words, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string printed = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(SecondsAtMost)), $"{program} does not end");
        return (process.ExitCode, printed);
    }
}
