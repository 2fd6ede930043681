using Skep.Manager.Consensus;
using Skep.Transport.Rpc;

namespace Skep.Manager;

// What other nodes may ask of this manager, beside consensus itself.
public sealed partial class ManagerRole
{
    private void MapBeforeJoin(RpcRoutes routes)
    {
    }

    private void MapAfterJoin(RpcRoutes routes, RaftDriver raft, Membership membership)
    {
    }
}
