using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Skep.SystemTests.Hosts;
using Skep.Transport.Contracts;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;
using static Skep.SystemTests.Faults.FaultSwarm;

namespace Skep.SystemTests.Faults;

/// <summary>
/// The star-marked faults of tokens, certificates and roots, played on real processes (docs/reliability.md).
/// </summary>
[Collection(FaultSwarmCollection.Name)]
public sealed class IdentityFaultTests(FaultSwarm swarm)
{
    private static readonly CancellationToken never = CancellationToken.None;

    [SkepFact]
    public async Task A1_a_wrong_token_is_refused_and_an_old_one_is_dead_at_once()
    {
        (TestHost leader, _) = await swarm.WholeAsync();
        TestHost stranger = swarm.Stranger;
        string at = $"--advertise-addr {stranger.Address} {leader.Address}:2377";
        string token = await SayAsync(leader, "docker swarm join-token -q worker");
        string[] parts = token.Split('-');
        string otherSecret = parts[3][..^1] + (parts[3][^1] == '0' ? '1' : '0');
        string otherDigest = parts[2][..^1] + (parts[2][^1] == '0' ? '1' : '0');

        string wrong = await RefusedAsync(
            stranger, $"docker swarm join --token SWMTKN-1-{parts[2]}-{otherSecret} {at}");
        Assert.Contains("A valid join token is necessary to join this cluster", wrong, StringComparison.Ordinal);
        wrong = await RefusedAsync(stranger, $"docker swarm join --token SWMTKN-1-{otherDigest}-{parts[3]} {at}");
        Assert.Contains("remote CA does not match fingerprint", wrong, StringComparison.Ordinal);
        await RefusedAsync(stranger, $"docker swarm join --token {token[..40]} {at}");
        string huge = Path.Combine(stranger.Share, "token");
        await File.WriteAllTextAsync(huge, "SWMTKN-1-" + new string('a', 100_000));
        await RefusedAsync(stranger, $"docker swarm join --token \"$(head -c 100000 {huge})\" {at}");

        await SayAsync(leader, "docker swarm join-token --rotate -q worker");
        wrong = await RefusedAsync(stranger, $"docker swarm join --token {token} {at}");
        Assert.Contains("A valid join token is necessary to join this cluster", wrong, StringComparison.Ordinal);
        Assert.Equal("inactive", await SayAsync(stranger, "docker info -f '{{.Swarm.LocalNodeState}}'"));

        // A worker's token makes a worker.
        token = await SayAsync(leader, "docker swarm join-token -q worker");
        await SayAsync(stranger, $"docker swarm join --token {token} {at}");
        Assert.Equal("false", await SayAsync(stranger, "docker info -f '{{.Swarm.ControlAvailable}}'"));
        string id = await SayAsync(stranger, "docker info -f '{{.Swarm.NodeID}}'");
        await SayAsync(stranger, "docker swarm leave");
        await SayAsync(leader, $"docker node rm --force {id}");
        await swarm.UntilReachableAsync(3);
    }

    [SkepFact]
    public async Task A2_of_a_signing_request_only_the_key_counts_and_a_bad_one_is_refused()
    {
        (TestHost leader, _) = await swarm.WholeAsync();
        string token = await SayAsync(leader, "docker swarm join-token -q worker");
        await using var door = new NodeDoor(leader);
        NodeCredentials known = await door.JoinAsync(token);
        RpcChannel stranger = door.AsStranger(known.Trust);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var greedy = new CertificateRequest(
            $"CN={known.Node.Value}, OU=swarm-manager, O=another", key, HashAlgorithmName.SHA256);
        greedy.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("swarm-manager");
        names.AddDnsName("swarm-ca");
        greedy.CertificateExtensions.Add(names.Build());

        string id = (await AskAsync(stranger, token, greedy.CreateSigningRequestPem())).NodeId;
        NodeCertificateStatusResponse answer = await stranger.CallAsync(
            SwarmKitMethods.NodeCA.NodeCertificateStatus, new NodeCertificateStatusRequest { NodeId = id }, never);
        using X509Certificate2 given = X509Certificate2.CreateFromPem(answer.Certificate.Certificate_.ToStringUtf8());
        Assert.NotEqual(known.Node.Value, id);
        NodeIdentity? identity = NodeIdentity.Read(given);
        Assert.Equal((id, known.Role, known.Cluster), (identity?.Node.Value, identity?.Role, identity?.Cluster));
        Assert.DoesNotContain(
            given.Extensions.OfType<X509BasicConstraintsExtension>(), static one => one.CertificateAuthority);
        X509SubjectAlternativeNameExtension san =
            Assert.Single(given.Extensions.OfType<X509SubjectAlternativeNameExtension>());
        Assert.Equal(["swarm-worker", id], san.EnumerateDnsNames());

        using var weak = RSA.Create(1024);
        var feeble = new CertificateRequest("", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        foreach (string bad in new[] { feeble.CreateSigningRequestPem(), "no request", "" })
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => AskAsync(stranger, token, bad));
            Assert.Equal(RpcStatus.InvalidArgument, refused.Status);
        }

        await Assert.ThrowsAsync<RpcException>(() => AskAsync(stranger, token, new string('x', 1 << 20)));
        foreach (string node in new[] { known.Node.Value, id })
        {
            await SayAsync(leader, $"docker node rm --force {node}");
        }

        await swarm.UntilReachableAsync(3);
    }

    [SkepFact]
    public async Task A5_a_worker_sees_and_changes_nothing_of_other_nodes_tasks()
    {
        (TestHost leader, TestHost[] others) = await swarm.WholeAsync();
        await others[0].HaveImagesAsync();
        await SayAsync(leader, "echo not-for-everybody | docker secret create a5 -");
        await SayAsync(leader, "docker service create -d -q --no-resolve-image --name a5 --secret a5 "
            + $"--stop-signal KILL --constraint node.hostname=={others[0].Name} test sleep 3600");
        await UntilAsync(leader, "docker service ls --format '{{.Name}} {{.Replicas}}'", "a5 1/1");
        string task = await SayAsync(leader, "docker service ps -q --no-trunc a5");

        await using var door = new NodeDoor(leader);
        NodeCredentials worker = await door.JoinAsync(await SayAsync(leader, "docker swarm join-token -q worker"));
        RpcChannel channel = door.As(worker);
        await using IAsyncEnumerator<SessionMessage> session = channel.ReadStreamAsync(
            SwarmKitMethods.Dispatcher.Session,
            new SessionRequest { Description = new NodeDescription { Hostname = "curious" } },
            never).GetAsyncEnumerator(never);
        Assert.True(await session.MoveNextAsync());
        string id = session.Current.SessionId;
        await using IAsyncEnumerator<AssignmentsMessage> assignments = channel.ReadStreamAsync(
            SwarmKitMethods.Dispatcher.Assignments, new AssignmentsRequest { SessionId = id }, never)
            .GetAsyncEnumerator(never);
        Assert.True(await assignments.MoveNextAsync());
        Assert.Empty(assignments.Current.Changes);

        var report = new UpdateTaskStatusRequest { SessionId = id };
        report.Updates.Add(new UpdateTaskStatusRequest.Types.TaskStatusUpdate
        {
            TaskId = task,
            Status = new Skep.Transport.Contracts.TaskStatus { State = TaskState.Failed, Err = "a lie" },
        });
        var refused = await Assert.ThrowsAsync<RpcException>(
            () => channel.CallAsync(SwarmKitMethods.Dispatcher.UpdateTaskStatus, report, never));
        Assert.Equal(
            (RpcStatus.PermissionDenied, "cannot update a task not assigned this node"),
            (refused.Status, refused.Detail));
        refused = await Assert.ThrowsAsync<RpcException>(
            () => channel.CallAsync(SwarmKitMethods.CA.GetUnlockKey, new GetUnlockKeyRequest(), never));
        Assert.Equal(RpcStatus.PermissionDenied, refused.Status);

        Assert.Equal(task, await SayAsync(leader, "docker service ps -q --no-trunc a5"));
        await SayAsync(leader, $"docker service rm a5; docker node rm --force {worker.Node}");
        await UntilAsync(others[0], "docker ps -q | wc -l", "0");
        await SayAsync(leader, "docker secret rm a5");
    }

    private static Task<IssueNodeCertificateResponse> AskAsync(RpcChannel channel, string token, string request) =>
        channel.CallAsync(
            SwarmKitMethods.NodeCA.IssueNodeCertificate,
            new IssueNodeCertificateRequest { Token = token, Csr = ByteString.CopyFromUtf8(request) },
            never);
}
