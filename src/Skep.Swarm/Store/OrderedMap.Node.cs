namespace Skep.Swarm.Store;

internal readonly partial struct OrderedMap<TKey, TValue>
{
    /// <summary>A leaf has values, an inner node has children.</summary>
    /// <remarks>
    /// Key i of an inner node is not greater than any key below child i and greater than every key below child i - 1.
    /// Key 0 is not looked at: whatever is less than key 1 belongs below child 0.
    /// </remarks>
    private sealed class Node
    {
        private readonly object owner;

        private Node(object owner, TKey[] keys, TValue[]? values, Node[]? children, int count)
        {
            this.owner = owner;
            Keys = keys;
            Values = values;
            Children = children;
            Count = count;
        }

        public TKey[] Keys { get; }

        public TValue[]? Values { get; }

        public Node[]? Children { get; }

        public int Count { get; private set; }

        public static Node NewLeaf(object owner) => new(owner, new TKey[WidthMax], new TValue[WidthMax], null, 0);

        public static Node NewInner(object owner) => new(owner, new TKey[WidthMax], null, new Node[WidthMax], 0);

        public Node OwnedBy(object asker)
        {
            if (ReferenceEquals(owner, asker))
            {
                return this;
            }
            Node copy = Children is null ? NewLeaf(asker) : NewInner(asker);
            copy.CopyFrom(this, 0, Count);
            return copy;
        }

        /// <returns>Where the key is, or the complement of where it would be.</returns>
        public int Find(in TKey key) => Find(key, 0);

        /// <summary>The first key is left out: children that were split off below it may have lesser ones.</summary>
        public int ChildFor(in TKey key)
        {
            int found = Find(key, 1);
            return found >= 0 ? found : ~found - 1;
        }

        private int Find(in TKey key, int low)
        {
            int high = Count - 1;
            while (low <= high)
            {
                int middle = (low + high) >>> 1;
                int order = Keys[middle].CompareTo(key);
                if (order == 0)
                {
                    return middle;
                }
                if (order < 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle - 1;
                }
            }
            return ~low;
        }

        /// <summary>
        /// The node in which there is room for one more at this place: this one or its new upper half.
        /// </summary>
        /// <remarks>An insertion at the very end starts a new node, so that sorted input fills nodes wholly.</remarks>
        public Node RoomAt(int index, object asker, out int at, ref Node? right)
        {
            at = index;
            if (Count < WidthMax)
            {
                return this;
            }
            int kept = index == WidthMax ? WidthMax : WidthMax / 2;
            right = Children is null ? NewLeaf(asker) : NewInner(asker);
            right.CopyFrom(this, kept, Count - kept);
            Clear(kept);
            if (kept < WidthMax && index <= kept)
            {
                return this;
            }
            at = index - kept;
            return right;
        }

        public void InsertEntry(int index, in TKey key, TValue value)
        {
            Shift(index);
            Keys[index] = key;
            Values![index] = value;
        }

        public void InsertChild(int index, in TKey key, Node child)
        {
            Shift(index);
            Keys[index] = key;
            Children![index] = child;
        }

        public void RemoveAt(int index)
        {
            int after = Count - index - 1;
            Array.Copy(Keys, index + 1, Keys, index, after);
            if (Values is not null)
            {
                Array.Copy(Values, index + 1, Values, index, after);
            }
            else
            {
                Array.Copy(Children!, index + 1, Children!, index, after);
            }
            Clear(Count - 1);
        }

        /// <param name="bound">What bounds the other node from below; its own key 0 may say too little.</param>
        public void Append(Node next, in TKey bound)
        {
            int at = Count;
            CopyFrom(next, 0, next.Count);
            if (Children is not null)
            {
                Keys[at] = bound;
            }
        }

        private void CopyFrom(Node other, int from, int count)
        {
            Array.Copy(other.Keys, from, Keys, Count, count);
            if (Values is not null)
            {
                Array.Copy(other.Values!, from, Values, Count, count);
            }
            else
            {
                Array.Copy(other.Children!, from, Children!, Count, count);
            }
            Count += count;
        }

        private void Shift(int index)
        {
            int after = Count - index;
            Array.Copy(Keys, index, Keys, index + 1, after);
            if (Values is not null)
            {
                Array.Copy(Values, index, Values, index + 1, after);
            }
            else
            {
                Array.Copy(Children!, index, Children!, index + 1, after);
            }
            Count++;
        }

        /// <summary>Forgets the entries from here on, so that what they held can be collected.</summary>
        private void Clear(int from)
        {
            Array.Clear(Keys, from, Count - from);
            if (Values is not null)
            {
                Array.Clear(Values, from, Count - from);
            }
            else
            {
                Array.Clear(Children!, from, Count - from);
            }
            Count = from;
        }
    }
}
