using System.Diagnostics;
using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;
using Xunit.Abstractions;

namespace Skep.SystemTests.Faults;

/// <summary>A leader dies while a service is updated: the next one goes on where it was.</summary>
[Collection(SwarmPairCollection.Name)]
public class RollingUpdateFaultTests(SwarmPair engines, ITestOutputHelper output)
{
    private const int Managers = 3;
    private const int Nodes = 5;
    private const int AtOnce = 5;
    private const int Replicas = 50;

    [SkepFact]
    public Task An_update_ends_as_asked_though_its_leader_dies_and_never_stops_more_than_it_may() =>
        engines.PlayAsync(async team =>
        {
            TestHost[] managers = await FormAsync(team);
            await team[1].PrepareAsync(
                "docker service create -d -q --no-resolve-image --name web --stop-signal KILL "
                + $"--constraint node.role==worker --replicas {Replicas} --update-parallelism {AtOnce} "
                + "--update-monitor 1s --update-delay 0s test sleep 3600");
            await team.UntilServiceAsync($"web {Replicas}/{Replicas}");
            var band = new RunningBand(managers, [team[4].Host, team[5].Host], "web");
            using var end = new CancellationTokenSource();
            Task watching = band.WatchAsync(end.Token);
            var watch = Stopwatch.StartNew();
            try
            {
                await team[1].PrepareAsync(
                    "docker service update -d -q --no-resolve-image --image web:2 --args 'sleep 3601' web");
                TestHost leader = await LeaderAsync(managers);
                await UntilUpdatedAsync(leader, Replicas / 4);
                await leader.KillEngineAsync();
                TestHost next = managers.First(one => one != leader);
                await UntilUpdatedAsync(next, Replicas);
                await Eventually.TrueAsync("the update is complete", TimeSpan.FromSeconds(120), async () =>
                    (await next.Docker("service", "inspect", "-f", "{{.UpdateStatus.State}}", "web").RunAsync()).Text
                    == "completed");
            }
            finally
            {
                output.WriteLine($"{Replicas} replicas in {watch.Elapsed.TotalSeconds:F1} s");
                await end.CancelAsync();
                await watching;
            }

            output.WriteLine($"listed: {band.Listed}, alive: {band.Alive}");
            Assert.InRange(band.Listed.Least, Replicas - AtOnce, Replicas);
            Assert.InRange(band.Alive.Least, Replicas - AtOnce, Replicas);
            Assert.Equal((Replicas, Replicas), (band.Listed.Most, band.Alive.Most));
            Assert.True(band.Alive.Looks > 10, $"only {band.Alive.Looks} looks");
        });

    /// <summary>Managers without tasks: what they lose when they die is nothing but their office.</summary>
    private static async Task<TestHost[]> FormAsync(Team team)
    {
        await Task.WhenAll(new[] { team[4], team[5] }.Select(static user => user.Host.HaveImagesAsync()));
        await team.InitAsync();
        for (int number = 2; number <= Nodes; number++)
        {
            await team.JoinAsync(number, number <= Managers ? "manager" : "worker");
        }

        for (int number = 2; number <= Nodes; number++)
        {
            await team.UntilNodeAsync($"host{number} Ready Active" + (number <= Managers ? " Reachable" : ""));
        }

        return [.. team.All.Take(Managers).Select(static user => user.Host)];
    }

    private static Task UntilUpdatedAsync(TestHost manager, int count) => Eventually.TrueAsync(
        $"{count} tasks are updated", TimeSpan.FromSeconds(180), async () =>
        {
            using HttpClient api = manager.Api();
            try
            {
                return (await TaskView.ListAsync(api, "web")).Count(static task => task is
                {
                    IsRunning: true, Wanted: "running", Image: "web:2",
                }) >= count;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                return false; // Nobody leads for the moment.
            }
        });

    private static async Task<TestHost> LeaderAsync(TestHost[] managers)
    {
        TestHost? leader = null;
        await Eventually.TrueAsync("a manager leads", TimeSpan.FromSeconds(60), async () =>
            (leader = await FaultSwarm.LeaderOfAsync(managers)) is not null);
        return leader!;
    }
}
