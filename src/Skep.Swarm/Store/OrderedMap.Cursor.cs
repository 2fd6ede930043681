namespace Skep.Swarm.Store;

internal readonly partial struct OrderedMap<TKey, TValue>
{
    /// <summary>A walk through the entries of one version.</summary>
    internal struct Cursor
    {
        /// <summary>More levels than 2^31 entries can need when nodes are a quarter full.</summary>
        private const int LevelsMax = 12;

        private readonly Node[]? nodes;
        private readonly int[]? positions;
        private int level;

        internal Cursor(object? root)
        {
            level = -1;
            if (root is Node top)
            {
                nodes = new Node[LevelsMax];
                positions = new int[LevelsMax];
                Descend(top);
                positions[level]--;
            }
        }

        internal Cursor(object? root, in TKey key)
        {
            level = -1;
            if (root is not Node node)
            {
                return;
            }
            nodes = new Node[LevelsMax];
            positions = new int[LevelsMax];
            while (true)
            {
                nodes[++level] = node;
                if (node.Children is null)
                {
                    int found = node.Find(key);
                    positions[level] = (found >= 0 ? found : ~found) - 1;
                    return;
                }
                positions[level] = node.ChildFor(key);
                node = node.Children[positions[level]];
            }
        }

        public readonly TKey Key => nodes![level].Keys[positions![level]];

        public readonly TValue Value => nodes![level].Values![positions![level]];

        public bool MoveNext()
        {
            if (level < 0)
            {
                return false;
            }
            if (++positions![level] < nodes![level].Count)
            {
                return true;
            }
            while (--level >= 0)
            {
                if (++positions[level] < nodes[level].Count)
                {
                    Descend(nodes[level].Children![positions[level]]);
                    return true;
                }
            }
            return false;
        }

        private void Descend(Node node)
        {
            while (true)
            {
                nodes![++level] = node;
                positions![level] = 0;
                if (node.Children is null)
                {
                    return;
                }
                node = node.Children[0];
            }
        }
    }
}
