namespace Skep.Docker.Stacks;

/// <summary>Which objects of the swarm the secrets, or the configs, of a compose file are.</summary>
public sealed class StackFileIds(IReadOnlyDictionary<string, StackFileId> byKey)
{
    /// <returns>Null: the compose file declares none of that name.</returns>
    public StackFileId? Find(string key) => byKey.GetValueOrDefault(key);
}

/// <param name="Name">In the swarm.</param>
/// <param name="Id">"": it is still to be created.</param>
public sealed record StackFileId(string Name, string Id);
