using Skep.Docker.Engine;
using Skep.Docker.Stacks;
using static Skep.Tests.Stacks.Composed;

namespace Skep.Tests.Stacks;

public class StackNeedsTests
{
    [Fact]
    public void What_a_rollback_would_use_again_is_needed_and_what_only_a_pruned_service_used_is_not()
    {
        var needs = StackNeeds.Of(
            [Spec("app_web", "new")],
            [
                Service(Spec("app_web", "now")) with { PreviousSpec = Spec("app_web", "before") },
                Service(Spec("app_gone", "gone")),
            ]);

        Assert.Equal(["before", "new", "now"], needs.Secrets.Order());
        Assert.Equal(["before", "new", "now"], needs.Configs.Order());
        Assert.Equal(
            ["before", "new", "now", "old-before", "old-new", "old-now"],
            needs.Networks.Order(StringComparer.Ordinal));
    }

    private static ServiceSpec Spec(string name, string thing)
    {
        ServiceSpec spec = SpecOf(Web);
        return spec with
        {
            Name = name,
            Networks = [new NetworkTarget { Target = $"old-{thing}" }],
            TaskTemplate = spec.TaskTemplate with
            {
                Networks = [new NetworkTarget { Target = thing }],
                ContainerSpec = spec.TaskTemplate.ContainerSpec! with
                {
                    Secrets = [new SecretUse { SecretName = thing }],
                    Configs = [new ConfigUse { ConfigName = thing }],
                },
            },
        };
    }

    private static ServiceInspect Service(ServiceSpec spec) => new()
    {
        Id = spec.Name!,
        Version = new SwarmVersion(),
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        Spec = spec,
    };
}
