using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>Images: from registries, from archives, listed, named, removed.</summary>
[Collection(EnginePairCollection.Name)]
public class ImageTests(EnginePair engines)
{
    private const string Open = "10.88.0.254:5000/shop/test:1";
    private const string Guarded = "10.88.0.254:5001/shop/test:1";

    [ProgramFact("docker-registry")]
    public Task An_image_is_pulled_run_and_removed() => engines.CompareAsync(async user =>
    {
        await user.SayAsync($"docker pull {Open} | tail -n 3");
        Assert.Equal("pulled", await user.SayAsync($"docker run --rm {Open}"));
        await user.SayAsync($"docker pull -q {Open}");
        await user.SayAsync($"docker pull {Open} | tail -n 2");
        await user.SayAsync($"docker image inspect -f '{{{{json .RepoTags}}}} {{{{json .RepoDigests}}}}' {Open}");
        await user.SayAsync(
            $"docker images --digests --format '{{{{.Repository}}}} {{{{.Tag}}}} {{{{.Digest}}}}' "
            + $"{Open[..^2]}");
        await user.TypeAsync($"docker pull {Open}99 2>&1");
        await user.TypeAsync("docker pull 10.88.0.254:5000/no/such 2>&1");
        await user.SayAsync($"docker rmi {Open} | sort");
        await user.SayAsync($"docker run --rm {Open} 2>/dev/null && docker rmi {Open} >/dev/null");
    });

    [ProgramFact("docker-registry")]
    public Task A_guarded_registry_wants_the_password() => engines.CompareAsync(async user =>
    {
        await user.TypeAsync($"docker pull {Guarded} 2>&1 | grep -o 'no basic auth credentials'");
        Assert.NotEqual(0, (await user.TypeAsync(
            $"echo wrong | docker login -u {Registry.User} --password-stdin 10.88.0.254:5001 "
            + $"2>/dev/null")).ExitCode);
        await user.SayAsync(
            $"echo '{Registry.Password}' | docker login -u {Registry.User} --password-stdin "
            + $"10.88.0.254:5001 2>/dev/null");
        await user.SayAsync(
            $"docker pull -q {Guarded} && docker run --rm {Guarded} && docker rmi {Guarded} >/dev/null");
        await user.PrepareAsync("docker logout 10.88.0.254:5001");
    });

    [Fact]
    public Task Archives_carry_images_from_here_to_there() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker tag web:1 other/web:copy && docker save -o $SHARE/two.tar web:1 other/web:copy");
        await user.SayAsync("tar -xOf $SHARE/two.tar manifest.json | tr ',' '\\n' | grep -c -E 'web:1|web:copy'");
        await user.SayAsync("docker rmi other/web:copy");
        await user.SayAsync("docker load -i $SHARE/two.tar | sort");
        await user.SayAsync("docker save web:2 | docker load");
        await user.SayAsync("docker rmi other/web:copy");
        await user.SayAsync("mkdir $SHARE/root && echo in >$SHARE/root/file");
        await user.SayAsync("tar -C $SHARE/root -c . | docker import -c 'CMD [\"/x\"]' -c 'ENV A=b' -m note - made:1");
        await user.SayAsync(
            "docker image inspect -f '{{json .Config.Cmd}} {{json .Config.Env}} {{.Comment}} {{.Os}}' "
            + "made:1");
        await user.SayAsync("docker create --name empty made:1 && docker cp empty:/file - | tar -xO");
        await user.TypeAsync("docker rmi made:1 2>&1 | cut -c1-80");
        await user.SayAsync("docker rm empty && docker rmi made:1 | sort");
        await user.TypeAsync("echo garbage | docker load 2>&1 >/dev/null | wc -l");
    });

    [Fact]
    public Task Images_are_listed_named_and_described() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker images --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort");
        await user.SayAsync("docker images -q --no-trunc web | sort");
        await user.SayAsync("docker images --filter reference='w*:2' --format '{{.Repository}}:{{.Tag}}'");
        await user.SayAsync("docker images --filter label=org.example.kind=rich --format '{{.Repository}}'");
        await user.SayAsync("docker images --filter dangling=true -q");
        await user.SayAsync("docker images --filter before=web:2 --format '{{.Repository}}' | wc -l");
        await user.SayAsync("docker history --format '{{.CreatedBy}} {{.Comment}}' web:1");
        await user.SayAsync("docker image inspect -f '{{.Size}}' test web:1 rich");
        await user.SayAsync(
            "docker image inspect -f '{{.Id}} {{.Created}} {{.Architecture}} {{.Os}} {{json .RootFS}}' rich");
        await user.SayAsync("docker image inspect -f '{{json .Config.Volumes}} {{json .Config.Healthcheck}}' rich");
        await user.SayAsync(
            "docker tag test some/name:v1 && docker images some/name --format '{{.Tag}}' && docker rmi "
            + "some/name:v1");
        await user.TypeAsync("docker tag test 'Bad/Name' 2>&1");
        await user.SayAsync("docker run --rm $(docker images -q --no-trunc test) echo by id");
        await user.SayAsync("docker run --rm $(docker images -q test) echo by short id");
        await user.SayAsync("docker create --name uses test && docker rmi test 2>&1 | cut -c1-90; docker rm uses");
        await user.SayAsync("docker image prune -f");
    });

    [Fact]
    public Task What_comes_later_is_refused_with_a_word() => engines.CompareAsync(async user =>
    {
        if (!user.Host.Kind.IsSkep)
        {
            return;
        }

        await user.PrepareAsync("docker create --name one test");
        string[] later = ["docker push web:1", "docker commit one", "docker export one", "docker diff one"];
        foreach (string line in later)
        {
            Finished refused = await user.Host.Shell(line + " 2>&1").RunAsync();
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Matches("not (yet )?(implemented|supported)", refused.Output);
        }
    });
}
