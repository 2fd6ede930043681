using Skep.Docker.Compose;
using Skep.Docker.Engine;
using static Skep.Tests.Stacks.Composed;

namespace Skep.Tests.Stacks;

public class StackFileUsesTests
{
    private static readonly ComposeProject project = new()
    {
        Secrets =
        [
            new() { Key = "key", File = "/key", Place = Place },
            new() { Key = "old", Name = "a-old", IsExternal = true, Place = Place },
        ],
        Configs = [new() { Key = "conf", Content = "x", Name = "fixed", Place = Place }],
    };

    [Fact]
    public void Secrets_are_files_of_their_key_that_everybody_may_read()
    {
        IReadOnlyList<SecretUse> uses = SpecOf(project with
        {
            Services = [Web with
            {
                Secrets =
                [
                    new() { Source = "key", Place = Place },
                    new() { Source = "old", Target = "new", Uid = "33", Gid = "34", Mode = 0x100, Place = Place },
                ],
            }],
        }).TaskTemplate.ContainerSpec!.Secrets!;
        Assert.Equal(
            ["a-old id-a-old new 33:34 256", "app_key id-app_key key 0:0 292"],
            uses.Select(use => $"{use.SecretName} {use.SecretId} {use.File!.Name} {use.File.Uid}:{use.File.Gid} "
                + $"{use.File.Mode}"));
    }

    [Fact]
    public void The_config_of_a_credential_spec_is_no_file()
    {
        ContainerSpec container = SpecOf(project with
        {
            Services = [Web with
            {
                Configs = [new() { Source = "conf", Target = "/etc/conf", Place = Place }],
                CredentialSpec = new("conf", null, null, Place),
            }],
        }).TaskTemplate.ContainerSpec!;
        Assert.Equal("id-fixed", container.Privileges!.CredentialSpec!.Config);
        Assert.Equal(
            ["fixed /etc/conf False", "fixed  True"],
            container.Configs!.Select(use => $"{use.ConfigName} {use.File?.Name} {use.Runtime is not null}"));
    }

    [Fact]
    public void What_is_not_declared_or_would_be_there_twice_is_refused()
    {
        Assert.Equal("stack.yml:7: service web: undefined secret \"nosuch\"", Refusal(project with
        {
            Services = [Web with { Secrets = [new() { Source = "nosuch", Place = Place }] }],
        }));
        Assert.Equal("stack.yml:7: service web: undefined config \"nosuch\"", Refusal(project with
        {
            Services = [Web with { Configs = [new() { Source = "nosuch", Place = Place }] }],
        }));
        Assert.Equal("stack.yml:7: service web: duplicate secret target for old not allowed", Refusal(project with
        {
            Services = [Web with
            {
                Secrets =
                [
                    new() { Source = "key", Place = Place },
                    new() { Source = "old", Target = "key", Place = Place },
                ],
            }],
        }));
        Assert.Equal(
            "stack.yml:7: service web: invalid credential spec: cannot specify both \"Config\" and \"File\"",
            Refusal(project with
            {
                Services = [Web with { CredentialSpec = new("conf", "file://x", null, Place) }],
            }));
    }
}
