namespace Skep.Swarm.Store;

internal readonly partial struct OrderedMap<TKey, TValue>
{
    /// <summary>What is not the same in a later version, in the order of the keys.</summary>
    /// <remarks>
    /// Versions share the nodes that no write between them has touched. Two walks side by side pass over a shared
    /// node at once, so that the cost follows what was written and not what there is. Values are compared by
    /// reference: nothing is changed in place, so whatever was written anew is another object.
    /// </remarks>
    /// <param name="later">The other version; the order of time does not matter, only what is called which.</param>
    /// <param name="found">Gets the pairs; what is missing on one side is the default value there.</param>
    public void Differences(OrderedMap<TKey, TValue> later, List<(TValue? Before, TValue? After)> found)
    {
        if (ReferenceEquals(root, later.root))
        {
            return;
        }
        var before = new Walk(root);
        var after = new Walk(later.root);
        while (!before.IsDone && !after.IsDone)
        {
            if (before.Height != after.Height)
            {
                (before.Height > after.Height ? before : after).Descend();
            }
            else if (before.Height > 0)
            {
                if (ReferenceEquals(before.Child, after.Child))
                {
                    before.Skip();
                    after.Skip();
                }
                else
                {
                    before.Descend();
                    after.Descend();
                }
            }
            else
            {
                CompareEntries(before, after, found);
            }
        }
        for (; !before.IsDone; before.StepToEntry())
        {
            if (before.Height == 0)
            {
                found.Add((before.Value, default));
            }
        }
        for (; !after.IsDone; after.StepToEntry())
        {
            if (after.Height == 0)
            {
                found.Add((default, after.Value));
            }
        }
    }

    private static void CompareEntries(Walk before, Walk after, List<(TValue? Before, TValue? After)> found)
    {
        int order = before.Key.CompareTo(after.Key);
        if (order < 0)
        {
            found.Add((before.Value, default));
            before.Skip();
        }
        else if (order > 0)
        {
            found.Add((default, after.Value));
            after.Skip();
        }
        else
        {
            if (!ReferenceEquals(before.Value, after.Value))
            {
                found.Add((before.Value, after.Value));
            }
            before.Skip();
            after.Skip();
        }
    }

    /// <summary>A walk that stands before a whole subtree or before an entry, and may pass over either.</summary>
    private sealed class Walk
    {
        private readonly Stack<(Node Node, int Position)> path = new();
        private readonly int depth;
        private Node node;
        private int position;

        public Walk(Node? root)
        {
            node = root!;
            IsDone = root is null;
            for (Node? at = root; at is not null; at = at.Children?[0])
            {
                depth++;
            }
        }

        public bool IsDone { get; private set; }

        /// <summary>0 at an entry, else the levels of nodes in the subtree it stands before.</summary>
        public int Height => depth - 1 - path.Count;

        public Node Child => node.Children![position];

        public TKey Key => node.Keys[position];

        public TValue Value => node.Values![position];

        public void Descend()
        {
            Node child = Child;
            path.Push((node, position));
            (node, position) = (child, 0);
        }

        public void Skip()
        {
            position++;
            while (position == node.Count)
            {
                if (!path.TryPop(out (Node Node, int Position) above))
                {
                    IsDone = true;
                    return;
                }
                (node, position) = (above.Node, above.Position + 1);
            }
        }

        /// <summary>Into a subtree, or past an entry.</summary>
        public void StepToEntry()
        {
            if (Height > 0)
            {
                Descend();
            }
            else
            {
                Skip();
            }
        }
    }
}
