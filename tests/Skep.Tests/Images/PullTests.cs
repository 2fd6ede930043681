using System.Text.Json;
using Skep.Agent.Images;
using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Tests.Images;

[Collection(nameof(PrivateContainerd))]
public sealed class PullTests(PrivateContainerd containerd)
{
    private static readonly CancellationToken Stop = CancellationToken.None;

    [Fact]
    public async Task A_pull_brings_the_image_and_says_what_Docker_says()
    {
        await using DebianRegistry registry = await DebianRegistry.StartAsync();
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        SampleImage sample = SampleImage.New("pull");
        Descriptor pushed = await registry.PushAsync("team/app", "1", sample);
        ImageReference name = ImageReference.Parse($"{registry.Address}/team/app:1");

        await rig.Engine.PullAsync(name, null, null, rig.ReportAsync, Stop);

        string first = ContentDigest.Short(sample.Manifest.Layers![0].Digest);
        string[] lines = [.. rig.Lines.Select(line => $"{line.Id}|{line.Status}")];
        Assert.Equal("1|Pulling from team/app", lines[0]);
        Assert.Equal($"|Digest: {pushed.Digest}", lines[^2]);
        Assert.Equal($"|Status: Downloaded newer image for {registry.Address}/team/app:1", lines[^1]);
        Assert.Equal(
            ["Pulling fs layer", "Downloading", "Verifying Checksum", "Download complete", "Extracting", "Extracting",
                "Pull complete"],
            rig.Lines.Where(line => line.Id == first).Select(line => line.Status));
        ImageInspect image = await rig.Engine.InspectAsync($"{registry.Address}/team/app:1", Stop);
        Assert.Equal(sample.Id, image.Id);
        Assert.Equal([$"{registry.Address}/team/app@{pushed.Digest}"], image.RepoDigests);
        Assert.Equal("2024-05-06T07:08:09.123456789Z", image.Created);
        Assert.Equal("pullx".Length + "pullpull".Length, image.Size);
        Assert.Equal([$"image pull {registry.Address}/team/app:1 name={registry.Address}/team/app"], rig.Events);
        Assert.Equal((4, 2, 3, 0), await rig.CountAsync());

        rig.Lines.Clear();
        await rig.Engine.PullAsync(name, null, null, rig.ReportAsync, Stop);
        Assert.Equal($"Status: Image is up to date for {name.Familiar}", rig.Lines[^1].Status);
        Assert.Equal((4, 2, 3, 0), await rig.CountAsync());
    }

    [Fact]
    public async Task An_index_is_resolved_for_the_platform_and_remembered_by_its_own_digest()
    {
        await using DebianRegistry registry = await DebianRegistry.StartAsync();
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        SampleImage amd = SampleImage.New("amd"), arm = SampleImage.New("arm", "arm64");
        Descriptor amdManifest = await registry.PushAsync("multi", TarBuilder.Digest(amd.ManifestBytes), amd);
        Descriptor armManifest = await registry.PushAsync("multi", TarBuilder.Digest(arm.ManifestBytes), arm);
        var index = new ImageIndex
        {
            MediaType = MediaTypes.DockerIndex,
            Manifests =
            [
                armManifest with { Platform = new Platform { Os = "linux", Architecture = "arm64", Variant = "v8" } },
                amdManifest with { Platform = new Platform { Os = "linux", Architecture = "amd64" } },
            ],
        };
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(index, ImageJson.Default.ImageIndex);
        Descriptor top = await registry.PushManifestAsync("multi", "all", bytes, MediaTypes.DockerIndex);
        ImageReference name = ImageReference.Parse($"{registry.Address}/multi:all");

        await rig.Engine.PullAsync(name, Platform.Parse("linux/amd64"), null, rig.ReportAsync, Stop);
        Assert.Equal(amd.Id, (await rig.Engine.ResolveAsync(name.Familiar, Stop)).Id);
        Assert.Equal(amd.Id, (await rig.Engine.ResolveAsync($"{registry.Address}/multi@{top.Digest}", Stop)).Id);

        await rig.Engine.PullAsync(name, Platform.Parse("linux/arm64"), null, rig.ReportAsync, Stop);
        Assert.Equal(arm.Id, (await rig.Engine.ResolveAsync(name.Familiar, Stop)).Id);

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => rig.Engine.PullAsync(name, Platform.Parse("linux/s390x"), null, rig.ReportAsync, Stop));
        Assert.Equal("no matching manifest for linux/s390x in the manifest list entries", refused.Message);

        DistributionInspect remote = await rig.Engine.InspectDistributionAsync(name.Familiar, null, Stop);
        Assert.Equal(top.Digest, remote.Descriptor.Digest);
        Assert.Equal(["arm64", "amd64"], remote.Platforms.Select(platform => platform.Architecture));
    }

    [Fact]
    public async Task All_tags_come_when_no_tag_is_named()
    {
        await using DebianRegistry registry = await DebianRegistry.StartAsync();
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        await registry.PushAsync("app", "a", SampleImage.New("one"));
        await registry.PushAsync("app", "b", SampleImage.New("two"));
        await rig.Engine.PullAsync(
            ImageReference.Parse($"{registry.Address}/app"), null, null, rig.ReportAsync, Stop);
        Assert.Equal(
            [$"{registry.Address}/app:a", $"{registry.Address}/app:b"],
            rig.Engine.List(new ImageListOptions()).SelectMany(image => image.RepoTags!).Order());
    }

    [Fact]
    public async Task A_password_is_asked_for_and_used()
    {
        await using DebianRegistry registry = await DebianRegistry.StartAsync(hasPassword: true);
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        await registry.PushAsync("private", "1", SampleImage.New("private"));
        ImageReference name = ImageReference.Parse($"{registry.Address}/private:1");
        var right = new AuthConfig { Username = DebianRegistry.User, Password = DebianRegistry.Password };
        var wrong = right with { Password = "x" };

        var anonymous = await Assert.ThrowsAsync<RefusedException>(
            () => rig.Engine.PullAsync(name, null, null, rig.ReportAsync, Stop));
        Assert.EndsWith("no basic auth credentials", anonymous.Message);
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => rig.Engine.PullAsync(name, null, wrong, rig.ReportAsync, Stop));
        Assert.EndsWith("unauthorized: authentication required", refused.Message);
        await rig.Engine.PullAsync(name, null, right, rig.ReportAsync, Stop);

        AuthConfig login = right with { ServerAddress = registry.Address };
        Assert.Equal("Login Succeeded", (await rig.Engine.AuthenticateAsync(login, Stop)).Status);
        var noLogin = await Assert.ThrowsAsync<RefusedException>(
            () => rig.Engine.AuthenticateAsync(login with { Password = "x" }, Stop));
        Assert.Equal(
            (ErrorKind.Unauthorized,
                $"login attempt to http://{registry.Address}/v2/ failed with status: 401 Unauthorized"),
            (noLogin.Kind, noLogin.Message));
    }

    [Fact]
    public async Task What_is_not_there_is_named_in_Dockers_words()
    {
        await using DebianRegistry registry = await DebianRegistry.StartAsync();
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        await registry.PushAsync("app", "1", SampleImage.New("there"));
        var noTag = await Assert.ThrowsAsync<RefusedException>(() => rig.Engine.PullAsync(
            ImageReference.Parse($"{registry.Address}/app:2"), null, null, rig.ReportAsync, Stop));
        Assert.Equal(ErrorKind.NotFound, noTag.Kind);
        Assert.Equal(
            $"manifest for {registry.Address}/app:2 not found: manifest unknown: manifest unknown", noTag.Message);
        Assert.Equal((0, 0, 0, 0), await rig.CountAsync());
    }
}
