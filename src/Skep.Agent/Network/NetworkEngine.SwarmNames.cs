using System.Collections.Immutable;
using Skep.Agent.Names;

namespace Skep.Agent.Network;

/// <content>Names of networks that reach over nodes: this machine alone does not know who is on them.</content>
public sealed partial class NetworkEngine
{
    // By network id.
    private ImmutableDictionary<string, NameTable> swarmTables = ImmutableDictionary<string, NameTable>.Empty;

    /// <summary>Sets who is on such a network, by name.</summary>
    /// <param name="table">Null: nobody knows any more.</param>
    public void SetNameTable(string networkId, NameTable? table) => ImmutableInterlocked.Update(
        ref swarmTables,
        static (all, change) => change.Table is null
            ? all.Remove(change.Id)
            : all.SetItem(change.Id, change.Table),
        (Id: networkId, Table: table));
}
