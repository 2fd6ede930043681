using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>Nodes that were off for longer than their certificates live (T3 of docs/reliability.md).</summary>
[Collection(SwarmPairCollection.Name)]
public class ClockFaultTests(SwarmPair engines)
{
    private static readonly TimeSpan away = TimeSpan.FromHours(3);

    [SkepFact]
    public Task T3_nodes_that_come_back_after_their_certificates_expired_say_so_and_renew_them() =>
        engines.PlayAsync(async team =>
        {
            await team.InitAsync("--cert-expiry 1h0m0s");
            await team.JoinAsync(2, "worker");
            await team.UntilNodeAsync("host2 Ready");
            await team[1].PrepareAsync("echo x | docker secret create before -");
            TestHost[] hosts = [team[1].Host, team[2].Host];
            try
            {
                await RestartAsync(hosts, async () =>
                {
                    // As long as nobody can renew it, it says what is the matter and what to do.
                    await hosts[1].StartEngineAsync();
                    await team[2].UntilAsync("docker info -f '{{.Swarm.LocalNodeState}}'", "error");
                    string said = await team[2].PrepareAsync("docker info -f '{{.Swarm.Error}}'");
                    Assert.Contains("expired at 20", said, StringComparison.Ordinal);
                    Assert.Contains("It is renewed as soon as a manager answers", said, StringComparison.Ordinal);
                    Assert.Contains("docker swarm leave --force", said, StringComparison.Ordinal);
                }, away);
                await team.UntilNodeAsync("host1 Ready Active Leader");
                await team.UntilNodeAsync("host2 Ready");
                await team[2].UntilAsync("docker info -f '{{.Swarm.LocalNodeState}}[{{.Swarm.Error}}]'", "active[]");
                await team[1].PrepareAsync("docker secret inspect before; echo x | docker secret create after -");
            }
            finally
            {
                await RestartAsync(hosts, static () => Task.CompletedTask, TimeSpan.Zero);
            }
        });

    private static async Task RestartAsync(TestHost[] hosts, Func<Task> beforeTheFirst, TimeSpan ahead)
    {
        foreach (TestHost host in hosts)
        {
            await host.StopEngineAsync();
            host.ClockAhead = ahead;
        }

        await beforeTheFirst();
        foreach (TestHost host in hosts)
        {
            await host.StartEngineAsync();
        }
    }
}
