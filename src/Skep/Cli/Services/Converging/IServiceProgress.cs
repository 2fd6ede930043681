using System.Text.Json;

namespace Skep.Cli.Services.Converging;

/// <summary>Shows how far the tasks of a service are, in the way of its mode.</summary>
internal interface IServiceProgress
{
    /// <param name="tasks">Those of the newest spec.</param>
    /// <param name="alive">Ids of the nodes that are not down.</param>
    /// <param name="rollsBack">The newest spec is the one of before.</param>
    /// <returns>Everything is as it should be.</returns>
    bool Look(JsonElement service, IReadOnlyList<JsonElement> tasks, IReadOnlySet<string> alive, bool rollsBack);
}
