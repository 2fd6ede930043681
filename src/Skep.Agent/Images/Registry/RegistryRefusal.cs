using System.Net;
using System.Text.Json;

namespace Skep.Agent.Images.Registry;

/// <summary>A registry's "no". The message is what Docker makes of it: "manifest unknown: manifest unknown".</summary>
/// <param name="code">Of the distribution API, "MANIFEST_UNKNOWN"; "" when the answer had none.</param>
internal sealed class RegistryRefusal(HttpStatusCode status, string code, string message) : Exception(message)
{
    public const string Unauthorized = "UNAUTHORIZED";
    public const string Denied = "DENIED";
    public const string ManifestUnknown = "MANIFEST_UNKNOWN";
    public const string NameUnknown = "NAME_UNKNOWN";

    public HttpStatusCode Status => status;

    public string Code => code;

    /// <summary>How long the registry asks us to wait; null: it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Asking again may help.</summary>
    public bool IsTransient => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
        || (int)status >= 500;

    public static async Task<RegistryRefusal> ReadAsync(
        HttpResponseMessage response, IReadOnlyList<AuthChallenge> challenges, CancellationToken stop)
    {
        HttpStatusCode status = response.StatusCode;
        TimeSpan? wait = response.Headers.RetryAfter?.Delta;
        string? tokenError = challenges.FirstOrDefault(challenge => challenge.IsBearer)?["error"];
        if (status == HttpStatusCode.Unauthorized && tokenError is "insufficient_scope" or "invalid_token")
        {
            return tokenError == "insufficient_scope"
                ? new RegistryRefusal(status, Denied, "denied: requested access to the resource is denied")
                : new RegistryRefusal(status, Unauthorized, "unauthorized: authentication required");
        }

        byte[] body = await SmallBody.ReadAsync(response.Content, stop);
        if (Parse(body) is { } error)
        {
            string code = error.Code ?? "UNKNOWN";
            string words = code.ToLowerInvariant().Replace('_', ' ');
            return new RegistryRefusal(status, code, $"{words}: {error.Message ?? words}") { RetryAfter = wait };
        }

        if (status == HttpStatusCode.Unauthorized)
        {
            return new RegistryRefusal(status, Unauthorized, "unauthorized: authentication required");
        }

        string text = $"received unexpected HTTP status: {(int)status} {response.ReasonPhrase}".TrimEnd();
        return new RegistryRefusal(status, "", text) { RetryAfter = wait };
    }

    private static ErrorAnswer? Parse(byte[] body)
    {
        try
        {
            ErrorsAnswer? answer = JsonSerializer.Deserialize(body, RegistryJson.Default.ErrorsAnswer);
            return answer?.Errors?.FirstOrDefault()
                ?? (answer?.Details is { } details ? new ErrorAnswer { Code = Unauthorized, Message = details } : null);
        }
        catch (JsonException)
        {
            return null; // Proxies answer with HTML.
        }
    }
}
