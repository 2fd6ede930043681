namespace Skep.Swarm.Store;

/// <summary>What the store refuses, in SwarmKit's words.</summary>
internal static class StoreRefusals
{
    public static RefusedException Exists() => SwarmRefusal.Of(SwarmCode.Unknown, "object already exists");

    public static RefusedException Missing() => SwarmRefusal.Of(SwarmCode.Unknown, "object does not exist");

    public static RefusedException NameTaken() =>
        SwarmRefusal.Of(SwarmCode.Unknown, "name conflicts with an existing object");

    public static RefusedException OutOfSequence() =>
        SwarmRefusal.Of(SwarmCode.Unknown, SwarmRefusal.OutOfSequence);

    public static RefusedException ExtensionsNeverChange() =>
        SwarmRefusal.Of(SwarmCode.Unknown, "extensions are immutable");

    public static RefusedException ExtensionInUse() => SwarmRefusal.Of(
        SwarmCode.Unknown, "cannot delete extension because objects of this type exist in the data store");

    public static RefusedException KindUnregistered() =>
        SwarmRefusal.Of(SwarmCode.Unknown, "object kind is unregistered");
}
