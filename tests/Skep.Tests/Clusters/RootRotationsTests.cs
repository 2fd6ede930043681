using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Skep.Swarm.Clusters;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Clusters;

public class RootRotationsTests
{
    private static readonly Bytes NewRoot = Root();
    private readonly RootRotations rotations = new(_ => ("digest", new() { Worker = "w", Manager = "m" }));

    [Fact]
    public void Nothing_is_done_unless_a_rotation_is_under_way()
    {
        Assert.Same(Plan.Nothing, rotations.Decide(Stores.With(Stores.Worker("w1")), Stores.Now, Stores.Ids()));
    }

    [Fact]
    public void Nodes_are_told_30_at_a_time_until_all_use_the_new_root_which_then_is_the_only_one()
    {
        StoreSnapshot store = Rotating(70);
        var told = new List<int>();
        DateTimeOffset now = Stores.Now;
        for (int look = 0; look < 20 && store.Cluster!.RootCA.RootRotation is not null; look++, now = now.AddSeconds(4))
        {
            Plan plan = rotations.Decide(store, now, Stores.Ids());
            told.Add(plan.Changes.Length);
            store = Make(store, plan, now);
            // A second look at once tells nobody else.
            Assert.Empty(rotations.Decide(store, now, Stores.Ids()).Changes);
            store = Moved(store, now);
        }
        Assert.Equal([30, 30, 10, 1], told);
        RootCA root = store.Cluster!.RootCA;
        Assert.Equal(NewRoot, root.CACert);
        Assert.Equal(("digest", "w", 7UL), (root.CACertHash, root.JoinTokens.Worker, root.LastForcedRotation));
        Assert.Equal("key", root.CAKey.ToUtf8());
    }

    [Fact]
    public void Nodes_that_do_not_answer_hold_up_the_end_but_not_the_others()
    {
        StoreSnapshot store = Rotating(40);
        Plan plan = rotations.Decide(store, Stores.Now, Stores.Ids());
        Assert.Equal(Stores.Now.AddSeconds(3), plan.WakeAt);
        store = Make(store, plan, Stores.Now);
        plan = rotations.Decide(store, Stores.Now.AddSeconds(3), Stores.Ids());
        Assert.Equal(10, plan.Changes.Length);
        Assert.Null(plan.WakeAt);
        store = Make(store, plan, Stores.Now.AddSeconds(3));
        Assert.Empty(rotations.Decide(store, Stores.Now.AddDays(1), Stores.Ids()).Changes);
        Assert.NotNull(store.Cluster!.RootCA.RootRotation);
    }

    private static StoreSnapshot Rotating(int nodeCount)
    {
        StoreSnapshot store = Stores.With(
            Enumerable.Range(0, nodeCount).Select(index => Stores.Worker($"n{index:d2}")));
        return store.Change(change => change.Update(change.Cluster! with
        {
            RootCA = new()
            {
                CACert = Root(),
                LastForcedRotation = 7,
                RootRotation = new() { CACert = NewRoot, CAKey = Bytes.Utf8("key") },
            },
        }));
    }

    private static StoreSnapshot Moved(StoreSnapshot store, DateTimeOffset now)
    {
        (byte[] subject, byte[] key) = RootRotations.IssuerOf(NewRoot);
        var tls = new NodeTlsInfo
        {
            CertIssuerSubject = Bytes.Owning(subject),
            CertIssuerPublicKey = Bytes.Owning(key),
        };
        return Make(
            store,
            new(
                [
                    .. store.Nodes.All.Where(node => node.Certificate.Status.State == IssuanceState.Rotate)
                        .Select(node => Change.Update(node with
                        {
                            Description = new() { TlsInfo = tls },
                            Certificate = new() { Status = new() { State = IssuanceState.Issued } },
                        })),
                ],
                null),
            now);
    }

    private static StoreSnapshot Make(StoreSnapshot store, Plan plan, DateTimeOffset now)
    {
        var transaction = new Transaction(store, new(store.Revision + 1), now);
        foreach (Change change in plan.Changes)
        {
            Assert.True(change.TryMake(transaction));
        }
        return transaction.ToSnapshot();
    }

    private static Bytes Root()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 root = new CertificateRequest("CN=swarm-ca", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(Stores.Now, Stores.Now.AddYears(20));
        return Bytes.Utf8(root.ExportCertificatePem());
    }
}
