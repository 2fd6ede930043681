using Skep.Swarm.Objects;

namespace Skep.Swarm.Starts;

/// <summary>The label by which a service names the services that it waits for.</summary>
/// <remarks>
/// <c>skep.start.after=shop_db:healthy,shop_migrate:completed,shop_cache</c>; a name alone means started. What means
/// nothing is refused when the service is written (<see cref="Check"/>); in services that came another way it is
/// passed over.
/// </remarks>
public static class StartLabel
{
    public const string Key = "skep.start.after";

    private static readonly (string Word, StartCondition Condition)[] Words =
    [
        ("started", StartCondition.Started),
        ("healthy", StartCondition.Healthy),
        ("completed", StartCondition.Completed),
    ];

    public static string Write(IEnumerable<StartGate> gates) => string.Join(',', gates.Select(gate =>
        $"{gate.Service}:{Array.Find(Words, one => one.Condition == gate.Condition).Word}"));

    public static IReadOnlyList<StartGate> Read(ValueMap<string> labels) => labels.TryGetValue(Key, out string? text)
        ? [.. Split(text).Select(Parse).OfType<StartGate>().DistinctBy(gate => gate.Service).Take(Limits.StartGates)]
        : [];

    /// <exception cref="RefusedException">The label means nothing.</exception>
    public static void Check(Annotations service)
    {
        if (!service.Labels.TryGetValue(Key, out string? text))
        {
            return;
        }
        string[] parts = Split(text);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (string part in parts)
        {
            if (Parse(part) is not { } gate)
            {
                throw Refused(
                    service, part, "is not NAME:CONDITION; the conditions are started, healthy and completed");
            }
            if (gate.Service == service.Name)
            {
                throw Refused(service, part, "is the service itself: name another one, or take it out");
            }
            if (!names.Add(gate.Service))
            {
                throw Refused(service, part, $"names {gate.Service} a second time: leave one of them");
            }
        }
        if (parts.Length is 0 or > Limits.StartGates)
        {
            throw Refused(
                service, text, $"names {parts.Length} services: name 1 to {Limits.StartGates}, or remove the label");
        }
    }

    private static StartGate? Parse(string part)
    {
        string[] words = part.Split(':');
        string word = words.Length == 1 ? Words[0].Word : words[1];
        int index = Array.FindIndex(Words, one => one.Word == word);
        return index >= 0 && words.Length <= 2 && ObjectNames.IsOfDns(words[0])
            ? new(words[0], Words[index].Condition)
            : null;
    }

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static RefusedException Refused(Annotations service, string part, string problem) => SwarmRefusal.Of(
        SwarmCode.InvalidArgument, $"service {service.Name}: label {Key}: \"{part}\" {problem}");
}
