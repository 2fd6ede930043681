using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Skep.Transport.Identity;

namespace Skep.Manager.Authority;

/// <summary>The external CA did not sign.</summary>
/// <param name="mayWorkLater">It was not reached, or did not work: the same request may be signed another time.</param>
public sealed class NotSignedException(string message, bool mayWorkLater, Exception? inner = null)
    : Exception(message, inner)
{
    public bool MayWorkLater => mayWorkLater;
}

/// <summary>Has certificates signed by a CA outside of the swarm that speaks cfssl's protocol.</summary>
/// <remarks>
/// The CA knows us by our node certificate, and we know it by the swarm's roots. What it answers is not believed: the
/// certificate must be of the key and for the node that it was asked for.
/// </remarks>
public sealed class ExternalSigner(NodeCredentials credentials, TimeProvider time)
{
    /// <summary>The profile by which cfssl signs another CA's certificate.</summary>
    private const string CrossSignProfile = "CA";

    private const string BasicConstraints = "2.5.29.19";

    /// <param name="urls">Tried in order.</param>
    /// <param name="trust">The roots that the CA's server and the certificate must lead to.</param>
    /// <param name="appended">What follows the certificate in the chain.</param>
    /// <exception cref="NotSignedException">None of them signed.</exception>
    public async Task<byte[]> SignAsync(
        IReadOnlyList<string> urls,
        RootTrust trust,
        ReadOnlyMemory<byte> csr,
        NodeIdentity identity,
        ReadOnlyMemory<byte> appended,
        CancellationToken stop)
    {
        var request = new ExternalRequest
        {
            Hosts = [.. identity.DnsNames],
            Request = Encoding.ASCII.GetString(csr.Span),
            Subject = new ExternalSubject
            {
                CommonName = identity.Node.Value,
                Names =
                [
                    new ExternalName
                    {
                        Unit = NodeIdentity.RoleName(identity.Role),
                        Organization = identity.Cluster.Value,
                    },
                ],
            },
        };
        byte[] signed = await AskAsync(urls, trust, request, stop);
        byte[] chain = [.. signed, .. appended.Span];
        Check(chain, trust, csr, identity);
        return chain;
    }

    /// <summary>Has a new root of the swarm signed by the external CA that has the old one.</summary>
    public async Task<byte[]> CrossSignAsync(
        IReadOnlyList<string> urls, RootTrust trust, CertificateAuthority next, CancellationToken stop)
    {
        X509Extension? constraints =
            next.Signer.Extensions.FirstOrDefault(extension => extension.Oid?.Value == BasicConstraints);
        var request = new ExternalRequest
        {
            Request = Encoding.ASCII.GetString(next.NewCrossSignRequest()),
            Subject = new ExternalSubject
            {
                CommonName = next.Signer.GetNameInfo(X509NameType.SimpleName, forIssuer: false),
                Names = [],
            },
            Profile = CrossSignProfile,
            Extensions = constraints is null
                ? null
                : [new(BasicConstraints, constraints.Critical, Convert.ToHexStringLower(constraints.RawData))],
        };
        return await AskAsync(urls, trust, request, stop);
    }

    /// <summary>Whether a TLS connection to it can be made with our certificate and these roots.</summary>
    public async Task<bool> IsReachableAsync(string url, RootTrust trust, CancellationToken stop)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme != Uri.UriSchemeHttps)
        {
            return false;
        }

        using var late = new CancellationTokenSource(AuthorityLimits.ExternalCall, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(address.Host, address.Port, either.Token);
            await using var tls = new SslStream(socket.GetStream());
            await tls.AuthenticateAsClientAsync(credentials.ExternalOptions(trust, address.Host), either.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<byte[]> AskAsync(
        IReadOnlyList<string> urls, RootTrust trust, ExternalRequest request, CancellationToken stop)
    {
        NotSignedException? last = null;
        foreach (string url in urls)
        {
            try
            {
                return await AskOneAsync(new Uri(url), trust, request, stop);
            }
            catch (NotSignedException e)
            {
                last = e;
            }
        }

        throw last ?? new NotSignedException("no external CA URLs", mayWorkLater: true);
    }

    private async Task<byte[]> AskOneAsync(Uri url, RootTrust trust, ExternalRequest request, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(AuthorityLimits.ExternalCall, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            SslOptions = credentials.ExternalOptions(trust, url.Host),
        };
        using var http = new HttpClient(handler)
        {
            MaxResponseContentBufferSize = AuthorityLimits.ExternalAnswerBytesMax,
        };
        try
        {
            using var content = new ByteArrayContent(
                JsonSerializer.SerializeToUtf8Bytes(request, ExternalJson.Default.ExternalRequest));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage response = await http.PostAsync(url, content, either.Token);
            byte[] body = await response.Content.ReadAsByteArrayAsync(either.Token);
            return response.StatusCode == HttpStatusCode.OK
                ? Read(body)
                : throw new NotSignedException(
                    $"unexpected status code in CSR response: {(int)response.StatusCode}", mayWorkLater: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw new NotSignedException("unable to perform certificate signing request", mayWorkLater: true, e);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new NotSignedException("unable to perform certificate signing request: timeout", mayWorkLater: true);
        }
    }

    private static byte[] Read(byte[] body)
    {
        ExternalAnswer? answer = JsonSerializer.Deserialize(body, ExternalJson.Default.ExternalAnswer);
        if (answer is not { IsSuccess: true, Result.Certificate: { Length: > 0 } certificate })
        {
            string words = string.Join("; ", (answer?.Errors ?? []).Select(error => $"{error.Code} {error.Message}"));
            throw new NotSignedException(
                words.Length == 0
                    ? "certificate signing request failed"
                    : $"response errors: {words[..Math.Min(words.Length, AuthorityLimits.ExternalWordsMax)]}",
                mayWorkLater: false);
        }

        return Pem.Normalize(Encoding.ASCII.GetBytes(certificate));
    }

    private void Check(byte[] chain, RootTrust trust, ReadOnlyMemory<byte> csr, NodeIdentity identity)
    {
        try
        {
            X509Certificate2[] all = Pem.ReadCertificates(chain);
            bool isAsked = NodeIdentity.Read(all[0]) == identity
                && all[0].PublicKey.ExportSubjectPublicKeyInfo().AsSpan()
                    .SequenceEqual(SigningRequest.Parse(csr.Span).Key.ExportSubjectPublicKeyInfo());
            TrustVerdict verdict = trust.Judge(all[0], all[1..], time.GetUtcNow());
            if (!isAsked || verdict.State != TrustState.Trusted)
            {
                throw new NotSignedException(
                    "the external CA signed something else than it was asked for: "
                        + (isAsked ? verdict.Reason : "another subject or key"),
                    mayWorkLater: false);
            }
        }
        catch (BadCertificateException e)
        {
            throw new NotSignedException(e.Message, mayWorkLater: false, e);
        }
    }
}
