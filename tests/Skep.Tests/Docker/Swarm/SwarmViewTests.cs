using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Tests.Docker.Swarm;

/// <summary>The swarm as JSON; the document is that of dockerd 20.10.24, with times cut to 100 ns.</summary>
public class SwarmViewTests
{
    private const string Root = "-----BEGIN CERTIFICATE-----\n"
        + "MIIBaTCCARCgAwIBAgIUW6azC4MkstlRNdd6g0IvAziQYxwwCgYIKoZIzj0EAwIw\n"
        + "EzERMA8GA1UEAxMIc3dhcm0tY2EwHhcNMjYxMTIyMTMyNzAwWhcNNDYxMTE3MTMy\n"
        + "NzAwWjATMREwDwYDVQQDEwhzd2FybS1jYTBZMBMGByqGSM49AgEGCCqGSM49AwEH\n"
        + "A0IABEwR29c2pyd9MKv8QdMNswO5OZlMl/8TaNHBCtknPSGTa8CjDwjmqJ5iZ/zJ\n"
        + "kLo7rs/MWKI2YZq0YstUSjklb9GjQjBAMA4GA1UdDwEB/wQEAwIBBjAPBgNVHRMB\n"
        + "Af8EBTADAQH/MB0GA1UdDgQWBBQ2Yx/8NlvnnFCqHyZ/pRGXN/ndwzAKBggqhkjO\n"
        + "PQQDAgNHADBEAiBsG8nedjKlAvvU6bPXEMzINv0LnOKdH3oDURKhTo5RXQIgGK6i\n"
        + "xcjt+mBM3bKLMTHKSLst7dybM7N8D6mYsuIUW4k=\n"
        + "-----END CERTIFICATE-----\n";

    private const string Issuer = "\"CertIssuerSubject\":\"MBMxETAPBgNVBAMTCHN3YXJtLWNh\","
        + "\"CertIssuerPublicKey\":\"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETBHb1zanJ30wq/xB0w2zA7k5mUyX/xNo0cEK2Sc9IZNr"
        + "wKMPCOaonmJn/MmQujuuz8xYojZhmrRiy1RKOSVv0Q==\"";

    private static readonly string swarmJson =
        "{\"ID\":\"j01v8dps2mc7kyni5j17k7p4u\",\"Version\":{\"Index\":10},"
        + "\"CreatedAt\":\"2026-11-22T13:31:45.0777637Z\",\"UpdatedAt\":\"2026-11-22T13:31:45.6001111Z\","
        + "\"Spec\":{\"Name\":\"default\",\"Labels\":{},\"Orchestration\":{\"TaskHistoryRetentionLimit\":5},"
        + "\"Raft\":{\"SnapshotInterval\":10000,\"KeepOldSnapshots\":0,\"LogEntriesForSlowFollowers\":500,"
        + "\"ElectionTick\":10,\"HeartbeatTick\":1},\"Dispatcher\":{\"HeartbeatPeriod\":5000000000},"
        + "\"CAConfig\":{\"NodeCertExpiry\":7776000000000000},\"TaskDefaults\":{},"
        + "\"EncryptionConfig\":{\"AutoLockManagers\":false}},"
        + $"\"TLSInfo\":{{\"TrustRoot\":\"{Root.Replace("\n", "\\n")}\",{Issuer}}},"
        + "\"RootRotationInProgress\":false,\"DefaultAddrPool\":null,\"SubnetSize\":24,\"DataPathPort\":4789,"
        + "\"JoinTokens\":{\"Worker\":\"SWMTKN-1-w\",\"Manager\":\"SWMTKN-1-m\"}}";

    private static readonly Cluster cluster = new()
    {
        Id = new ClusterId("j01v8dps2mc7kyni5j17k7p4u"),
        Meta = new Meta
        {
            Version = new ObjectVersion(10),
            CreatedAt = new SwarmTime(1795354305, 77763758),
            UpdatedAt = new SwarmTime(1795354305, 600111137),
        },
        Spec = new ClusterSpec
        {
            Annotations = new Annotations { Name = "default" },
            Orchestration = new() { TaskHistoryRetentionLimit = 5 },
            Raft = new()
            {
                SnapshotInterval = 10_000,
                LogEntriesForSlowFollowers = 500,
                HeartbeatTick = 1,
                ElectionTick = 10,
            },
            Dispatcher = new() { HeartbeatPeriod = new SwarmDuration(5, 0) },
            CAConfig = new()
            {
                NodeCertExpiry = new SwarmDuration(90 * 24 * 3600, 0),
                SigningCAKey = Bytes.Utf8("a secret key"),
            },
        },
        RootCA = new RootCA
        {
            CACert = Bytes.Utf8(Root),
            CAKey = Bytes.Utf8("another secret key"),
            JoinTokens = new Skep.Swarm.Objects.JoinTokens { Worker = "SWMTKN-1-w", Manager = "SWMTKN-1-m" },
        },
        UnlockKeys = [new EncryptionKey { Subsystem = "swarm-manager", Key = Bytes.Utf8("a third one") }],
        SubnetSize = 24,
        VxlanUdpPort = 4789,
    };

    [Fact]
    public void A_swarm_is_shown_as_the_real_engine_shows_it() =>
        Assert.Equal(swarmJson, Write(SwarmView.Of(cluster)));

    [Fact]
    public void A_swarm_that_is_read_and_written_again_is_the_same() =>
        Assert.Equal(swarmJson, Write(JsonSerializer.Deserialize(swarmJson, EngineJson.Default.SwarmInspect)!));

    [Fact]
    public void What_info_shows_has_no_tokens()
    {
        string shown = JsonSerializer.Serialize(SwarmView.InfoOf(cluster), EngineJson.Default.ClusterInfo);
        Assert.DoesNotContain("JoinTokens", shown);
        Assert.Contains("\"DataPathPort\":4789}", shown);
    }

    [Fact]
    public void While_the_root_changes_the_new_one_is_the_issuer_and_the_old_one_is_trusted()
    {
        Cluster changing = cluster with
        {
            RootCA = cluster.RootCA with
            {
                CACert = Bytes.Utf8("what nodes trust now"),
                RootRotation = new RootRotation { CACert = Bytes.Utf8(Root) },
            },
        };
        SwarmInspect shown = SwarmView.Of(changing);
        Assert.True(shown.RootRotationInProgress);
        Assert.Equal("what nodes trust now", shown.TlsInfo.TrustRoot);
        Assert.Equal("MBMxETAPBgNVBAMTCHN3YXJtLWNh", Convert.ToBase64String(shown.TlsInfo.CertIssuerSubject!));
    }

    [Fact]
    public void A_root_that_cannot_be_read_shows_no_issuer()
    {
        Cluster broken = cluster with { RootCA = cluster.RootCA with { CACert = Bytes.Utf8("no certificate") } };
        Assert.Null(SwarmView.Of(broken).TlsInfo.CertIssuerSubject);
    }

    [Fact]
    public void A_spec_that_is_read_and_sent_again_changes_nothing()
    {
        ClusterSpec again = SwarmSpecs.ToSpec(SwarmView.Of(cluster).Spec);
        Assert.Equal(
            cluster.Spec with { CAConfig = cluster.Spec.CAConfig with { SigningCAKey = Bytes.Empty } }, again);
    }

    [Fact]
    public void A_new_swarm_keeps_what_init_leaves_out()
    {
        var asked = new SwarmSpec
        {
            Orchestration = new() { TaskHistoryRetentionLimit = 1 },
            CaConfig = new() { NodeCertExpiry = 3_600_000_000_000 },
        };
        ClusterSpec merged = SwarmSpecs.Merge(asked, cluster.Spec);
        Assert.Equal(1, merged.Orchestration.TaskHistoryRetentionLimit);
        Assert.Equal(new SwarmDuration(3600, 0), merged.CAConfig.NodeCertExpiry);
        Assert.Equal(cluster.Spec.Raft, merged.Raft);
        Assert.Equal(cluster.Spec.Dispatcher, merged.Dispatcher);
        Assert.Equal(cluster.Spec, SwarmSpecs.Merge(new SwarmSpec(), cluster.Spec));
    }

    [Fact]
    public void A_swarm_has_one_name_only()
    {
        var refused = Assert.Throws<RefusedException>(() => SwarmSpecs.ToSpec(new SwarmSpec { Name = "mine" }));
        Assert.Equal((ErrorKind.Invalid, "swarm spec must be named \"default\""), (refused.Kind, refused.Message));
    }

    [Fact]
    public void A_protocol_that_no_authority_speaks_is_refused()
    {
        var asked = new SwarmSpec { CaConfig = new() { ExternalCas = [new ExternalCa { Protocol = "x" }] } };
        Assert.Equal(
            "invalid protocol: \"x\"", Assert.Throws<RefusedException>(() => SwarmSpecs.ToSpec(asked)).Message);
    }

    private static string Write(SwarmInspect swarm) =>
        // The encoder is the one that answers are written with: "+" stays "+".
        JsonSerializer.Serialize(swarm, EngineJson.Default.SwarmInspect).Replace("\\u002B", "+");
}
