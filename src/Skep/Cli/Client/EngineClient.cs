using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Skep.Cli.Client;

/// <summary>Speaks the Engine API: picks the version, sends requests, turns refusals into errors.</summary>
internal sealed partial class EngineClient : IDisposable
{
    /// <summary>The newest version that the CLI knows.</summary>
    public const string NewestVersion = "1.47";

    private readonly Endpoint endpoint;
    private readonly string program;
    private readonly HttpClient http;
    private Pong? pong;

    /// <param name="headers">The user's own, for every request.</param>
    public EngineClient(Endpoint endpoint, string program, IReadOnlyDictionary<string, string> headers)
    {
        this.endpoint = endpoint;
        this.program = program;
        http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (_, stop) => Dialer.DialAsync(endpoint, program, stop),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        })
        {
            BaseAddress = new Uri("http://docker"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = Limits.AnswerBytes,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Skep-Client", CliProgram.Version));
        foreach ((string name, string value) in headers.Where(header =>
            !header.Key.Equals("User-Agent", StringComparison.OrdinalIgnoreCase)))
        {
            http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>What the daemon said about itself when it was first asked.</summary>
    /// <param name="Version">The version that is spoken.</param>
    public sealed record Pong(string Version, string OsType, bool IsExperimental);

    public Endpoint Endpoint => endpoint;

    /// <summary>A connection to the daemon with nothing said on it yet.</summary>
    public async Task<Stream> DialAsync(CancellationToken stop)
    {
        try
        {
            return await Dialer.DialAsync(endpoint, program, stop);
        }
        catch (Exception failure) when (failure is SocketException or AuthenticationException or IOException)
        {
            throw ConnectionFailure(failure);
        }
    }

    public async Task<Pong> PingAsync(CancellationToken stop)
    {
        if (pong is not null)
        {
            return pong;
        }

        string forced = Environment.GetEnvironmentVariable("DOCKER_API_VERSION") ?? "";
        using HttpResponseMessage answer = await SendRawAsync(
            new HttpRequestMessage(HttpMethod.Get, "/_ping"), HttpCompletionOption.ResponseContentRead, stop);
        string offered = Header(answer, "Api-Version") is { Length: > 0 } version ? version : "1.24";
        return pong = new Pong(
            forced.Length > 0 ? forced.TrimStart('v') : Older(offered, NewestVersion),
            Header(answer, "Ostype") is { Length: > 0 } os ? os : "linux",
            Header(answer, "Docker-Experimental") == "true");
    }

    /// <summary>Whether the spoken version is at least this one.</summary>
    public async Task<bool> SpeaksAsync(string version, CancellationToken stop) =>
        Older((await PingAsync(stop)).Version, version) == version;

    public async Task<JsonElement> GetAsync(string path, CancellationToken stop) =>
        await JsonAsync(HttpMethod.Get, path, null, stop);

    /// <summary>The bytes of the answer: inspect shows them as they are.</summary>
    public async Task<byte[]> GetBytesAsync(string path, CancellationToken stop)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, path, null, stop);
        return await answer.Content.ReadAsByteArrayAsync(stop);
    }

    public Task<JsonElement> PostAsync(string path, CancellationToken stop) =>
        JsonAsync(HttpMethod.Post, path, null, stop);

    public Task<JsonElement> PostAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken stop) =>
        JsonAsync(HttpMethod.Post, path, Json(body, type), stop);

    public Task<JsonElement> DeleteAsync(string path, CancellationToken stop) =>
        JsonAsync(HttpMethod.Delete, path, null, stop);

    /// <summary>The answer's head; its body is read as it comes. The caller disposes it.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? body, CancellationToken stop,
        IReadOnlyDictionary<string, string>? headers = null)
    {
        string version = (await PingAsync(stop)).Version;
        var request = new HttpRequestMessage(method, $"/v{version}{path}") { Content = body };
        foreach ((string name, string value) in headers ?? new Dictionary<string, string>())
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        HttpResponseMessage answer = await SendRawAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        if ((int)answer.StatusCode < 400)
        {
            return answer;
        }

        using (answer)
        {
            byte[] error = await answer.Content.ReadAsByteArrayAsync(stop);
            throw CommandFailedException.FromDaemon(answer.StatusCode, ErrorText(answer.StatusCode, error));
        }
    }

    public static HttpContent Json<T>(T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonElement> JsonAsync(
        HttpMethod method, string path, HttpContent? body, CancellationToken stop)
    {
        using HttpResponseMessage answer = await SendAsync(method, path, body, stop);
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync(stop);
        if (bytes.AsSpan().Trim(" \r\n\t"u8).IsEmpty)
        {
            return default;
        }

        using JsonDocument document = JsonDocument.Parse(bytes);
        return document.RootElement.Clone();
    }

    private async Task<HttpResponseMessage> SendRawAsync(
        HttpRequestMessage request, HttpCompletionOption completion, CancellationToken stop)
    {
        try
        {
            return await http.SendAsync(request, completion, stop);
        }
        catch (HttpRequestException failure)
        {
            throw ConnectionFailure(failure.InnerException ?? failure);
        }
    }

    private CommandFailedException ConnectionFailure(Exception cause)
    {
        string product = program == "docker" ? "Docker" : "Skep";
        return cause switch
        {
            SocketException { SocketErrorCode: SocketError.AccessDenied } => new CommandFailedException(
                $"permission denied while trying to connect to the {product} daemon socket at {endpoint.Host}"),
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => new(
                $"error during connect: {endpoint.Host}: no such host"),
            // Before the first answer: it may well be about TLS.
            _ when pong is null && endpoint.Address is not null && IsClosed(cause) => new(
                $"error during connect: {endpoint.Host}: "
                + SecureDial.WhyClosed(endpoint.Tls, TimeProvider.System.GetUtcNow())),
            // Somebody is there, but does not speak as we do.
            not SocketException => new CommandFailedException(
                $"error during connect: {endpoint.Host}: {cause.Message}"),
            _ => new CommandFailedException($"Cannot connect to the {product} daemon at {endpoint.Host}. "
                + $"Is the {product.ToLowerInvariant()} daemon running?"),
        };
    }

    private static bool IsClosed(Exception cause) =>
        cause is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }
            or IOException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset } };

    private static string ErrorText(HttpStatusCode status, ReadOnlySpan<byte> body)
    {
        string text = Encoding.UTF8.GetString(body).Trim();
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.Text("message") is { Length: > 0 } message)
            {
                return message.Trim();
            }
        }
        catch (JsonException)
        {
            // A proxy in between does not answer in JSON: its words are shown as they are.
            return text.Length > 0 ? text : status.ToString();
        }

        return text.Length > 0 ? text : $"request returned {(int)status} without a message";
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : "";

    private static string Older(string left, string right) =>
        System.Version.TryParse(left, out System.Version? a) && System.Version.TryParse(right, out System.Version? b)
            ? a < b ? left : right
            : right;
}
