using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Skep.Daemon.Options;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>The API's own certificate with its key, and the authorities whose clients it lets in.</summary>
public sealed class TlsCertificates : IDisposable
{
    private readonly X509Certificate2Collection authorities;

    private TlsCertificates(X509Certificate2 server, X509Certificate2Collection authorities)
    {
        Server = server;
        this.authorities = authorities;
    }

    public X509Certificate2 Server { get; }

    public static TlsCertificates Load(TlsFiles files)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(files.Authority);
            if (authorities.Count == 0)
            {
                throw new RefusedException(
                    ErrorKind.Invalid, $"--tlscacert: there is no certificate in {files.Authority}");
            }

            return new TlsCertificates(
                X509Certificate2.CreateFromPemFile(files.Certificate, files.Key), authorities);
        }
        catch (CryptographicException e)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                $"could not read the certificates {files.Authority}, {files.Certificate}, {files.Key}: {e.Message}");
        }
    }

    /// <summary>Whether one of the authorities signed the certificate, for clients, and it is valid now.</summary>
    public bool Accepts(X509Certificate2 client)
    {
        const string clientAuthentication = "1.3.6.1.5.5.7.3.2";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(clientAuthentication));
        return chain.Build(client);
    }

    public void Dispose()
    {
        Server.Dispose();
        foreach (X509Certificate2 authority in authorities)
        {
            authority.Dispose();
        }
    }
}
