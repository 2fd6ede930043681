using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>Things that users ask of a swarm, and that happen to its machines, drawn from a seed.</summary>
/// <remarks>
/// The first host stays up and is the one that is asked; of the other managers at most one is down at a time.
/// </remarks>
internal sealed class RandomOperations(Team team, int managerCount, int seed)
{
    /// <summary>Instead of a number of replicas: one on every node.</summary>
    public const int Everywhere = -1;

    private const int ServicesMin = 2;
    private const int ServicesMax = 6;
    private const int ReplicasMax = 5;
    private const int DownMax = 2;
    private const int PauseMax = 600;

    private readonly Random random = new(seed);
    private readonly Dictionary<string, int> services = [];
    private readonly Dictionary<int, bool> down = [];
    private int created;

    /// <summary>What there is now, with the number of tasks that each shall have.</summary>
    public IReadOnlyDictionary<string, int> Services => services;

    public List<string> Done { get; } = [];

    public async Task NextAsync()
    {
        string service = services.Keys.Order().ElementAtOrDefault(random.Next(Math.Max(1, services.Count))) ?? "";
        int host = random.Next(2, team.All.Count + 1);
        switch (random.Next(10))
        {
            case 0 or 1 when services.Count < ServicesMax:
                await CreateAsync();
                break;
            case 2 or 3 when service.Length > 0 && services[service] != Everywhere:
                services[service] = random.Next(ReplicasMax + 1);
                await SayAsync($"docker service scale -d {service}={services[service]}");
                break;
            case 4 or 5 when service.Length > 0:
                await SayAsync($"docker service update -d -q --no-resolve-image {Change()} {service}");
                break;
            case 6 when services.Count > ServicesMin:
                services.Remove(service);
                await SayAsync($"docker service rm {service}");
                break;
            case 7:
                await SayAsync($"docker node update --availability {Draw("active", "drain", "pause")} host{host}");
                break;
            case 8:
                await SayAsync($"docker node update --label-add zone={Draw("a", "b")} host{host}");
                break;
            default:
                await SwitchAsync(host);
                break;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(PauseMax)), TimeProvider.System);
    }

    /// <summary>Every machine is well again, and what is asked for can be done.</summary>
    public async Task HealAsync()
    {
        foreach (int host in down.Keys.Order().ToList())
        {
            await SwitchAsync(host);
        }

        for (int host = 1; host <= team.All.Count; host++)
        {
            await SayAsync($"docker node update --availability active --label-add zone=a host{host}");
        }

        foreach (string service in services.Keys.Order())
        {
            await SayAsync($"docker service update -d -q --no-resolve-image --args 'sleep 4000' {service}");
        }
    }

    private Task CreateAsync()
    {
        string name = $"s{++created}";
        bool isEverywhere = random.Next(4) == 0;
        services[name] = isEverywhere ? Everywhere : random.Next(ReplicasMax + 1);
        string mode = isEverywhere ? "--mode global" : $"--replicas {services[name]}";
        return SayAsync(
            "docker service create -d -q --no-resolve-image --stop-signal KILL --restart-delay 1s "
            + $"--name {name} {mode} --update-parallelism {random.Next(3)} "
            + $"--update-order {Draw("stop-first", "start-first")} --update-monitor 500ms "
            + "--update-failure-action continue test sleep 3600");
    }

    private string Change() => random.Next(5) switch
    {
        0 => "--args 'sh -c \"sleep 1; exit 3\"'",
        1 => "--force",
        2 => $"--label-add round={random.Next(100)}",
        3 => $"--container-label-add round={random.Next(100)}",
        _ => $"--args 'sleep {random.Next(3600, 3700)}'",
    };

    /// <summary>A machine that is well fails; one that has failed is mended.</summary>
    private async Task SwitchAsync(int number)
    {
        TestHost host = team[number].Host;
        if (down.Remove(number, out bool isCut))
        {
            Done.Add($"host{number} is back");
            await (isCut ? host.HealAsync() : host.StartEngineAsync());
            return;
        }

        bool isManagerDown = down.Keys.Any(other => other <= managerCount);
        if (down.Count == DownMax || (isManagerDown && number <= managerCount))
        {
            return;
        }

        isCut = random.Next(2) == 0;
        down[number] = isCut;
        Done.Add($"host{number} {(isCut ? "is cut off" : "is killed")}");
        await (isCut ? host.CutAsync() : host.KillEngineAsync());
    }

    /// <summary>While nobody leads, or an object has changed meanwhile, the user says it again.</summary>
    private async Task SayAsync(string line)
    {
        Done.Add(line);
        Finished? last = null;
        await Eventually.TrueAsync(line, TimeSpan.FromSeconds(120), async () =>
        {
            last = await team[1].Host.Shell(line + " 2>&1").RunAsync();
            return last.ExitCode == 0 || IsDone(last.Output);
        });
    }

    // An answer that was lost with the leader: what was asked for has been done.
    private static bool IsDone(string refusal) =>
        refusal.Contains("already exists", StringComparison.Ordinal)
        || refusal.Contains("name conflicts with an existing object", StringComparison.Ordinal)
        || refusal.Contains("not found", StringComparison.Ordinal);

    private string Draw(params ReadOnlySpan<string> from) => from[random.Next(from.Length)];
}
