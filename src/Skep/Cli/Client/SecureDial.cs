using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Skep.Cli.Client;

/// <summary>TLS to a daemon; what is wrong with a certificate is told with whose it is and what would help.</summary>
internal static class SecureDial
{
    private const string Wanted = "name the authority with --tlscacert, or its folder with DOCKER_CERT_PATH";

    /// <exception cref="AuthenticationException">With words for the user.</exception>
    public static async Task<SslStream> OverAsync(
        Stream stream, string host, TlsFiles files, CancellationToken stop)
    {
        string? complaint = null;
        X509ChainPolicy policy = PolicyOf(files, out X509Certificate2Collection authorities);
        var secure = new SslStream(stream);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                complaint = files.Verifies && errors != SslPolicyErrors.None
                    ? Complaint(certificate as X509Certificate2, errors, host, files.Authority, authorities) : null;
                return complaint is null;
            },
        };
        if (OwnCertificate(files) is { } own)
        {
            options.ClientCertificates = [own];
        }

        try
        {
            await secure.AuthenticateAsClientAsync(options, stop);
            return secure;
        }
        catch (AuthenticationException refused) when (complaint is not null)
        {
            throw new AuthenticationException(complaint, refused);
        }
        catch (AuthenticationException garbled) when (garbled.InnerException is null)
        {
            throw new AuthenticationException($"no TLS is spoken there ({garbled.Message})", garbled);
        }
    }

    /// <summary>Why a daemon may have closed a connection before it answered anything on it.</summary>
    /// <param name="files">null: no TLS was spoken.</param>
    /// <param name="now">A certificate that is over by then is named.</param>
    public static string WhyClosed(TlsFiles? files, DateTimeOffset now)
    {
        const string closed = "the connection was closed before an answer came: ";
        if (files is null)
        {
            return closed + "if the daemon wants TLS, use --tlsverify or DOCKER_TLS_VERIFY=1";
        }

        if (files.Certificate is null)
        {
            return closed + "the daemon may want a client certificate, and none was found: --tlscert and --tlskey, "
                + "or cert.pem and key.pem in the folder of DOCKER_CERT_PATH";
        }

        using X509Certificate2 own = OwnCertificate(files)!;
        return now > own.NotAfter
            ? closed + $"the client certificate {files.Certificate} has expired ({Moment(own.NotAfter)})"
            : closed + $"the daemon may not accept the client certificate {files.Certificate}, "
                + $"which was signed by {own.Issuer}";
    }

    private static X509ChainPolicy PolicyOf(TlsFiles files, out X509Certificate2Collection authorities)
    {
        authorities = [];
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (files.Verifies && files.Authority is not null)
        {
            try
            {
                authorities.ImportFromPemFile(files.Authority);
            }
            catch (CryptographicException)
            {
                authorities.Clear();
            }

            if (authorities.Count == 0)
            {
                throw new AuthenticationException($"{files.Authority} holds no certificate of an authority");
            }

            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return policy;
    }

    private static X509Certificate2? OwnCertificate(TlsFiles files)
    {
        if (files.Certificate is null || files.Key is null)
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        }
        catch (Exception misfit) when (misfit is CryptographicException or ArgumentException)
        {
            throw new AuthenticationException(
                $"{files.Certificate} and {files.Key} are no certificate with its key: {misfit.Message}", misfit);
        }
    }

    private static string Complaint(
        X509Certificate2? met, SslPolicyErrors errors, string host, string? authority,
        X509Certificate2Collection authorities)
    {
        if (met is null)
        {
            return "the daemon shows no certificate";
        }

        if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
        {
            string names = string.Join(", ", Names(met));
            return $"the daemon's certificate is for {(names.Length > 0 ? names : met.Subject)}, not for {host}";
        }

        // The daemon's own lifetime is looked at first: a new authority would not help then.
        DateTime now = TimeProvider.System.GetLocalNow().DateTime;
        if (now > met.NotAfter || now < met.NotBefore)
        {
            return now > met.NotAfter
                ? $"the daemon's certificate has expired ({Moment(met.NotAfter)}): it needs a new one"
                : $"the daemon's certificate is valid only from {Moment(met.NotBefore)} on: is the clock here right?";
        }

        string where = authority is null ? "that this machine trusts" : $"in {authority}";
        X509Certificate2? old = authorities.FirstOrDefault(one => now > one.NotAfter);
        return old is not null
            ? $"the authority {old.Subject} in {authority} has expired ({Moment(old.NotAfter)})"
            : $"the daemon's certificate was signed by {met.Issuer}, which is no authority {where}: {Wanted}";
    }

    private static IEnumerable<string> Names(X509Certificate2 certificate) => certificate.Extensions
        .OfType<X509SubjectAlternativeNameExtension>()
        .SelectMany(names => names.EnumerateDnsNames().Concat(
            names.EnumerateIPAddresses().Select(address => address.ToString())));

    private static string Moment(DateTime local) => local.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ");
}
