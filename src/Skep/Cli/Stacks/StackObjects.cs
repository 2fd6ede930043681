using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Stacks;

/// <summary>One of the four kinds of things that a stack consists of: how to find and to remove them.</summary>
/// <param name="Word">In the API's paths without its plural, and in messages.</param>
internal sealed record StackObjects(string Word)
{
    public static readonly StackObjects Services = new("service");
    public static readonly StackObjects Secrets = new("secret");
    public static readonly StackObjects Configs = new("config");
    public static readonly StackObjects Networks = new("network");

    /// <summary>Services use all the others, which refuse to go before.</summary>
    public static readonly IReadOnlyList<StackObjects> InOrderOfRemoval = [Services, Secrets, Configs, Networks];

    /// <summary>In the order of their names.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(EngineClient engine, string stack, CancellationToken stop)
    {
        Query query = new Query().AddFilters([StackNames.Filter(stack)]);
        return [.. (await engine.GetAsync($"/{Word}s{query}", stop)).Items().OrderBy(Name, StringComparer.Ordinal)];
    }

    public string Name(JsonElement thing) =>
        this == Networks ? thing.Text("Name") : thing.Member("Spec").Text("Name");

    public string Id(JsonElement thing) => thing.Text(this == Networks ? "Id" : "ID");

    /// <returns>False: something was refused, and said so.</returns>
    public async Task<bool> RemoveAsync(Invocation call, IEnumerable<JsonElement> things, CancellationToken stop)
    {
        bool isWhole = true;
        foreach (JsonElement thing in things)
        {
            call.Console.WriteLine($"Removing {Word} {Name(thing)}");
            try
            {
                await call.Engine.DeleteAsync($"/{Word}s/{Query.Escape(Id(thing))}", stop);
            }
            catch (CommandFailedException refused) when (refused.Status is not null)
            {
                call.Console.WriteErrorLine($"Failed to remove {Word} {Id(thing)}: {refused.Message}");
                isWhole = false;
            }
        }

        return isWhole;
    }
}
