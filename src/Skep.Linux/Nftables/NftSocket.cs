using Skep.Linux.Netlink;

namespace Skep.Linux.Nftables;

/// <summary>The nf_tables of one network namespace: that of the thread which opens the socket.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class NftSocket : IDisposable
{
    private readonly NetlinkSocket socket = new(NetlinkSocket.Netfilter);

    /// <exception cref="ErrnoException">Why the first refused change was refused; then none of them
    /// happened.</exception>
    public void Apply(NftBatch batch) => socket.ApplyAtomically(batch.Finish());

    /// <summary>Names of the tables of a family.</summary>
    public IReadOnlyList<string> ListTables(NftFamily family)
    {
        var names = new List<string>();
        var request = new NetlinkBatch();
        request.Message(NftMessage.GetTable, NetlinkFlags.Request | NetlinkFlags.Dump, "list nftables tables")
            .U8((byte)family).U8(0).U8(0).U8(0);
        socket.Dump(request, (_, payload) =>
        {
            if (payload.Length < 4)
            {
                return;
            }

            var attributes = new AttributeReader(payload[4..]);
            while (attributes.Next())
            {
                if (attributes.Type == Nfta.TableName)
                {
                    names.Add(attributes.Text);
                }
            }
        });
        return names;
    }

    internal void Ask(NetlinkBatch request, NetlinkVisitor visit) => socket.Dump(request, visit);

    public void Dispose() => socket.Dispose();
}
