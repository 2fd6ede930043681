using System.Globalization;
using Skep.Docker.Validation;
using Skep.Engine.Requests;
using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.SwarmMode;

namespace Skep.Engine.Endpoints;

/// <summary>What the endpoints of the swarm have in common.</summary>
internal static class SwarmRequests
{
    /// <summary>Asks the swarm's control, for as long as Docker would.</summary>
    /// <exception cref="RefusedException">Also when this node is no manager, or when the time is over.</exception>
    public static async Task<T> AskAsync<T>(
        EngineServices services, EngineRequest request, Func<ISwarmControl, CancellationToken, Task<T>> ask)
    {
        ISwarmControl control = services.Swarm.Control;
        using var expiry = new CancellationTokenSource(SwarmLimits.Request, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(request.Stop, expiry.Token);
        try
        {
            return await ask(control, either.Token);
        }
        catch (OperationCanceledException e) when (
            expiry.IsCancellationRequested && !request.Stop.IsCancellationRequested)
        {
            throw new RefusedException(
                ErrorKind.OutcomeUnknown, "rpc error: code = DeadlineExceeded desc = context deadline exceeded", e);
        }
    }

    public static Task TellAsync(
        EngineServices services, EngineRequest request, Func<ISwarmControl, CancellationToken, Task> tell) =>
        AskAsync(services, request, async (control, stop) =>
        {
            await tell(control, stop);
            return true;
        });

    /// <summary>The one cluster object that a swarm has.</summary>
    public static async Task<Cluster> ClusterAsync(ISwarmControl control, CancellationToken stop) =>
        (await control.ListClustersAsync(ObjectQuery.All, stop)).FirstOrDefault()
        ?? throw new RefusedException(ErrorKind.Unavailable, "This node is not part of a swarm");

    /// <summary>The version that an update is made from.</summary>
    /// <param name="why">What is said when it is no number; {0} is where Go's own words belong.</param>
    public static ObjectVersion Version(EngineRequest request, string why)
    {
        string text = request.Text("version");
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong index))
        {
            return new ObjectVersion(index);
        }

        string reason = text.Length > 0 && text.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax";
        string go = $"'{text}': strconv.ParseUint: parsing \"{text}\": {reason}";
        throw new RefusedException(ErrorKind.Invalid, string.Format(CultureInfo.InvariantCulture, why, go));
    }

    /// <summary>As <see cref="Claim"/>, with Go's own words about what is no claim.</summary>
    public static bool GoClaim(EngineRequest request, string parameter)
    {
        try
        {
            return Claim(request, parameter);
        }
        catch (RefusedException refused)
        {
            string text = GoText.Quote(request.Text(parameter));
            throw new RefusedException(
                ErrorKind.Invalid, $"{refused.Message}: strconv.ParseBool: parsing {text}: invalid syntax", refused);
        }
    }

    /// <summary>A claim as Go's ParseBool reads it; absent and empty are false.</summary>
    public static bool Claim(EngineRequest request, string parameter) => request.Text(parameter) switch
    {
        "" or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        var other => throw new RefusedException(ErrorKind.Invalid, $"invalid value for {parameter}: {other}"),
    };
}
