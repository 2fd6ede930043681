using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;
using Skep.SystemTests.Overlays;

namespace Skep.SystemTests.Faults;

/// <summary>Changes of services on networks, each while a daemon is dead: drawn from a seed.</summary>
/// <remarks>The last host is left alone: it is cut off meanwhile.</remarks>
internal sealed class NetworkChanges(Team team, int managerCount, int seed)
{
    private const int ReplicasMin = 2;
    private const int ReplicasMax = 9;
    private const int PauseMax = 1200;

    private static readonly TimeSpan patience = TimeSpan.FromSeconds(120);

    private readonly Random random = new(seed);
    private bool hasMore;

    public List<string> Done { get; } = [];

    /// <summary>Kills one daemon, changes something by a manager that is left, and starts the daemon again.</summary>
    public async Task KillWhileChangingAsync(int round)
    {
        int victim = random.Next(1, team.All.Count);
        int asked = random.Next(1, managerCount);
        asked += asked >= victim ? 1 : 0;
        string change = Next(round);
        Done.Add($"host{victim} is killed, host{asked} is asked: {change}");
        await team[victim].Host.KillEngineAsync();
        foreach (string line in change.Split("; "))
        {
            await SayAsync(team[asked].Host, line);
        }

        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(PauseMax)), TimeProvider.System);
        await team[victim].Host.StartEngineAsync();
    }

    /// <summary>While nobody leads, or an object has changed meanwhile, the user says it again.</summary>
    public static async Task SayAsync(TestHost manager, string line)
    {
        Finished? last = null;
        try
        {
            await Eventually.TrueAsync(line, patience, async () =>
            {
                last = await manager.Shell(line + " 2>&1").RunAsync();
                return last.ExitCode == 0 || IsDone(last.Output);
            });
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}\n{last}\n{manager.LogTail()}", error);
        }
    }

    // An answer that was lost with the leader: what was asked for has been done.
    private static bool IsDone(string refusal) =>
        refusal.Contains("already exists", StringComparison.Ordinal)
        || refusal.Contains("name conflicts with an existing object", StringComparison.Ordinal)
        || refusal.Contains("not found", StringComparison.Ordinal);

    private string Next(int round)
    {
        const string update = "docker service update -d -q --no-resolve-image --update-parallelism 0";
        int replicas = random.Next(ReplicasMin, ReplicasMax);
        switch (round % 4)
        {
            case 0:
                return $"docker service scale -d web={replicas}";
            case 1:
                return $"{update} --force --update-order {(random.Next(2) == 0 ? "start" : "stop")}-first web";
            case 2:
                hasMore = !hasMore;
                return hasMore
                    ? $"docker network create -d overlay more{round}; {OverlayTeam.Create} --name more "
                        + $"--replicas {replicas} --network more{round} --network six -p 9090:80 web:1"
                    : "docker service rm more";
            default:
                return $"{update} --image web:{random.Next(1, 3)} --replicas {replicas} web";
        }
    }
}
