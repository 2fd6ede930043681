using Skep.Docker.Engine;
using Skep.Swarm.Objects;

namespace Skep.Docker.Swarm;

/// <summary>What the views of all objects have in common.</summary>
internal static class Views
{
    public static SwarmVersion Version(StoreObject thing) => new() { Index = thing.Meta.Version.Index };

    public static DateTimeOffset CreatedAt(StoreObject thing) => Moment(thing.Meta.CreatedAt);

    public static DateTimeOffset UpdatedAt(StoreObject thing) => Moment(thing.Meta.UpdatedAt);

    /// <summary>Null for what Go leaves out of JSON when it is empty.</summary>
    public static string? OrNull(string text) => text.Length == 0 ? null : text;

    public static IReadOnlyList<string>? OrNull(ValueList<string> list) => list.IsEmpty ? null : list;

    public static IReadOnlyDictionary<string, string>? OrNull(ValueMap<string> map) => map.IsEmpty ? null : map;

    /// <summary>A value of an enum as the Engine API writes it: in small letters.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    public static SwarmDriver? DriverOf(Driver? driver) => driver is null
        ? null
        : new SwarmDriver
        {
            Name = OrNull(driver.Name),
            Options = OrNull(driver.Options),
        };

    public static Driver? ToDriver(SwarmDriver? driver) => driver is null
        ? null
        : new Driver { Name = driver.Name ?? "", Options = ToMap(driver.Options) };

    public static Annotations ToAnnotations(string? name, IReadOnlyDictionary<string, string>? labels) =>
        new() { Name = name ?? "", Labels = ToMap(labels) };

    public static ValueList<string> ToList(IReadOnlyList<string>? list) => [.. list ?? []];

    public static ValueMap<string> ToMap(IReadOnlyDictionary<string, string>? map) =>
        map is null ? ValueMap<string>.Empty : ValueMap.From(map);

    /// <summary>The year 1 for what did not happen, as Go has it.</summary>
    public static DateTimeOffset Moment(SwarmTime? time) => time?.ToDateTimeOffset() ?? default;
}
