using System.Net.Sockets;

namespace Skep.Agent.Network.Balancing;

/// <summary>A chance that is taken for a call: each has a chain of its own, which all keys share.</summary>
/// <param name="Count">Of how many one is drawn.</param>
/// <param name="Weight">One of the targets of this weight is drawn; null: which weight's turn it is.</param>
internal readonly record struct Draw(AddressFamily Family, int Count, int? Weight);

/// <summary>A share that leads elsewhere now.</summary>
/// <param name="Old">Null: the share is new.</param>
/// <param name="New">Null: the share is gone.</param>
internal readonly record struct ShareChange(int Share, Draw? Old, Draw? New);
