using System.Text;
using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Docker.Stacks;
using Skep.Swarm.Objects;
using static Skep.Tests.Stacks.Composed;

namespace Skep.Tests.Stacks;

/// <summary>Networks, secrets and configs of stacks.</summary>
public class StackObjectsTests
{
    [Fact]
    public void Networks_that_services_use_are_overlays_of_the_stack()
    {
        var networks = StackNetworks.Of(Scope, new ComposeProject
        {
            Services =
            [
                Web,
                Web with { Name = "api", Networks = [new() { Network = "back", Place = Place }] },
                Web with { Name = "old", Networks = [new() { Network = "theirs", Place = Place }] },
            ],
            Networks =
            [
                new()
                {
                    Key = "back",
                    IsAttachable = true,
                    Pools = [new() { Subnet = "10.9.0.0/24" }],
                    DriverOptions = ValueMap.Of(("encrypted", "")),
                    Place = Place,
                },
                new() { Key = "theirs", Name = "mesh", IsExternal = true, Place = Place },
                new() { Key = "unused", Place = Place },
            ],
        });
        Assert.Equal(["mesh"], networks.External);
        Assert.Equal(["app_back", "app_default"], networks.Own.Select(network => network.Name));
        CreateNetworkRequest back = networks.Own[0];
        Assert.Equal(("overlay", true, false), (back.Driver, back.Attachable, back.Internal));
        Assert.Equal("10.9.0.0/24", Assert.Single(back.Ipam!.Config!).Subnet);
        Assert.True(back.Options!.ContainsKey("encrypted"));
        Assert.Equal("app", back.Labels!["com.docker.stack.namespace"]);
        Assert.Null(networks.Own[1].Ipam);
    }

    [Fact]
    public void The_content_of_secrets_comes_from_files_and_from_the_compose_file()
    {
        IReadOnlyList<StackFile> files = StackFile.Of(
            Scope,
            [
                new() { Key = "one", File = "/one.txt", Place = Place },
                new()
                {
                    Key = "two",
                    Content = "zwei",
                    Name = "fixed",
                    Labels = ValueMap.Of(("a", "b")),
                    Place = Place,
                },
                new() { Key = "far", Driver = "vault", TemplateDriver = "golang", Place = Place },
                new() { Key = "old", IsExternal = true, Place = Place },
            ],
            Encoding.UTF8.GetBytes);
        Assert.Equal(["app_one", "fixed", "app_far", "old"], files.Select(file => file.Name));
        Assert.Equal("/one.txt"u8, files[0].Data!);
        Assert.Equal("zwei"u8, files[1].Data!);
        Assert.Equal("b", files[1].Labels["a"]);
        Assert.Equal("vault", files[2].ToSecret("app_far").Driver!.Name);
        Assert.Equal("golang", files[2].ToSecret("app_far").Templating!.Name);
        Assert.Null(files[2].Data);
        Assert.True(files[3].IsExternal);
    }

    [Fact]
    public void Another_content_has_another_name_and_the_same_content_the_same()
    {
        StackFile first = File("one");
        Assert.Equal(ContentName.OfConfig(first), ContentName.OfConfig(File("one")));
        Assert.NotEqual(ContentName.OfConfig(first), ContentName.OfConfig(File("two")));
        Assert.NotEqual(
            ContentName.OfConfig(first), ContentName.OfConfig(first with { Templating = new() { Name = "t" } }));
        Assert.Matches("^app_key_[0-9a-f]{10}$", ContentName.OfSecret(first));
        Assert.NotEqual(ContentName.OfConfig(first), ContentName.OfSecret(first));
    }

    [Fact]
    public void The_name_of_a_content_is_never_too_long_for_the_swarm()
    {
        string name = ContentName.OfConfig(File("one") with { Name = new string('n', 64) });
        Assert.Equal(64, name.Length);
        Assert.StartsWith("nnnn", name);
    }

    private static StackFile File(string content) => new()
    {
        Key = "key",
        Name = "app_key",
        Data = Encoding.UTF8.GetBytes(content),
    };
}
