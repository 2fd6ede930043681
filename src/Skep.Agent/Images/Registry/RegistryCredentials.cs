using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Agent.Images.Registry;

/// <summary>
/// Answers a registry's challenge: with a name and password, or with a token fetched from its token server.
/// </summary>
internal sealed class RegistryCredentials(RegistryEndpoint endpoint, RegistryHttp http, AuthConfig? auth)
{
    private const string ClientId = "docker";

    /// <summary>A token that the user got by himself; it is shown from the first request on.</summary>
    public AuthenticationHeaderValue? Given =>
        string.IsNullOrEmpty(auth?.RegistryToken) ? null : new("Bearer", auth.RegistryToken);

    /// <summary>null: nothing to answer with.</summary>
    /// <exception cref="RegistryRefusal">The token server said no.</exception>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(
        IReadOnlyList<AuthChallenge> challenges, string scope, CancellationToken stop)
    {
        if (challenges.FirstOrDefault(challenge => challenge.IsBearer) is { } bearer)
        {
            return new AuthenticationHeaderValue("Bearer", await FetchTokenAsync(bearer, scope, stop));
        }

        return challenges.Any(challenge => challenge.IsBasic) ? Basic() : null;
    }

    private async Task<string> FetchTokenAsync(AuthChallenge challenge, string scope, CancellationToken stop)
    {
        Uri realm = CheckRealm(challenge["realm"]);
        bool isOwn = realm.Authority == endpoint.Address.Authority;
        using HttpRequestMessage request = NewTokenRequest(realm, challenge, scope);
        using HttpResponseMessage response = await http.SendAsync(request, isOwn, stop);
        if (!response.IsSuccessStatusCode)
        {
            throw await RegistryRefusal.ReadAsync(response, [], stop);
        }

        byte[] body = await SmallBody.ReadAsync(response.Content, stop);
        try
        {
            TokenAnswer? answer = JsonSerializer.Deserialize(body, RegistryJson.Default.TokenAnswer);
            string? token = answer?.Token ?? answer?.AccessToken;
            return string.IsNullOrEmpty(token) || token.AsSpan().ContainsAny('\r', '\n')
                ? throw new RefusedException(
                    ErrorKind.Failed, "authorization server did not include a token in the response")
                : token;
        }
        catch (JsonException e)
        {
            throw new RefusedException(ErrorKind.Failed, "unable to decode token response: " + e.Message, e);
        }
    }

    private HttpRequestMessage NewTokenRequest(Uri realm, AuthChallenge challenge, string scope)
    {
        var query = new List<KeyValuePair<string, string>> { new("service", challenge["service"]) };
        string wanted = scope.Length > 0 ? scope : challenge["scope"];
        if (wanted.Length > 0)
        {
            query.Add(new("scope", wanted));
        }

        if (!string.IsNullOrEmpty(auth?.IdentityToken))
        {
            query.AddRange(
            [
                new("grant_type", "refresh_token"),
                new("refresh_token", auth.IdentityToken),
                new("client_id", ClientId),
            ]);
            return new HttpRequestMessage(HttpMethod.Post, realm) { Content = new FormUrlEncodedContent(query) };
        }

        AuthenticationHeaderValue? basic = Basic();
        if (basic is not null)
        {
            query.Add(new("account", Account().Name));
        }

        string text = string.Join('&', query.Select(
            pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        var target = new UriBuilder(realm) { Query = realm.Query.Length > 1 ? realm.Query[1..] + "&" + text : text };
        var request = new HttpRequestMessage(HttpMethod.Get, target.Uri);
        request.Headers.Authorization = basic;
        return request;
    }

    private Uri CheckRealm(string text)
    {
        bool isUsable = Uri.TryCreate(text, UriKind.Absolute, out Uri? realm) && realm.UserInfo.Length == 0
            && (realm.Scheme == Uri.UriSchemeHttps
                || (realm.Scheme == Uri.UriSchemeHttp && endpoint.Address.Scheme == Uri.UriSchemeHttp));
        return isUsable
            ? realm!
            : throw new RefusedException(
                ErrorKind.Failed, $"{endpoint.Address.Authority} names a token server that is not to be trusted");
    }

    private AuthenticationHeaderValue? Basic()
    {
        (string name, string password) = Account();
        return name.Length == 0
            ? null
            : new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
    }

    private (string Name, string Password) Account()
    {
        if (!string.IsNullOrEmpty(auth?.Username))
        {
            return (auth.Username, auth.Password ?? "");
        }

        // The third way to say it: "auth" is the base64 form of both.
        var bytes = new byte[auth?.Auth?.Length ?? 0];
        if (bytes.Length > 0 && Convert.TryFromBase64String(auth!.Auth!, bytes, out int length)
            && Encoding.UTF8.GetString(bytes, 0, length) is var both && both.IndexOf(':') is > 0 and var colon)
        {
            return (both[..colon], both[(colon + 1)..].TrimEnd('\0'));
        }

        return ("", "");
    }
}
