using System.Globalization;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Networking;

/// <summary>What labels of a service, and of a node, say about their traffic.</summary>
/// <remarks>
/// A node's <c>skep.network-key=WORD</c> asks for another key of its encrypted networks whenever the word is another.
/// A service's are
/// <c>skep.ingress=snat,local</c> for all published ports, <c>skep.ingress.8080=…</c> in its place for one;
/// <c>skep.drain=30s</c> for how long connections may last when a task is to end. What means nothing is refused when
/// the service is written (<see cref="Check"/>); in services that came another way it is passed over.
/// </remarks>
public static class TrafficLabels
{
    private const string Ingress = "skep.ingress", Drain = "skep.drain";
    private const string NetworkKey = "skep.network-key";
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

    /// <exception cref="RefusedException">A label of ours that means nothing.</exception>
    public static void Check(ValueMap<string> labels)
    {
        foreach ((string key, string value) in labels)
        {
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
