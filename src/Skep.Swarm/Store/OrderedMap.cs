using System.Diagnostics.CodeAnalysis;

namespace Skep.Swarm.Store;

/// <summary>A sorted map whose versions share what they have in common: a B-tree that is copied on write.</summary>
/// <remarks>
/// <para>
/// Problem: a snapshot must cost nothing to take and never change, a write must cost microseconds with 100,000 tasks
/// in the store, and listing must follow an order that is the same on every manager. A hash trie would look up
/// faster, but has no order, no ranges and no prefixes; .NET's immutable maps have one node per entry.
/// </para>
/// <para>
/// A write takes an owner. Nodes that carry the same owner were made during the same transaction, nobody else has
/// seen them, and they are changed in place; all others are copied first. The owner must not be used any more once a
/// version was given away.
/// </para>
/// </remarks>
internal readonly partial struct OrderedMap<TKey, TValue>
    where TKey : struct, IComparable<TKey>
{
    /// <summary>Entries of a node. Measured at 100,000 entries: 16 is no quicker and needs more memory.</summary>
    private const int WidthMax = 32;

    /// <summary>Below this a node is merged with a neighbour that has the room.</summary>
    private const int WidthLow = WidthMax / 4;

    private readonly Node? root;

    private OrderedMap(Node? root, int count)
    {
        this.root = root;
        Count = count;
    }

    public int Count { get; }

    public bool TryGet(in TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        Node? node = root;
        while (node is { Children: not null })
        {
            node = node.Children[node.ChildFor(key)];
        }
        int index = node is null ? -1 : node.Find(key);
        value = index >= 0 ? node!.Values![index] : default;
        return index >= 0;
    }

    public bool Contains(in TKey key) => TryGet(key, out _);

    /// <summary>The map with this key set.</summary>
    public OrderedMap<TKey, TValue> With(in TKey key, TValue value, object owner)
    {
        if (root is null)
        {
            var leaf = Node.NewLeaf(owner);
            leaf.InsertEntry(0, key, value);
            return new(leaf, 1);
        }
        Node top = root.OwnedBy(owner);
        bool isNew = Set(top, key, value, owner, out Node? right);
        if (right is not null)
        {
            var above = Node.NewInner(owner);
            above.InsertChild(0, top.Keys[0], top);
            above.InsertChild(1, right.Keys[0], right);
            top = above;
        }
        return new(top, isNew ? Count + 1 : Count);
    }

    /// <summary>The map without this key.</summary>
    public OrderedMap<TKey, TValue> Without(in TKey key, object owner)
    {
        if (!Contains(key))
        {
            return this;
        }
        Node? top = root!.OwnedBy(owner);
        Remove(top, key, owner);
        while (top is { Children: not null, Count: 1 })
        {
            top = top.Children[0];
        }
        return new(top.Count == 0 ? null : top, Count - 1);
    }

    /// <summary>Walks all entries in order.</summary>
    public Cursor All() => new(root);

    /// <summary>Walks the entries from the first that is not less than the key.</summary>
    public Cursor From(in TKey key) => new(root, key);

    /// <summary>True when the two are the same version, so that nothing in them can differ.</summary>
    public bool IsSame(OrderedMap<TKey, TValue> other) => ReferenceEquals(root, other.root);

    /// <returns>True when the key was not there before.</returns>
    /// <param name="right">The upper half of the node, when it had to be split; its first key bounds it.</param>
    private static bool Set(Node node, in TKey key, TValue value, object owner, out Node? right)
    {
        right = null;
        if (node.Children is null)
        {
            int found = node.Find(key);
            if (found >= 0)
            {
                node.Values![found] = value;
                return false;
            }
            Node leaf = node.RoomAt(~found, owner, out int at, ref right);
            leaf.InsertEntry(at, key, value);
            return true;
        }
        int index = node.ChildFor(key);
        Node child = node.Children[index].OwnedBy(owner);
        node.Children[index] = child;
        bool isNew = Set(child, key, value, owner, out Node? half);
        if (half is not null)
        {
            Node inner = node.RoomAt(index + 1, owner, out int at, ref right);
            inner.InsertChild(at, half.Keys[0], half);
        }
        return isNew;
    }

    private static void Remove(Node node, in TKey key, object owner)
    {
        if (node.Children is null)
        {
            node.RemoveAt(node.Find(key));
            return;
        }
        int index = node.ChildFor(key);
        Node child = node.Children[index].OwnedBy(owner);
        node.Children[index] = child;
        Remove(child, key, owner);
        if (child.Count == 0)
        {
            node.RemoveAt(index);
        }
        else if (child.Count < WidthLow)
        {
            if (!TryMerge(node, index - 1, owner))
            {
                TryMerge(node, index, owner);
            }
        }
    }

    /// <summary>Moves the child after the given one into it, when both together are small enough.</summary>
    private static bool TryMerge(Node node, int index, object owner)
    {
        if (index < 0 || index + 1 >= node.Count)
        {
            return false;
        }
        Node[] children = node.Children!;
        Node next = children[index + 1];
        if (children[index].Count + next.Count > WidthMax * 3 / 4)
        {
            return false;
        }
        Node into = children[index].OwnedBy(owner);
        children[index] = into;
        into.Append(next, node.Keys[index + 1]);
        node.RemoveAt(index + 1);
        return true;
    }
}
