using System.Text;
using System.Text.Json;
using Skep.Agent.Images.Registry;
using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Tests.Images;

[Collection(nameof(PrivateContainerd))]
public sealed class HostileRegistryTests(PrivateContainerd containerd)
{
    private static readonly CancellationToken Stop = CancellationToken.None;
    private static readonly AuthConfig Secret = new() { Username = "u", Password = "p" };

    [Fact]
    public async Task A_layer_with_other_bytes_than_its_digest_is_refused_and_leaves_nothing()
    {
        SampleImage sample = SampleImage.New("bytes");
        byte[] other = [.. sample.Layers[0].Packed];
        other[^1] ^= 1;
        await using var registry = ScriptedRegistry.Serving(
            sample, request => IsLayer(request, sample, 0) ? ScriptedAnswer.Ok(other) : null);
        Assert.Contains("verification failed for digest", await RefusalAsync(registry));
    }

    [Theory, InlineData(1), InlineData(-1)]
    public async Task A_layer_of_another_size_than_announced_is_refused(int difference)
    {
        SampleImage sample = SampleImage.New("size");
        byte[] real = sample.Layers[0].Packed;
        byte[] wrong = difference > 0 ? [.. real, 0] : real[..^1];
        await using var registry = ScriptedRegistry.Serving(
            sample, request => IsLayer(request, sample, 0) ? ScriptedAnswer.Ok(wrong) : null);
        Assert.Contains($"bytes instead of {real.Length}", await RefusalAsync(registry));
    }

    [Fact]
    public async Task A_header_that_vouches_for_a_wrong_manifest_is_not_believed()
    {
        SampleImage sample = SampleImage.New("header"), other = SampleImage.New("other");
        string digest = TarBuilder.Digest(sample.ManifestBytes);
        await using var registry = ScriptedRegistry.Serving(sample, request => request.Path.Contains("/manifests/")
            ? ScriptedAnswer.Ok(other.ManifestBytes, MediaTypes.DockerManifest) with
            {
                Headers = new() { ["Docker-Content-Digest"] = digest },
            }
            : null);
        Assert.Equal($"manifest verification failed for digest {digest}", await RefusalAsync(registry, "@" + digest));
    }

    [Fact]
    public async Task A_layer_that_unpacks_to_another_diff_id_is_refused()
    {
        SampleImage honest = SampleImage.New("diff");
        byte[] swapped = new TarBuilder().File("evil", "x").ToBytes();
        var layers = new[] { (honest.Layers[0].Tar, TarBuilder.Gzip(swapped)) };
        var sample = new SampleImage("amd64", layers);
        await using var registry = ScriptedRegistry.Serving(sample, _ => null);
        Assert.StartsWith("invalid diffID for layer 0", await RefusalAsync(registry));
    }

    [Fact]
    public async Task A_broken_connection_is_resumed_where_it_broke()
    {
        byte[] noise = new byte[300_000];
        new Random(7).NextBytes(noise);
        byte[] tar = new TarBuilder().File("noise", noise).ToBytes();
        var sample = new SampleImage("amd64", (tar, TarBuilder.Gzip(tar)));
        byte[] blob = sample.Layers[0].Packed;
        int asked = 0;
        await using var registry = ScriptedRegistry.Serving(sample, request =>
        {
            if (!IsLayer(request, sample, 0))
            {
                return null;
            }

            int from = request.Headers.TryGetValue("Range", out string? range)
                ? int.Parse(range["bytes=".Length..^1])
                : 0;
            return asked++ < 2
                ? new ScriptedAnswer(from == 0 ? 200 : 206, blob[from..], CutAfter: 100_000)
                {
                    Headers = { ["Content-Range"] = $"bytes {from}-{blob.Length - 1}/{blob.Length}" },
                }
                : new ScriptedAnswer(206, blob[from..])
                {
                    Headers = { ["Content-Range"] = $"bytes {from}-{blob.Length - 1}/{blob.Length}" },
                };
        });
        await using EngineUnderTest rig = await StartAsync();
        await PullAsync(rig, registry);
        Assert.Equal(3, asked);
        Assert.Contains(registry.Seen, request => request.Headers.GetValueOrDefault("Range") is { } range
            && range != "bytes=0-");
    }

    [Fact]
    public async Task A_range_that_is_ignored_does_not_spoil_the_layer()
    {
        SampleImage sample = SampleImage.New("ignored range");
        int asked = 0;
        await using var registry = ScriptedRegistry.Serving(
            sample,
            request => IsLayer(request, sample, 0) && asked++ == 0
            ? new ScriptedAnswer(200, sample.Layers[0].Packed, CutAfter: 20)
            : null);
        await using EngineUnderTest rig = await StartAsync();
        await PullAsync(rig, registry);
    }

    [Theory, InlineData(429), InlineData(500), InlineData(503)]
    public async Task A_busy_registry_is_asked_again(int status)
    {
        SampleImage sample = SampleImage.New("busy" + status);
        int refusals = 3;
        await using var registry = ScriptedRegistry.Serving(
            sample, request => refusals-- > 0 ? ScriptedAnswer.Text(status) : null);
        await using EngineUnderTest rig = await StartAsync();
        await PullAsync(rig, registry);
    }

    [Fact]
    public async Task A_registry_that_hangs_is_given_up_on_while_others_go_on()
    {
        SampleImage sample = SampleImage.New("hangs");
        await using var registry = ScriptedRegistry.Serving(
            sample, request => IsLayer(request, sample, 1) ? new ScriptedAnswer(200, [], Hangs: true) : null);
        Assert.Contains(
            "the registry sent nothing for",
            await RefusalAsync(registry, stallTime: TimeSpan.FromMilliseconds(400)));
    }

    [Fact]
    public async Task Credentials_go_to_the_registry_and_not_where_it_redirects()
    {
        SampleImage sample = SampleImage.New("redirect");
        await using var store = ScriptedRegistry.Serving(sample, _ => null);
        await using var registry = new ScriptedRegistry(request =>
            !request.Headers.ContainsKey("Authorization")
                ? ScriptedAnswer.Text(401) with { Headers = new() { ["WWW-Authenticate"] = "Basic realm=\"x\"" } }
                : request.Path.Contains("/blobs/")
                    ? ScriptedAnswer.Redirect($"http://{store.Address}{request.Path}")
                    : ScriptedRegistry.Honest(sample, request));
        await using EngineUnderTest rig = await StartAsync();
        await PullAsync(rig, registry, Secret);
        Assert.NotEmpty(store.Seen);
        Assert.DoesNotContain(store.Seen, request => request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task A_stranger_that_asks_for_credentials_gets_none()
    {
        SampleImage sample = SampleImage.New("stranger");
        await using var thief = new ScriptedRegistry(_ =>
            ScriptedAnswer.Text(401) with { Headers = new() { ["WWW-Authenticate"] = "Basic realm=\"mine\"" } });
        await using var registry = ScriptedRegistry.Serving(sample, request => IsLayer(request, sample, 0)
            ? ScriptedAnswer.Redirect($"http://{thief.Address}/x")
            : null);
        await using EngineUnderTest rig = await StartAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(() => PullAsync(rig, registry, Secret));
        Assert.Equal("unauthorized: authentication required", refused.Message);
        Assert.DoesNotContain(thief.Seen, request => request.Headers.ContainsKey("Authorization"));
    }

    [Theory, InlineData("ftp://127.0.0.1/x"), InlineData("file:///etc/passwd"), InlineData("http://u:p@127.0.0.1/x")]
    public async Task A_redirect_to_something_else_than_plain_http_is_refused(string target)
    {
        SampleImage sample = SampleImage.New("scheme");
        await using var registry = ScriptedRegistry.Serving(
            sample, request => IsLayer(request, sample, 0) ? ScriptedAnswer.Redirect(target) : null);
        Assert.EndsWith("refused", await RefusalAsync(registry));
    }

    [Fact]
    public async Task A_redirect_loop_ends()
    {
        SampleImage sample = SampleImage.New("loop");
        await using var registry = ScriptedRegistry.Serving(
            sample, request => IsLayer(request, sample, 0) ? ScriptedAnswer.Redirect(request.Path) : null);
        Assert.Equal("stopped after 10 redirects", await RefusalAsync(registry));
    }

    [Fact]
    public async Task A_token_is_fetched_where_the_registry_says_and_shown_to_it()
    {
        SampleImage sample = SampleImage.New("token");
        await using var tokens = new ScriptedRegistry(
            _ => ScriptedAnswer.Text(200, "{\"token\":\"t0k3n\"}") with { ContentType = "application/json" });
        await using var registry = new ScriptedRegistry(request =>
            request.Headers.GetValueOrDefault("Authorization") == "Bearer t0k3n"
                ? ScriptedRegistry.Honest(sample, request)
                : ScriptedAnswer.Text(401) with
                {
                    Headers = new()
                    {
                        ["WWW-Authenticate"] = $"Bearer realm=\"http://{tokens.Address}/token\",service=\"hive\"",
                    },
                });
        await using EngineUnderTest rig = await StartAsync();
        await PullAsync(rig, registry, Secret);
        SeenRequest asked = Assert.Single(tokens.Seen);
        Assert.Equal("/token?service=hive&scope=repository%3Aapp%3Apull&account=u", asked.Path);
        Assert.Equal("Basic " + Convert.ToBase64String("u:p"u8), asked.Headers["Authorization"]);
    }

    [Fact]
    public async Task A_repository_that_a_token_does_not_open_is_denied_in_Dockers_words()
    {
        await using var registry = new ScriptedRegistry(request => request.Path.StartsWith("/token")
            ? ScriptedAnswer.Text(200, "{\"access_token\":\"weak\"}")
            : ScriptedAnswer.Text(401) with
            {
                Headers = new()
                {
                    ["WWW-Authenticate"] = $"Bearer realm=\"http://{request.Headers["Host"]}/token\",service=\"s\""
                        + (request.Headers.ContainsKey("Authorization") ? ",error=\"insufficient_scope\"" : ""),
                },
            });
        Assert.Equal(
            $"pull access denied for {registry.Address}/app, repository does not exist or may require 'docker login': "
                + "denied: requested access to the resource is denied",
            await RefusalAsync(registry));
    }

    [Fact]
    public async Task Documents_that_can_be_read_in_two_ways_are_refused()
    {
        SampleImage sample = SampleImage.New("ambiguous");
        string text = Encoding.UTF8.GetString(sample.ManifestBytes);
        string both = text[..^1] + ",\"manifests\":[]}";
        await using var registry = ScriptedRegistry.Serving(sample, request => request.Path.Contains("/manifests/")
            ? ScriptedAnswer.Ok(Encoding.UTF8.GetBytes(both), MediaTypes.DockerManifest)
            : null);
        Assert.StartsWith("ambiguous document", await RefusalAsync(registry));
    }

    [Fact]
    public async Task An_index_that_leads_to_itself_is_refused()
    {
        byte[] inner = JsonSerializer.SerializeToUtf8Bytes(
            new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [] }, ImageJson.Default.ImageIndex);
        byte[] outer = JsonSerializer.SerializeToUtf8Bytes(
            new ImageIndex
            {
                MediaType = MediaTypes.OciIndex,
                Manifests = [new Descriptor
                {
                    MediaType = MediaTypes.OciIndex, Digest = TarBuilder.Digest(inner), Size = inner.Length,
                }],
            },
            ImageJson.Default.ImageIndex);
        await using var registry = new ScriptedRegistry(request => ScriptedAnswer.Ok(
            request.Path.EndsWith(TarBuilder.Digest(inner)) ? inner : outer, MediaTypes.OciIndex));
        Assert.EndsWith("an index inside an index is not supported", await RefusalAsync(registry));
    }

    private static bool IsLayer(SeenRequest request, SampleImage sample, int index) =>
        request.Path.EndsWith(sample.Manifest.Layers![index].Digest);

    // A registry that only waits for this machine is not to count as one that hangs.
    private Task<EngineUnderTest> StartAsync(TimeSpan? stallTime = null) => EngineUnderTest.StartAsync(
        containerd,
        new RegistryOptions
        {
            RetryPause = TimeSpan.FromMilliseconds(1),
            StallTime = stallTime ?? TimeSpan.FromSeconds(60),
        });

    private static Task PullAsync(EngineUnderTest rig, ScriptedRegistry registry, AuthConfig? auth = null) =>
        rig.Engine.PullAsync(
            ImageReference.Parse($"{registry.Address}/app:1"), null, auth, rig.ReportAsync, Stop);

    // The message of a pull that must fail, after checking that nothing of it is left.
    private async Task<string> RefusalAsync(
        ScriptedRegistry registry, string target = ":1", TimeSpan? stallTime = null)
    {
        await using EngineUnderTest rig = await StartAsync(stallTime);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => rig.Engine.PullAsync(
            ImageReference.Parse($"{registry.Address}/app{target}"), null, null, rig.ReportAsync, Stop));
        Assert.Equal((0, 0, 0, 0), await rig.CountAsync());
        return refused.Message;
    }
}
