using System.Globalization;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>docker service scale.</summary>
internal static class ServiceScaleCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "scale", "SERVICE=REPLICAS [SERVICE=REPLICAS...]", "Scale one or multiple replicated services")
        {
            Count = WordCount.AtLeast(1),
        };
        var waiting = new WaitFlags(command, hasQuiet: false);
        return command.Does(async (call, stop) =>
        {
            List<(string Service, string Replicas)> wishes = [.. call.Words.Select(word => Read(call, word))];
            var refusals = new List<string>();
            var scaled = new List<string>();
            foreach ((string service, string replicas) in wishes)
            {
                await TryAsync(service, refusals, async () =>
                {
                    ulong count = Count(replicas);
                    await ScaleAsync(call, service, count, stop);
                    call.Console.WriteLine($"{service} scaled to {count}");
                    scaled.Add(service);
                });
            }

            foreach (string service in scaled)
            {
                await TryAsync(service, refusals, () => waiting.FinishAsync(call, service, stop));
            }

            return refusals.Count == 0 ? 0 : throw new CommandFailedException(string.Join('\n', refusals));
        });
    }

    private static (string Service, string Replicas) Read(Invocation call, string word)
    {
        int equals = word.IndexOf('=');
        string path = call.Command.Path(call.Program);
        return equals > 0 && equals < word.Length - 1
            ? (word[..equals], word[(equals + 1)..])
            : throw new CommandFailedException($"invalid scale specifier '{word}'.\nSee '{path} --help'.\n\n"
                + $"Usage:  {call.Command.UsageLine(call.Program)}\n\n{call.Command.Description}");
    }

    private static ulong Count(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong count)
            ? count
            : throw new CommandFailedException($"invalid replicas value {text}: strconv.ParseUint: parsing "
                + $"{Docker.Templates.GoLiterals.Quote(text)}: "
                + (text.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax"));

    private static async Task ScaleAsync(Invocation call, string name, ulong count, CancellationToken stop)
    {
        ServiceInspect service = await ServiceApi.InspectAsync(call, name, stop);
        ServiceMode mode = service.Spec.Mode;
        ServiceMode scaled = mode.Replicated is { } replicated
            ? mode with { Replicated = replicated with { Replicas = count } }
            : mode.ReplicatedJob is { } job
                ? mode with { ReplicatedJob = job with { TotalCompletions = count } }
                : throw new CommandFailedException(
                    "scale can only be used with replicated or replicated-job mode");
        await ServiceApi.UpdateAsync(
            call, service, service.Spec with { Mode = scaled }, new Query(), credentials: null, pins: false, stop);
    }

    private static async Task TryAsync(string service, List<string> refusals, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (CommandFailedException refused)
        {
            refusals.Add($"{service}: {refused.Message}");
        }
    }
}
