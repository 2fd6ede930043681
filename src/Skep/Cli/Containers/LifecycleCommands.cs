using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Creation;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;
using Skep.Docker.Engine;

namespace Skep.Cli.Containers;

/// <summary>Commands that change the state of containers: one request for each name.</summary>
internal static class LifecycleCommands
{
    public static DockerCommand Stop() => StopLike("stop", "Stop one or more running containers");

    public static DockerCommand Restart() => StopLike("restart", "Restart one or more containers");

    public static DockerCommand Kill()
    {
        DockerCommand command = OnEach("kill", "[OPTIONS] ", "Kill one or more running containers");
        var signal = command.Flag(Flags.Text("signal", 's', "Signal to send to the container"));
        return command.Does((call, stop) =>
        {
            Query query = new Query().Add("signal", call.Has(signal) ? call.Get(signal) : null);
            return EachWord.PostAsync(call, id => $"/containers/{id}/kill{query}", stop);
        });
    }

    public static DockerCommand Pause() =>
        OnEach("pause", "", "Pause all processes within one or more containers")
            .Does((call, stop) => EachWord.PostAsync(call, id => $"/containers/{id}/pause", stop));

    public static DockerCommand Unpause() =>
        OnEach("unpause", "", "Unpause all processes within one or more containers")
            .Does((call, stop) => EachWord.PostAsync(call, id => $"/containers/{id}/unpause", stop));

    public static DockerCommand Remove()
    {
        var command = new DockerCommand("rm", "[OPTIONS] CONTAINER [CONTAINER...]", "Remove one or more containers")
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = ["container rm", "container remove", "rm"],
        };
        var force = command.Flag(Flags.Switch(
            "force", 'f', "Force the removal of a running container (uses SIGKILL)"));
        var link = command.Flag(Flags.Switch("link", 'l', "Remove the specified link"));
        var volumes = command.Flag(Flags.Switch(
            "volumes", 'v', "Remove anonymous volumes associated with the container"));
        return command.Does((call, stop) =>
        {
            Query query = new Query().AddFlag("v", call.Get(volumes)).AddFlag("link", call.Get(link))
                .AddFlag("force", call.Get(force));
            return RemoveAllAsync(call, query, call.Get(force), stop);
        });
    }

    public static DockerCommand Wait() =>
        OnEach("wait", "", "Block until one or more containers stop, then print their exit codes")
            .Does(WaitAllAsync);

    public static DockerCommand Rename()
    {
        var command = new DockerCommand("rename", "CONTAINER NEW_NAME", "Rename a container")
        {
            Count = WordCount.Exactly(2),
            SpelledAliases = ["container rename", "rename"],
        };
        return command.Does(async (call, stop) =>
        {
            string from = call.Words[0].Trim();
            string to = call.Words[1].Trim();
            if (from.Length == 0 || to.Length == 0)
            {
                throw new CommandFailedException("Error: Neither old nor new names may be empty");
            }

            try
            {
                await call.Engine.PostAsync(
                    $"/containers/{Query.Escape(from)}/rename{new Query().Add("name", to)}", stop);
                return 0;
            }
            catch (CommandFailedException refused)
            {
                throw new CommandFailedException(
                    $"{refused.Message}\nError: failed to rename container named {from}");
            }
        });
    }

    public static DockerCommand Update()
    {
        DockerCommand command = OnEach("update", "[OPTIONS] ", "Update configuration of one or more containers");
        var limits = new ResourceFlags(command);
        var restart = command.Flag(Flags.Text(
            "restart", null, "Restart policy to apply when a container exits"));
        return command.Does((call, stop) => EachWord.InTurnAsync(call, async (name, halt) =>
        {
            if (!command.Options.Any(call.Has))
            {
                throw new CommandFailedException("you must provide one or more flags when using this command");
            }

            UpdateContainerRequest request = UpdateRequest(call, limits, call.Get(restart));
            JsonElement answer = await call.Engine.PostAsync(
                $"/containers/{Query.Escape(name)}/update", request,
                EngineJson.Default.UpdateContainerRequest, halt);
            foreach (string warning in answer.Texts("Warnings"))
            {
                call.Console.WriteErrorLine(warning);
            }
        }, stop));
    }

    public static DockerCommand Prune()
    {
        var command = new DockerCommand("prune", "[OPTIONS]", "Remove all stopped containers");
        var filter = command.Flag(SharedFlags.PruneFilter("Provide filter values (e.g. \"until=<timestamp>\")"));
        var force = command.Flag(SharedFlags.Force());
        return command.Does(async (call, stop) =>
        {
            Pruning.Confirm(call, call.Get(force), "WARNING! This will remove all stopped containers.");
            Pruning.Report report = await Pruning.ContainersAsync(call, call.Get(filter), stop);
            Pruning.Show(call, report);
            call.Console.WriteLine($"Total reclaimed space: {Human.Size(report.Bytes, 4)}");
            return 0;
        });
    }

    private static UpdateContainerRequest UpdateRequest(Invocation call, ResourceFlags limits, string restart)
    {
        try
        {
            return new UpdateContainerRequest
            {
                BlkioWeight = (ushort)call.Get(limits.BlkioWeight),
                CpusetCpus = call.Get(limits.CpusetCpus),
                CpusetMems = call.Get(limits.CpusetMems),
                CpuShares = call.Get(limits.CpuShares),
                Memory = call.Get(limits.Memory),
                MemoryReservation = call.Get(limits.MemoryReservation),
                MemorySwap = call.Get(limits.MemorySwap),
                KernelMemory = call.Get(limits.KernelMemory),
                CpuPeriod = call.Get(limits.CpuPeriod),
                CpuQuota = call.Get(limits.CpuQuota),
                CpuRealtimePeriod = call.Get(limits.CpuRealtimePeriod),
                CpuRealtimeRuntime = call.Get(limits.CpuRealtimeRuntime),
                NanoCpus = call.Get(limits.Cpus),
                PidsLimit = call.Has(limits.PidsLimit) ? call.Get(limits.PidsLimit) : null,
                RestartPolicy = RestartFlag.Parse(restart),
            };
        }
        catch (FormatException malformed)
        {
            throw new CommandFailedException(malformed.Message);
        }
    }

    private static DockerCommand StopLike(string name, string description)
    {
        DockerCommand command = OnEach(name, "[OPTIONS] ", description);
        var signal = command.Flag(Flags.Text("signal", 's', "Signal to send to the container"));
        var timeout = command.Flag(Flags.Number(
            "timeout", 't', "Seconds to wait before killing the container"));
        var time = command.Flag(Flags.Hide(Flags.Number("time", null, "")));
        return command.Does((call, stop) =>
        {
            if (call.Has(time) && call.Has(timeout))
            {
                throw new CommandFailedException(
                    "conflicting options: cannot specify both --timeout and --time");
            }

            if (call.Has(time))
            {
                call.Console.WriteErrorLine("Flag --time has been deprecated, use --timeout instead");
            }

            long? seconds = call.Has(timeout) ? call.Get(timeout) : call.Has(time) ? call.Get(time) : null;
            Query query = new Query()
                .Add("signal", call.Get(signal) is { Length: > 0 } chosen ? chosen : null)
                .Add("t", seconds?.ToString(CultureInfo.InvariantCulture));
            return name == "stop"
                ? EachWord.PostAsync(call, id => $"/containers/{id}/stop{query}", stop)
                : EachWord.InTurnAsync(call, (id, halt) => call.Engine.PostAsync(
                    $"/containers/{Query.Escape(id)}/restart{query}", halt), stop);
        });
    }

    private static DockerCommand OnEach(string name, string options, string description) =>
        new(name, $"{options}CONTAINER [CONTAINER...]", description)
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = [$"container {name}", name],
        };

    private static Task<int> RemoveAllAsync(Invocation call, Query query, bool force, CancellationToken stop) =>
        EachWord.InParallelAsync(call, async (name, halt) =>
        {
            string bare = name.Trim('/');
            if (bare.Length == 0)
            {
                throw new CommandFailedException("container name cannot be empty");
            }

            await call.Engine.DeleteAsync($"/containers/{Query.Escape(bare)}{query}", halt);
        }, stop, forgives: force);

    private static async Task<int> WaitAllAsync(Invocation call, CancellationToken stop)
    {
        var refusals = new List<string>();
        foreach (string name in call.Words)
        {
            try
            {
                JsonElement result = await call.Engine.PostAsync($"/containers/{Query.Escape(name)}/wait", stop);
                call.Console.WriteLine(result.Number("StatusCode").ToString(CultureInfo.InvariantCulture));
            }
            catch (CommandFailedException refused)
            {
                refusals.Add(refused.Message);
            }
        }

        return refusals.Count == 0 ? 0 : throw new CommandFailedException(string.Join('\n', refusals));
    }
}
