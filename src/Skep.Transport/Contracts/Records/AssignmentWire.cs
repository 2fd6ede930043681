using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>One thing that is given to a node or taken from it.</summary>
/// <param name="Object">A task, secret or config; of one that is taken only the id counts.</param>
/// <param name="Volume">Set when it is a volume.</param>
public readonly record struct AssignmentStep(
    bool IsRemoval, Objects.StoreObject? Object, Objects.VolumeAssignment? Volume);

/// <summary>What nodes are given, between record and wire.</summary>
public static class AssignmentWire
{
    public static AssignmentChange ToWire(AssignmentStep step) => new()
    {
        Action = step.IsRemoval
            ? AssignmentChange.Types.AssignmentAction.Remove
            : AssignmentChange.Types.AssignmentAction.Update,
        Assignment = step switch
        {
            { Volume: { } volume } => new Assignment { Volume = VolumeWire.ToWire(volume) },
            { Object: Objects.SwarmTask task } => new Assignment { Task = TaskWire.ToWire(task) },
            { Object: Objects.Secret secret } => new Assignment { Secret = SecretWire.ToWire(secret) },
            { Object: Objects.Config config } => new Assignment { Config = SecretWire.ToWire(config) },
            _ => new Assignment(),
        },
    };

    /// <returns>Null: a kind of thing that this version does not know.</returns>
    public static AssignmentStep? ToRecord(AssignmentChange wire)
    {
        bool isRemoval = wire.Action == AssignmentChange.Types.AssignmentAction.Remove;
        return wire.Assignment?.ItemCase switch
        {
            Assignment.ItemOneofCase.Task => new(isRemoval, TaskWire.ToRecord(wire.Assignment.Task), null),
            Assignment.ItemOneofCase.Secret => new(isRemoval, SecretWire.ToRecord(wire.Assignment.Secret), null),
            Assignment.ItemOneofCase.Config => new(isRemoval, SecretWire.ToRecord(wire.Assignment.Config), null),
            Assignment.ItemOneofCase.Volume => new(isRemoval, null, VolumeWire.ToRecord(wire.Assignment.Volume)),
            _ => null,
        };
    }
}
