using System.Globalization;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Networking;

/// <summary>What labels of a service, and of a node, say about their traffic.</summary>
/// <remarks>
/// A node's <c>skep.network-key=WORD</c> asks for another key of its encrypted networks whenever the word is another,
/// and its <c>skep.weight=50</c> is the share of new connections that its tasks get (see <see cref="TaskWeight"/>).
/// A service's are <c>skep.weight.new=10</c> for the share of tasks of its newest version beside those of older ones,
/// <c>skep.ingress=snat,local</c> for all published ports, <c>skep.ingress.8080=…</c> in its place for one;
/// <c>skep.drain=30s</c> for how long connections may last when a task is to end. What means nothing is refused when
/// the service is written (<see cref="Check"/>); in services that came another way it is passed over.
/// </remarks>
public static class TrafficLabels
{
    private const string Ingress = "skep.ingress", Drain = "skep.drain";
    private const string NetworkKey = "skep.network-key";
    private const string Weight = "skep.weight", WeightOfNew = "skep.weight.new";
    private const string Snat = "snat", Local = "local";

    /// <summary>Connections have so long to end by themselves, when the service does not say.</summary>
    public static readonly TimeSpan DrainDefault = TimeSpan.FromSeconds(5);

    /// <summary>The longest that a service may ask for.</summary>
    public static readonly TimeSpan DrainMax = TimeSpan.FromHours(1);

    /// <param name="HidesCallers">
    /// Tasks see the node that took the call in: for networks that cannot route answers.
    /// </param>
    /// <param name="PrefersLocal">Tasks of the node that took the call in come first.</param>
    public readonly record struct IngressWish(bool HidesCallers, bool PrefersLocal);

    public static IngressWish IngressOf(ValueMap<string> labels, uint publishedPort)
    {
        string port = $"{Ingress}.{publishedPort.ToString(CultureInfo.InvariantCulture)}";
        if (!labels.TryGetValue(port, out string? words) && !labels.TryGetValue(Ingress, out words))
        {
            return default;
        }

        string[] all = Split(words);
        return new IngressWish(all.Contains(Snat), all.Contains(Local));
    }

    public static TimeSpan DrainOf(ValueMap<string> labels) =>
        labels.TryGetValue(Drain, out string? text) && TryReadTime(text, out TimeSpan time)
            ? time < DrainMax ? time : DrainMax
            : DrainDefault;

    /// <summary>By which a node is asked for another key; empty: it is not.</summary>
    public static string KeyWordOf(ValueMap<string> nodeLabels) =>
        nodeLabels.TryGetValue(NetworkKey, out string? word) ? word : "";

    /// <summary>What a node's tasks weigh: all there is when it does not say, or means nothing.</summary>
    public static int WeightOf(ValueMap<string> nodeLabels) =>
        nodeLabels.TryGetValue(Weight, out string? text) && TryReadWeight(text, out int weight)
            ? weight
            : TaskWeight.Full;

    /// <summary>What tasks of a service's newest version weigh beside older ones; null: it does not say.</summary>
    public static int? WeightOfNewOf(ValueMap<string> labels) =>
        labels.TryGetValue(WeightOfNew, out string? text) && TryReadWeight(text, out int weight) ? weight : null;

    /// <param name="node">What its user calls it.</param>
    /// <exception cref="RefusedException">A label of ours that means nothing for a node.</exception>
    public static void CheckNode(string node, ValueMap<string> labels)
    {
        if (labels.TryGetValue(Weight, out string? text) && !TryReadWeight(text, out _))
        {
            throw Refused($"label {Weight} of node {node}: {NoWeight(text)}");
        }
    }

    /// <exception cref="RefusedException">A label of ours that means nothing.</exception>
    public static void Check(ValueMap<string> labels)
    {
        foreach ((string key, string value) in labels)
        {
            if (key == WeightOfNew && !TryReadWeight(value, out _))
            {
                throw Refused($"label {key}: {NoWeight(value)}");
            }

            if (key == Weight || (key != WeightOfNew && key.StartsWith(Weight + ".", StringComparison.Ordinal)))
            {
                throw Refused(
                    $"label {key}: a service has no such weight; nodes have {Weight} "
                    + $"(docker node update --label-add {Weight}=50 NODE), and a service has {WeightOfNew} for the "
                    + "tasks of its newest version");
            }

            if ((key == Ingress || key.StartsWith(Ingress + ".", StringComparison.Ordinal))
                && Array.Find(Split(value), word => word is not (Snat or Local)) is { } unknown)
            {
                throw Refused($"label {key}: \"{unknown}\" means nothing; {Snat} and {Local} do, separated by a comma");
            }

            if (key == Drain && !TryReadTime(value, out _))
            {
                throw Refused($"label {key}: \"{value}\" is no duration such as 500ms, 30s or 2m");
            }
        }
    }

    private static string NoWeight(string text) =>
        $"\"{text}\" is no weight; whole numbers from 0 to {TaskWeight.Full} are, and {TaskWeight.Full} is what holds "
        + "without the label";

    private static bool TryReadWeight(string text, out int weight) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out weight) && weight <= TaskWeight.Full;

    private static RefusedException Refused(string message) => SwarmRefusal.Of(SwarmCode.InvalidArgument, message);

    private static string[] Split(string words) =>
        words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // A whole number and a unit; plain 0 needs none.
    private static bool TryReadTime(string text, out TimeSpan time)
    {
        int digits = text.TakeWhile(char.IsAsciiDigit).Count();
        bool isNumber = int.TryParse(
            text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out int n);
        TimeSpan? found = !isNumber ? null : text[digits..] switch
        {
            "" when n == 0 => TimeSpan.Zero,
            "ms" => TimeSpan.FromMilliseconds(n),
            "s" => TimeSpan.FromSeconds(n),
            "m" => TimeSpan.FromMinutes(n),
            "h" => TimeSpan.FromHours(n),
            _ => null,
        };
        time = found ?? default;
        return found is not null;
    }
}
