using Skep.Swarm.Objects;

namespace Skep.Tests.Store;

/// <summary>Objects drawn from a seed, few enough ids and names that they get into each other's way.</summary>
internal sealed class RandomStore(Random random)
{
    public StoreObject NewObject() => random.Next(8) switch
    {
        0 => new Node
        {
            Id = new(Id("n")),
            Role = (NodeRole)random.Next(2),
            Spec = new() { Membership = (NodeMembership)random.Next(2) },
            Description = random.Next(3) == 0 ? null : new() { Hostname = Name() },
        },
        1 => new Service
        {
            Id = new(Id("s")),
            Spec = new() { Annotations = new() { Name = Name() }, Task = Task() },
        },
        2 => new Secret { Id = new(Id("x")), Spec = new() { Annotations = new() { Name = Name() } } },
        3 => new Config { Id = new(Id("c")), Spec = new() { Annotations = new() { Name = Name() } } },
        4 => new SwarmNetwork { Id = new(Id("w")), Spec = new() { Annotations = new() { Name = Name() } } },
        _ => new SwarmTask
        {
            Id = new(Id("t")),
            ServiceId = new(random.Next(4) == 0 ? "" : Id("s")),
            NodeId = new(random.Next(3) == 0 ? "" : Id("n")),
            Slot = (ulong)random.Next(4),
            DesiredState = State(),
            Status = new() { State = State() },
            Spec = Task(),
            Volumes = Some(2, () => new VolumeAttachment { Id = new(Id("v")) }),
            Annotations = new()
            {
                Indices = Some(2, () => new IndexEntry { Key = "k", Val = Name() }),
            },
        },
    };

    public string Id(string prefix) => $"{prefix}{random.Next(30):d2}";

    public string Name() => random.Next(2) == 0 ? $"name{random.Next(40)}" : $"NAME{random.Next(40)}";

    public TaskState State() => random.Next(4) switch
    {
        0 => TaskState.New,
        1 => TaskState.Running,
        2 => TaskState.Failed,
        _ => TaskState.Shutdown,
    };

    private ValueList<T> Some<T>(int bound, Func<T> make) =>
        ValueList.From(Enumerable.Range(0, random.Next(bound)).Select(_ => make()));

    private TaskSpec Task() => new()
    {
        Networks = Some(3, () => new NetworkAttachmentConfig { Target = Id("w") }),
        Runtime = random.Next(4) == 0 ? null : new ContainerSpec
        {
            Image = "image",
            Secrets = Some(3, () => new SecretReference { SecretId = new(Id("x")) }),
            Configs = Some(3, () => new ConfigReference { ConfigId = new(Id("c")) }),
        },
    };
}
