using System.Collections.Immutable;
using Skep.Agent.Containers;
using Skep.Agent.Secrets;
using Skep.Agent.Session;
using Skep.Linux.Files;
using Skep.Linux.Mounts;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Tests.Linux.Files;
using AssignmentStep = Skep.Transport.Contracts.AssignmentStep;

namespace Skep.Tests.Agent.Secrets;

public class SecretFilesTests
{
    private static readonly NodeDescription Node = new() { Hostname = "node1" };

    private static readonly SwarmTask Task = new()
    {
        Id = new TaskId("t1"),
        Slot = 2,
        ServiceAnnotations = new Annotations { Name = "web" },
    };

    [Fact]
    public void Files_have_exact_bytes_owner_and_mode_and_are_in_memory()
    {
        using var scratch = new ScratchDirectory();
        byte[] value = [.. Enumerable.Range(0, 500_000).Select(static number => (byte)number)];
        SecretFiles files = Files(scratch, Given(Secret("s1", value), Config("c1", [1, 2, 3])));
        ContainerSpec container = new()
        {
            Secrets = [Uses("s1", new FileTarget { Name = "key", Uid = "7", Gid = "8", Mode = 0x120 })],
            Configs = [UsesConfig("c1", new FileTarget { Name = "/etc/app.conf", Mode = 0x1ED })],
        };
        files.Write(Task, container, Node);
        IReadOnlyList<HiddenFile> places = files.PlacesOf(Task, container);
        Assert.Equal(["/run/secrets/key", "/etc/app.conf"], places.Select(static place => place.Target));
        Assert.Equal(value, File.ReadAllBytes(places[0].Source));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(places[1].Source));
        using SafeRoot root = SafeRoot.Open(Path.GetDirectoryName(places[0].Source)!);
        FileFacts facts = root.FindFacts("0", LastLink.Keep)!.Value;
        Assert.Equal((7u, 8u, 0x120u), (facts.Uid, facts.Gid, facts.Mode & 0xFFF));
        Assert.Equal("tmpfs", MountTable.Read().Last(entry => entry.Target == scratch["secrets"]).FileSystem);

        files.Remove(Task.Id);
        Assert.Empty(Directory.GetFileSystemEntries(scratch["secrets"]));
        files.Remove(Task.Id);
    }

    [Fact]
    public void A_second_try_replaces_what_the_first_has_left()
    {
        using var scratch = new ScratchDirectory();
        SecretFiles files = Files(scratch, Given(Secret("s1", [1])));
        ContainerSpec container = new() { Secrets = [Uses("s1", new FileTarget { Name = "a", Mode = 0x100 })] };
        files.Write(Task, container, Node);
        files.Write(Task, container, Node);
        Assert.Equal([1], File.ReadAllBytes(files.PlacesOf(Task, container)[0].Source));
    }

    [Fact]
    public void A_secret_that_did_not_come_is_named()
    {
        using var scratch = new ScratchDirectory();
        SecretFiles files = Files(scratch, Given());
        ContainerSpec container = new() { Secrets = [Uses("s1", new FileTarget { Name = "a" })] };
        RefusedException refusal = Assert.Throws<RefusedException>(() => files.Write(Task, container, Node));
        Assert.Equal("secret name-of-s1 is not on this node", refusal.Message);
    }

    [Fact]
    public void Templates_reach_the_task_and_what_it_refers_to()
    {
        using var scratch = new ScratchDirectory();
        Config template = Config(
            "c1", "{{.Service.Name}}.{{.Task.Slot}}@{{.Node.Hostname}} {{secret \"key\"}} {{env \"A\"}}"u8);
        template = template with { Spec = template.Spec with { Templating = new Driver { Name = "golang" } } };
        SecretFiles files = Files(scratch, Given(Secret("s1", [0xFF, 0x00, 0x80]), template));
        ContainerSpec container = new()
        {
            Env = ["A=ä"],
            Secrets = [Uses("s1", new FileTarget { Name = "key" })],
            Configs = [UsesConfig("c1", new FileTarget { Name = "c" })],
        };
        files.Write(Task, container, Node);
        byte[] expected = [.. "web.2@node1 "u8, 0xFF, 0x00, 0x80, .. " ä"u8];
        Assert.Equal(expected, File.ReadAllBytes(files.PlacesOf(Task, container)[1].Source));
    }

    [Fact]
    public void A_template_does_not_reach_what_the_task_does_not_refer_to()
    {
        using var scratch = new ScratchDirectory();
        Config template = Config("c1", "{{secret \"other\"}}"u8);
        template = template with { Spec = template.Spec with { Templating = new Driver { Name = "golang" } } };
        SecretFiles files = Files(scratch, Given(Secret("s1", "hidden"u8), template));
        ContainerSpec container = new() { Configs = [UsesConfig("c1", new FileTarget { Name = "c" })] };
        RefusedException refusal = Assert.Throws<RefusedException>(() => files.Write(Task, container, Node));
        Assert.Contains("secret target other not found", refusal.Message);
        Assert.DoesNotContain("hidden", refusal.Message);
    }

    [Fact]
    public void A_complete_list_forgets_what_it_does_not_name()
    {
        Dependencies dependencies = Given(Secret("s1", [1]), Secret("s2", [2]));
        dependencies.Apply(new AssignmentNews(true, [new AssignmentStep(false, Secret("s2", [3]), null)]));
        Assert.Null(dependencies.FindSecret(new SecretId("s1"), Task));
        Assert.Equal([3], dependencies.FindSecret(new SecretId("s2"), Task)!.Spec.Data.ToArray());
        dependencies.Apply(new AssignmentNews(false, [new AssignmentStep(true, Secret("s2", []), null)]));
        Assert.Null(dependencies.FindSecret(new SecretId("s2"), Task));
    }

    [Fact]
    public void A_value_made_for_one_task_goes_before_the_shared_one()
    {
        Dependencies dependencies = Given(Secret("s1", [1]), Secret("s1.t1", [2]));
        Assert.Equal([2], dependencies.FindSecret(new SecretId("s1"), Task)!.Spec.Data.ToArray());
    }

    private static SecretFiles Files(ScratchDirectory scratch, Dependencies dependencies) =>
        new(scratch["secrets"], dependencies);

    private static Dependencies Given(params StoreObject[] all)
    {
        var dependencies = new Dependencies();
        ImmutableArray<AssignmentStep> steps = [.. all.Select(static one => new AssignmentStep(false, one, null))];
        dependencies.Apply(new AssignmentNews(true, steps));
        return dependencies;
    }

    private static Secret Secret(string id, ReadOnlySpan<byte> value) => new()
    {
        Id = new SecretId(id), Spec = new SecretSpec { Data = Bytes.CopyOf(value) },
    };

    private static Config Config(string id, ReadOnlySpan<byte> value) => new()
    {
        Id = new ConfigId(id), Spec = new ConfigSpec { Data = Bytes.CopyOf(value) },
    };

    private static SecretReference Uses(string id, FileTarget file) =>
        new() { SecretId = new SecretId(id), SecretName = "name-of-" + id, Target = file };

    private static ConfigReference UsesConfig(string id, FileTarget file) =>
        new() { ConfigId = new ConfigId(id), ConfigName = "name-of-" + id, Target = file };
}
