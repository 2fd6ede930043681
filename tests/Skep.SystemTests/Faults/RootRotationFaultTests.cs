using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Skep.SystemTests.Hosts;
using static Skep.SystemTests.Faults.FaultSwarm;

namespace Skep.SystemTests.Faults;

/// <summary>Roots of the swarm that change in bad weather (A6 of docs/reliability.md).</summary>
[Collection(FaultSwarmCollection.Name)]
public sealed class RootRotationFaultTests(FaultSwarm swarm)
{
    private const string InProgress = "docker info -f '{{.Swarm.Cluster.RootRotationInProgress}}'";
    private const int Clients = 4;

    [SkepFact]
    public async Task A6_roots_change_while_nodes_are_away_leaders_die_and_clients_write()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        TestHost stranger = swarm.Stranger;
        await SayAsync(
            stranger, $"{await JoinLineAsync(leader, "worker")} --advertise-addr {stranger.Address}");
        string worker = await SayAsync(stranger, "docker info -f '{{.Swarm.NodeID}}'");
        string toOwn = "docker swarm ca --rotate -d -q " + await WriteRootAsync(leader);
        await SayAsync(leader, toOwn);
        await UntilAsync(others[0], InProgress, "false");
        string first = await RootAsync(others[0]);
        await stranger.StopEngineAsync();
        using var end = new CancellationTokenSource();
        var writer = new SecretWriter();
        Task writing = writer.WriteAsync(swarm.Managers, Clients, end.Token);
        string last;
        try
        {
            // A change does not end while a node is away, and is given up by asking for the root in force.
            await SayAsync(leader, "docker swarm ca --rotate -d -q");
            await UntilAsync(others[0], InProgress, "true");
            await SayAsync(leader, toOwn);
            await UntilAsync(others[0], InProgress, "false");
            Assert.Equal(first, await RootAsync(others[0]));

            await ChangeAgainAndAgainAsync(writer);

            // The node that was away is back, so the change ends.
            await stranger.StartEngineAsync();
            await UntilAsync(others[0], InProgress, "false");
            last = await RootAsync(others[0]);
        }
        finally
        {
            await end.CancelAsync();
            await writing;
        }

        Assert.NotEqual(first, last);
        foreach (TestHost manager in swarm.Managers)
        {
            await UntilAsync(manager, "docker swarm ca", last);
            await UntilAsync(manager, "docker node ls --format '{{.TLSStatus}}' | sort | uniq -c", "4 Ready");
        }

        await UntilAsync(
            leader, $"docker node inspect -f '{{{{.Status.State}}}}' {worker}", "ready");
        HashSet<string> there = await SecretWriter.NamesAsync(others[0]);
        Assert.DoesNotContain(writer.Acknowledged, name => !there.Contains(name));
        await SayAsync(stranger, "docker swarm leave");
        await SayAsync(leader, $"docker node rm --force {worker}");
    }

    /// <summary>Changes on changes, and the leader dies in the midst of each.</summary>
    private async Task ChangeAgainAndAgainAsync(SecretWriter writer)
    {
        for (int count = 0; count < Soak.Or(2, 5); count++)
        {
            TestHost killed = await swarm.LeaderAsync();
            await SayAsync(killed, "docker swarm ca --rotate -d -q");
            await killed.KillEngineAsync();
            int before = writer.Acknowledged.Count;
            await UntilWritableAsync([.. swarm.Managers.Where(one => one != killed)], $"a6-{count}");
            await killed.StartEngineAsync();
            await swarm.UntilReachableAsync(3);
            Assert.True(writer.Acknowledged.Count > before, "no write was taken while the root changed");
        }
    }

    /// <summary>
    /// The root in force. Managers connect anew when it changes, and a call that was under way then fails.
    /// </summary>
    private static async Task<string> RootAsync(TestHost manager)
    {
        Finished? shown = null;
        await Eventually.TrueAsync("the root is shown", TimeSpan.FromSeconds(120), async () =>
            (shown = await manager.Docker("swarm", "ca").RunAsync()).ExitCode == 0);
        return shown!.Text;
    }

    /// <summary>Makes a root of the test's own.</summary>
    /// <returns>The flags of the CLI that name it.</returns>
    private static async Task<string> WriteRootAsync(TestHost host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=swarm-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 root = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
        (string certificateFile, string keyFile) =
            (Path.Combine(host.Share, "root.pem"), Path.Combine(host.Share, "root.key"));
        await File.WriteAllTextAsync(certificateFile, root.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        return $"--ca-cert {certificateFile} --ca-key {keyFile}";
    }
}
