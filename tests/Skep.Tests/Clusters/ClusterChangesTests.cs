using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Skep.Swarm;
using Skep.Swarm.Clusters;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Clusters;

public class ClusterChangesTests
{
    private static readonly ClusterSpec Default = new() { Annotations = new() { Name = "default" } };

    [Fact]
    public void Rotated_tokens_are_new_and_the_others_stay()
    {
        StoreSnapshot store = Update(Stores.With(), Default, new(true, true, false));
        Assert.Equal(new JoinTokens { Worker = "token-1", Manager = "token-2" }, store.Cluster!.RootCA.JoinTokens);
        store = Update(store, Default, new(true, false, false));
        Assert.Equal(new JoinTokens { Worker = "token-1", Manager = "token-2" }, store.Cluster!.RootCA.JoinTokens);
        store = Update(store, Default, default);
        Assert.Equal("token-2", store.Cluster!.RootCA.JoinTokens.Manager);
    }

    [Fact]
    public void Autolock_makes_an_unlock_key_and_drops_it_again()
    {
        ClusterSpec locked = Default with { EncryptionConfig = new() { AutoLockManagers = true } };
        StoreSnapshot store = Update(Stores.With(), locked, default);
        EncryptionKey first = Assert.Single(store.Cluster!.UnlockKeys);
        Assert.Equal(("swarm-manager", "key-1"), (first.Subsystem, first.Key.ToUtf8()));
        store = Update(store, locked, default, keysBefore: 1);
        Assert.Equal("key-1", store.Cluster!.UnlockKeys[0].Key.ToUtf8());
        store = Update(store, locked, new(false, false, true), keysBefore: 1);
        Assert.Equal("key-2", store.Cluster!.UnlockKeys[0].Key.ToUtf8());
        Assert.Empty(Update(store, Default, new(false, false, true)).Cluster!.UnlockKeys);
    }

    [Fact]
    public void Wrong_settings_are_refused_in_swarmkits_words()
    {
        ClusterSpec shortLived = Default with
        {
            CAConfig = new() { NodeCertExpiry = SwarmDuration.From(TimeSpan.FromMinutes(59)) },
        };
        Refused("minimum certificate expiry time is: 1h0m0s", shortLived);
        Refused(
            "heartbeat time period cannot be a negative duration",
            Default with { Dispatcher = new() { HeartbeatPeriod = new(-1, 0) } });
        Refused("modification of cluster name is not allowed", Default with { Annotations = new() { Name = "x" } });
        Refused(
            "hashing algorithm is not supported: md5",
            Default with
            {
                AcceptancePolicy = new() { Policies = [new RoleAdmissionPolicy { Secret = new() { Alg = "md5" } }] },
            });
    }

    [Fact]
    public void What_users_see_holds_tokens_but_no_keys()
    {
        var cluster = new Cluster
        {
            Id = new("c"),
            Spec = Default with
            {
                CAConfig = new() { SigningCAKey = Bytes.Utf8("k"), SigningCACert = Bytes.Utf8("c") },
            },
            RootCA = new()
            {
                CAKey = Bytes.Utf8("k"),
                CACert = Bytes.Utf8("c"),
                JoinTokens = new() { Worker = "w" },
                RootRotation = new() { CAKey = Bytes.Utf8("k"), CACert = Bytes.Utf8("c") },
            },
            UnlockKeys = [new EncryptionKey { Key = Bytes.Utf8("k") }],
            NetworkBootstrapKeys = [new EncryptionKey { Key = Bytes.Utf8("k") }],
        };
        Cluster shown = ClusterChanges.Redact(cluster);
        Assert.True(shown.RootCA.CAKey.IsEmpty && shown.RootCA.RootRotation!.CAKey.IsEmpty);
        Assert.True(shown.Spec.CAConfig.SigningCAKey.IsEmpty && shown.Spec.CAConfig.SigningCACert.IsEmpty);
        Assert.True(shown.UnlockKeys.IsEmpty && shown.NetworkBootstrapKeys.IsEmpty);
        Assert.Equal(("c", "w"), (shown.RootCA.CACert.ToUtf8(), shown.RootCA.JoinTokens.Worker));
        Assert.Equal((24u, 4789u), (shown.SubnetSize, shown.VxlanUdpPort));
        Assert.Equal("10.0.0.0/8", Assert.Single(shown.DefaultAddressPool));
    }

    [Fact]
    public void A_removed_nodes_certificate_is_refused_until_a_week_after_its_end()
    {
        using ECDsa key = ECDsa.Create();
        DateTimeOffset end = Stores.Now.AddDays(90);
        using X509Certificate2 certificate = new CertificateRequest("CN=w1", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(Stores.Now, end);
        var issued = new Certificate { Pem = Bytes.Utf8(certificate.ExportCertificatePem()) };
        var node = new Node { Id = new("w1"), Certificate = issued };
        Cluster cluster = ClusterChanges.Expel(Stores.With().Cluster!, node, Stores.Now);
        Assert.Equal(SwarmTime.From(end), cluster.BlacklistedCertificates["w1"].Expiry);
        var other = new Node { Id = new("w2"), Certificate = new() { Pem = Bytes.Utf8("nonsense") } };
        Cluster later = ClusterChanges.Expel(cluster, other, end.AddDays(6));
        Assert.True(later.BlacklistedCertificates.ContainsKey("w1"));
        later = ClusterChanges.Expel(later, other, end.AddDays(8));
        Assert.False(later.BlacklistedCertificates.ContainsKey("w1"));
        Assert.Null(later.BlacklistedCertificates["w2"].Expiry);
    }

    private static StoreSnapshot Update(
        StoreSnapshot store, ClusterSpec spec, KeyRotation rotation, int keysBefore = 0)
    {
        int tokenCount = 0;
        Cluster cluster = store.Cluster!;
        return store.Change(change => ClusterChanges.Update(
            change,
            cluster.Id,
            cluster.Meta.Version,
            spec,
            rotation,
            cluster.RootCA,
            _ => $"token-{++tokenCount}",
            () => Bytes.Utf8($"key-{++keysBefore}")));
    }

    private static void Refused(string words, ClusterSpec spec) => Assert.Equal(
        $"rpc error: code = InvalidArgument desc = {words}",
        Assert.Throws<RefusedException>(() => Update(Stores.With(), spec, default)).Message);
}
