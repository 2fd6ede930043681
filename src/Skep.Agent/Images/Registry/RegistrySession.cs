using System.Net;
using System.Net.Http.Headers;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Agent.Images.Registry;

/// <summary>Talks to one registry endpoint about one repository: asks, proves who we are, follows redirects.</summary>
/// <remarks>
/// Credentials go to the registry that was asked and to the token server it names, to nobody else: a redirect to
/// another host carries none, and what such a host demands is not answered (CVE-2020-15157). What began with TLS never
/// goes on without.
/// </remarks>
internal sealed class RegistrySession : IDisposable
{
    private readonly RegistryEndpoint endpoint;
    private readonly RegistryHttp http;
    private readonly RegistryCredentials credentials;
    private readonly string scope;
    private AuthenticationHeaderValue? authorization;

    /// <param name="path">The repository; "": none, for a login.</param>
    /// <param name="auth">null: anonymous.</param>
    public RegistrySession(RegistryEndpoint endpoint, string path, AuthConfig? auth, RegistryOptions options)
    {
        this.endpoint = endpoint;
        Path = path;
        http = new RegistryHttp(endpoint, options);
        credentials = new RegistryCredentials(endpoint, http, endpoint.IsMirror ? null : auth);
        authorization = credentials.Given;
        scope = path.Length == 0 ? "" : $"repository:{path}:pull";
    }

    public RegistryEndpoint Endpoint => endpoint;

    public string Path { get; }

    /// <summary>A request under /v2/, answered with success; the body is not read yet.</summary>
    /// <exception cref="RegistryRefusal">The registry said no.</exception>
    /// <exception cref="HttpRequestException">It could not be reached.</exception>
    public async Task<HttpResponseMessage> GetAsync(
        string path, IReadOnlyList<string> accept, RangeHeaderValue? range, CancellationToken stop)
    {
        var target = new Uri(endpoint.Address, "v2/" + path);
        bool hasProved = false;
        for (int hop = 0; hop <= ImageLimits.RedirectCountMax; hop++)
        {
            bool isOwn = IsOwn(target);
            HttpResponseMessage response = await SendAsync(target, isOwn, accept, range, stop);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                if (RedirectOf(response, target) is { } next)
                {
                    target = next;
                    continue;
                }

                IReadOnlyList<AuthChallenge> challenges = isOwn
                    ? AuthChallenge.All(response.Headers.WwwAuthenticate)
                    : [];
                bool canProve = response.StatusCode == HttpStatusCode.Unauthorized && isOwn && !hasProved;
                if (canProve && await ProveAsync(challenges, target, stop))
                {
                    hasProved = true;
                    hop--;
                    continue;
                }

                throw await RegistryRefusal.ReadAsync(response, challenges, stop);
            }
        }

        throw new RefusedException(ErrorKind.Failed, $"stopped after {ImageLimits.RedirectCountMax} redirects");
    }

    public void Dispose() => http.Dispose();

    private async Task<bool> ProveAsync(
        IReadOnlyList<AuthChallenge> challenges, Uri target, CancellationToken stop)
    {
        AuthenticationHeaderValue? proof = await credentials.AnswerAsync(challenges, scope, stop);
        if (proof is null && challenges.Any(challenge => challenge.IsBasic))
        {
            throw new RegistryRefusal(
                HttpStatusCode.Unauthorized, "", $"Head \"{target}\": no basic auth credentials");
        }

        authorization = proof ?? authorization;
        return proof is not null;
    }

    private async Task<HttpResponseMessage> SendAsync(
        Uri target, bool isOwn, IReadOnlyList<string> accept, RangeHeaderValue? range, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.TryAddWithoutValidation("User-Agent", "skep");
        foreach (string type in accept)
        {
            request.Headers.Accept.ParseAdd(type);
        }

        request.Headers.Range = range;
        request.Headers.Authorization = isOwn ? authorization : null;
        return await http.SendAsync(request, isOwn, stop);
    }

    private bool IsOwn(Uri target) =>
        target.Scheme == endpoint.Address.Scheme && target.Authority == endpoint.Address.Authority;

    private static Uri? RedirectOf(HttpResponseMessage response, Uri from)
    {
        if (response.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            || response.Headers.Location is not { } location)
        {
            return null;
        }

        var target = new Uri(from, location);
        bool isHttp = target.Scheme == Uri.UriSchemeHttps
            || (target.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp);
        return isHttp && target.UserInfo.Length == 0
            ? target
            : throw new RefusedException(
                ErrorKind.Failed, $"{from.Authority} redirects to {target.Scheme}://{target.Authority}: refused");
    }
}
