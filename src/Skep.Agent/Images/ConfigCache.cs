using Skep.Docker.Images;

namespace Skep.Agent.Images;

/// <summary>The configurations used last. A configuration never changes under its id, so none is ever stale.</summary>
internal sealed class ConfigCache(int countMax)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Id, ImageConfig Config)>> byId = [];
    private readonly LinkedList<(string Id, ImageConfig Config)> newestFirst = [];

    public ImageConfig? Find(string id)
    {
        lock (gate)
        {
            if (!byId.TryGetValue(id, out var node))
            {
                return null;
            }

            newestFirst.Remove(node);
            newestFirst.AddFirst(node);
            return node.Value.Config;
        }
    }

    public void Add(string id, ImageConfig config)
    {
        lock (gate)
        {
            Remove_NeedsLock(id);
            byId[id] = newestFirst.AddFirst((id, config));
            if (byId.Count > countMax)
            {
                Remove_NeedsLock(newestFirst.Last!.Value.Id);
            }
        }
    }

    public void Remove(string id)
    {
        lock (gate)
        {
            Remove_NeedsLock(id);
        }
    }

    private void Remove_NeedsLock(string id)
    {
        if (byId.Remove(id, out var node))
        {
            newestFirst.Remove(node);
        }
    }
}
