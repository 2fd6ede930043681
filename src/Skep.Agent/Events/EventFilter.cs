using Skep.Docker.Engine;
using Skep.Docker.Filters;

namespace Skep.Agent.Events;

/// <summary>Whether an event is one of those that a listener asked for.</summary>
internal static class EventFilter
{
    // Keys that name an object of the type by its id or name.
    private static readonly string[] ObjectKeys =
        ["daemon", "container", "plugin", "volume", "network", "node", "service", "secret", "config"];

    // Actions that carry more after a colon; the filter has only the word.
    private static readonly string[] PrefixActions = ["health_status", "exec_create", "exec_start"];

    public static bool Includes(Filters filters, EventMessage message)
    {
        if (filters.IsEmpty)
        {
            return true;
        }

        EventActor actor = message.Actor;
        return IncludesAction(filters, message.Action)
            && filters.MatchesExact("type", message.Type)
            && filters.MatchesExact("scope", message.Scope)
            && IncludesObject(filters, actor)
            && IncludesImage(filters, message)
            && filters.MatchesLabels("label", actor.Attributes);
    }

    private static bool IncludesAction(Filters filters, string action) =>
        filters.Values("event").Any(PrefixActions.Contains)
            ? filters.MatchesFuzzy("event", action)
            : filters.MatchesExact("event", action);

    private static bool IncludesObject(Filters filters, EventActor actor)
    {
        string name = actor.Attributes.GetValueOrDefault("name", "");
        foreach (string key in ObjectKeys)
        {
            if (!filters.MatchesFuzzy(key, actor.Id) && !filters.MatchesFuzzy(key, name))
            {
                return false;
            }
        }

        return true;
    }

    // A container's events name its image; "busybox" means every tag of it.
    private static bool IncludesImage(Filters filters, EventMessage message)
    {
        string id = message.Actor.Id;
        string name = message.Actor.Attributes.GetValueOrDefault(message.Type == "image" ? "name" : "image", "");
        return filters.MatchesAny("image", [id, name, WithoutTag(id), WithoutTag(name)]);
    }

    private static string WithoutTag(string reference)
    {
        if (reference.StartsWith("sha256:", StringComparison.Ordinal))
        {
            return reference;
        }

        int at = reference.IndexOf('@', StringComparison.Ordinal);
        string named = at < 0 ? reference : reference[..at];
        int colon = named.LastIndexOf(':');
        return colon > named.LastIndexOf('/') ? named[..colon] : named;
    }
}
