using System.Collections.Immutable;
using Skep.Raft;
using Skep.Swarm.Store;
using StoreWire = Skep.Transport.Contracts.StoreWire;

namespace Skep.Manager.Storage;

/// <summary>What an entry does, in words and without what it holds.</summary>
internal static class EntryText
{
    private const int ActionsShown = 20;

    public static string Of(Entry entry)
    {
        if (entry.Data.IsEmpty)
        {
            return "nothing";
        }

        if (entry.Kind != EntryKind.Normal)
        {
            return entry.Kind.ToString();
        }

        try
        {
            ImmutableArray<StoreAction> actions = StoreWire.ReadActions(entry.Data);
            string text = string.Join(", ", actions.Take(ActionsShown).Select(Of));
            return actions.Length > ActionsShown ? $"{text} and {actions.Length - ActionsShown} more" : text;
        }
        catch (InvalidDataException e)
        {
            return $"({e.Message})";
        }
    }

    private static string Of(StoreAction action) =>
        $"{action.Kind} {action.Object.Kind} {action.Object.RawId}".ToLowerInvariant();
}
