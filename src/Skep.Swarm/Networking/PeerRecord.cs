using System.Text.Json;
using System.Text.Json.Serialization;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Networking;

/// <summary>What the store keeps of a node as a neighbour of others.</summary>
/// <remarks>
/// One resource object per node, of an extension of ours: SwarmKit's managers keep such objects for programs built on
/// it, without a look into them, so a Docker leader carries ours as well.
/// </remarks>
public sealed record PeerRecord
{
    /// <summary>The extension whose resources these are.</summary>
    public const string ExtensionName = "skep.peers";

    /// <summary>Link addresses, routing tables and marks of 16 bits are made of it, and need room besides.</summary>
    public const uint IndexMax = 65_000;

    private const string PayloadType = "skep.v1/Peer";

    /// <summary>Of a public key; its text is base64.</summary>
    private const int KeyBytes = 32;

    public uint Index { get; init; }

    public string DataPathAddress { get; init; } = "";

    public string WireGuardKey { get; init; } = "";

    /// <summary>
    /// Networks that the node reaches by itself, and the servers that it asks for names: no network of the swarm may
    /// lie over one of them. Sorted.
    /// </summary>
    public IReadOnlyList<string> Ranges { get; init; } = [];

    /// <summary>The resource has the node's own id.</summary>
    public static ResourceId IdOf(NodeId node) => new(node.Value);

    public static NodeId NodeOf(Resource resource) => new(resource.Id.Value);

    /// <returns>Null: the object is none of these, or cannot be read.</returns>
    public static PeerRecord? Read(Resource? resource)
    {
        if (resource is not { ExtensionName: ExtensionName, Payload: { TypeUrl: PayloadType } payload })
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(payload.Value.Span, PeerJson.Default.PeerRecord);
        }
        catch (JsonException)
        {
            return null; // A later version's, or somebody else's: the node will register anew.
        }
    }

    /// <summary>The node as others are told of it.</summary>
    public PeerFacts ToFacts(NodeId node) => new()
    {
        Node = node,
        Index = Index,
        DataPathAddress = DataPathAddress,
        WireGuardKey = WireGuardKey,
    };

    /// <summary>Writes what a node says of itself, under the index it has or a new one.</summary>
    /// <remarks>
    /// Nodes know each other's tunnels by their keys: who had the key of another one would take its place. So the first
    /// that has a key keeps it until it says another one or is removed, also while it is down.
    /// </remarks>
    /// <returns>The record as it is stored.</returns>
    /// <exception cref="RefusedException">
    /// There is no such node, no index is left, or the key is none or another node's (AlreadyExists).
    /// </exception>
    public static PeerRecord Register(Transaction store, NodeId node, PeerRecord told, IdSource ids)
    {
        if (store.Nodes.Get(node) is null)
        {
            throw SwarmRefusal.Of(SwarmCode.NotFound, $"node {node} not found");
        }

        Resource? stored = store.Resources.Get(IdOf(node));
        PeerRecord? known = Read(stored);
        PeerRecord wanted = told with
        {
            Index = known?.Index ?? FreeIndex(store),
            WireGuardKey = KeyOf(told.WireGuardKey, node),
        };
        if (known is not null && wanted.IsSame(known))
        {
            return known;
        }

        if (wanted.WireGuardKey != known?.WireGuardKey)
        {
            RefuseTakenKey(store, node, wanted.WireGuardKey);
        }

        if (store.Extensions.Named(ExtensionName) is null)
        {
            store.Create(new Extension
            {
                Id = new ExtensionId(ids.NewObjectId()),
                Annotations = new Annotations { Name = ExtensionName },
                Description = "Nodes as neighbours on the way between nodes",
            });
        }

        var payload = new AnyPayload
        {
            TypeUrl = PayloadType,
            Value = Bytes.Owning(JsonSerializer.SerializeToUtf8Bytes(wanted, PeerJson.Default.PeerRecord)),
        };
        if (stored is null)
        {
            store.Create(new Resource
            {
                Id = IdOf(node),
                Annotations = new Annotations { Name = $"{ExtensionName}.{node}" },
                ExtensionName = ExtensionName,
                Payload = payload,
            });
        }
        else
        {
            store.Update(stored with { Payload = payload });
        }

        return wanted;
    }

    private bool IsSame(PeerRecord other) =>
        (Index, DataPathAddress, WireGuardKey) == (other.Index, other.DataPathAddress, other.WireGuardKey)
        && Ranges.SequenceEqual(other.Ranges);

    // The same bytes can be written in several ways, and are compared as one.
    private static string KeyOf(string text, NodeId node)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes];
        if (text.Length == 0)
        {
            return "";
        }

        return Convert.TryFromBase64String(text, bytes, out int count) && count == KeyBytes
            ? Convert.ToBase64String(bytes)
            : throw SwarmRefusal.Of(
                SwarmCode.InvalidArgument, $"the WireGuard key of node {node} is not {KeyBytes} bytes in base64");
    }

    private static void RefuseTakenKey(Transaction store, NodeId node, string key)
    {
        if (key.Length == 0)
        {
            return;
        }

        foreach (Resource other in store.ResourcesOf(ExtensionName))
        {
            // What a node that was removed had is nobody's, though its record may still be there for a moment.
            NodeId owner = NodeOf(other);
            if (owner != node && Read(other)?.WireGuardKey == key && store.Nodes.Get(owner) is not null)
            {
                throw SwarmRefusal.Of(
                    SwarmCode.AlreadyExists,
                    $"node {node} says the WireGuard key that is node {owner}'s: every node needs a key of its own");
            }
        }
    }

    // The next after the greatest, so that an index rests for as long as possible after its node has left.
    private static uint FreeIndex(Transaction store)
    {
        var taken = new HashSet<uint>(
            store.ResourcesOf(ExtensionName).Select(one => Read(one)?.Index ?? 0));
        uint next = taken.Count == 0 ? 1 : taken.Max() + 1;
        for (uint index = next > IndexMax ? 1 : next; index <= IndexMax; index++)
        {
            if (!taken.Contains(index))
            {
                return index;
            }
        }

        throw SwarmRefusal.Of(SwarmCode.ResourceExhausted, $"a swarm has {IndexMax} nodes at most");
    }
}

[JsonSerializable(typeof(PeerRecord))]
internal sealed partial class PeerJson : JsonSerializerContext;
