using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Skep.Docker.Filters;
using Skep.Engine.Connections;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Requests;

/// <summary>One request on its way through an endpoint: its parameters, its body, and its answer.</summary>
internal sealed partial class EngineRequest(
    HttpContext context, ApiVersion version, string name, CancellationToken stop)
{
    /// <summary>The version that the client speaks.</summary>
    public ApiVersion Version => version;

    /// <summary>What stands in the path in the place of {name}.</summary>
    public string Name => name;

    /// <summary>
    /// For streams and looks: the client is gone, or the server stops. For changes: the server has stopped.
    /// </summary>
    public CancellationToken Stop => stop;

    /// <summary>"" when the header is absent.</summary>
    public string Header(string header) => First(context.Request.Headers[header]);

    /// <summary>"" when the parameter is absent.</summary>
    public string Text(string parameter) => First(context.Request.Query[parameter]);

    /// <summary>Every value of a parameter that may come several times.</summary>
    public IReadOnlyList<string> Texts(string parameter) =>
        [.. context.Request.Query[parameter].Select(value => value ?? "")];

    public bool Has(string parameter) => context.Request.Query.ContainsKey(parameter);

    /// <summary>Docker's notion of a claim: anything but "", "0", "no", "false" and "none".</summary>
    public bool Flag(string parameter) => Text(parameter).Trim().ToLowerInvariant()
        is not ("" or "0" or "no" or "false" or "none");

    public bool Flag(string parameter, bool whenAbsent) => Has(parameter) ? Flag(parameter) : whenAbsent;

    /// <summary>Null when the parameter is absent or empty.</summary>
    /// <exception cref="RefusedException">Not a whole number.</exception>
    public int? Number(string parameter)
    {
        string text = Text(parameter);
        if (text.Length == 0)
        {
            return null;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign;
        if (long.TryParse(text, Style, CultureInfo.InvariantCulture, out long value)
            && value is >= int.MinValue and <= int.MaxValue)
        {
            return (int)value;
        }

        string why = text.TrimStart('-', '+').All(char.IsAsciiDigit) && text.Length > 1
            ? "value out of range"
            : "invalid syntax";
        throw new RefusedException(ErrorKind.Invalid, $"strconv.Atoi: parsing \"{text}\": {why}");
    }

    /// <exception cref="RefusedException">Not filters.</exception>
    public Filters Filters() => Docker.Filters.Filters.Parse(Text("filters"));

    /// <summary>A connection of its own in place of an answer.</summary>
    public ClientConnection Connection =>
        context.Features.Get<ClientConnection>()
        ?? throw new RefusedException(ErrorKind.Failed, "this connection cannot be taken over");

    /// <summary>The client asks to leave HTTP in the way of HTTP, with Upgrade.</summary>
    public bool WantsUpgrade => context.Request.Headers.Upgrade.Count > 0;

    /// <summary>Lifts the limits of a JSON body: this request is as long as a file is.</summary>
    internal void LiftLimits()
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>()
            is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private static string First(StringValues values) => values.Count == 0 ? "" : values[0] ?? "";
}
