using System.Globalization;
using Skep.Swarm.Objects;

namespace Skep.Swarm.Networking;

/// <summary>How a service wants its published ports to be led, as its labels say.</summary>
/// <remarks>
/// <c>skep.ingress=snat,local</c> for all of its ports, <c>skep.ingress.8080=…</c> in its place for one. Words that
/// mean nothing are refused when the service is written (<see cref="Check"/>), so here they are passed over.
/// </remarks>
/// <param name="HidesCallers">Tasks see the node that took the call in: for networks that cannot route answers.</param>
/// <param name="PrefersLocal">Tasks of the node that took the call in come first.</param>
public readonly record struct IngressWish(bool HidesCallers, bool PrefersLocal)
{
    private const string Label = "skep.ingress";
    private const string Snat = "snat", Local = "local";

    public static IngressWish Of(ValueMap<string> labels, uint publishedPort)
    {
        string port = $"{Label}.{publishedPort.ToString(CultureInfo.InvariantCulture)}";
        if (!labels.TryGetValue(port, out string? words) && !labels.TryGetValue(Label, out words))
        {
            return default;
        }

        string[] all = Split(words);
        return new IngressWish(all.Contains(Snat), all.Contains(Local));
    }

    /// <exception cref="RefusedException">A label of ours that means nothing.</exception>
    public static void Check(ValueMap<string> labels)
    {
        foreach ((string key, string value) in labels)
        {
            if ((key == Label || key.StartsWith(Label + ".", StringComparison.Ordinal))
                && Array.Find(Split(value), word => word is not (Snat or Local)) is { } unknown)
            {
                throw SwarmRefusal.Of(
                    SwarmCode.InvalidArgument,
                    $"label {key}: \"{unknown}\" means nothing; {Snat} and {Local} do, with a comma between them");
            }
        }
    }

    private static string[] Split(string words) =>
        words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
