using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Skep.Agent.Images.Registry;

/// <summary>The HTTP clients of one operation: one for the registry itself, one for wherever it sends us.</summary>
/// <remarks>
/// Neither follows a redirect by itself, keeps a cookie or unpacks an answer. The second one refuses to connect to this
/// machine or to link-local addresses (where clouds keep their credentials), whatever name stands for them: a registry
/// elsewhere has no business there.
/// </remarks>
internal sealed class RegistryHttp : IDisposable
{
    private readonly HttpMessageInvoker own;
    private readonly HttpMessageInvoker elsewhere;

    public RegistryHttp(RegistryEndpoint endpoint, RegistryOptions options)
    {
        own = new HttpMessageInvoker(NewHandler(endpoint, options, mayConnectAnywhere: true));
        elsewhere = new HttpMessageInvoker(NewHandler(endpoint, options, endpoint.IsLocal));
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool isOwn, CancellationToken stop) =>
        (isOwn ? own : elsewhere).SendAsync(request, stop);

    public void Dispose()
    {
        own.Dispose();
        elsewhere.Dispose();
    }

    private static SocketsHttpHandler NewHandler(
        RegistryEndpoint endpoint, RegistryOptions options, bool mayConnectAnywhere)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ImageLimits.ConnectTime,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 64,
        };
        if (!endpoint.IsVerified)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        else if (LoadAuthorities(endpoint, options) is { Count: > 0 } authorities)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                errors == SslPolicyErrors.None
                || (errors == SslPolicyErrors.RemoteCertificateChainErrors
                    && IsSignedBy(authorities, certificate, chain));
        }

        if (LoadOwnCertificates(endpoint, options) is { Count: > 0 } certificates)
        {
            handler.SslOptions.ClientCertificates = certificates;
        }

        if (!mayConnectAnywhere)
        {
            handler.ConnectCallback = ConnectOutsideAsync;
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectOutsideAsync(
        SocketsHttpConnectionContext context, CancellationToken stop)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, stop);

        // A proxy that the administrator has set may well be on this machine; then it is not the peer asked for.
        bool isProxy = context.InitialRequestMessage.RequestUri!.DnsSafeHost != context.DnsEndPoint.Host;
        IPAddress[] allowed = isProxy ? addresses : [.. addresses.Where(address => !IsInside(address))];
        if (allowed.Length == 0)
        {
            throw new HttpRequestException($"a redirect to {context.DnsEndPoint.Host}, which is inside this machine");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static bool IsInside(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(plain) || plain.IsIPv6LinkLocal || plain.Equals(IPAddress.Any)
            || plain.Equals(IPAddress.IPv6Any)
            || (plain.AddressFamily == AddressFamily.InterNetwork && plain.GetAddressBytes() is [169, 254, ..]);
    }

    // Docker's /etc/docker/certs.d/HOST[:PORT]/*.crt
    private static X509Certificate2Collection LoadAuthorities(RegistryEndpoint endpoint, RegistryOptions options)
    {
        var authorities = new X509Certificate2Collection();
        foreach (string file in CertificateFiles(endpoint, options, "*.crt"))
        {
            authorities.ImportFromPemFile(file);
        }

        return authorities;
    }

    // *.cert with the *.key of the same name: what we show to the registry.
    private static X509CertificateCollection LoadOwnCertificates(RegistryEndpoint endpoint, RegistryOptions options)
    {
        var certificates = new X509CertificateCollection();
        foreach (string file in CertificateFiles(endpoint, options, "*.cert"))
        {
            certificates.Add(X509Certificate2.CreateFromPemFile(file, Path.ChangeExtension(file, ".key")));
        }

        return certificates;
    }

    private static string[] CertificateFiles(RegistryEndpoint endpoint, RegistryOptions options, string pattern)
    {
        string directory = Path.Combine(options.CertificatesDirectory, endpoint.Address.Authority);
        return Directory.Exists(directory) ? Directory.GetFiles(directory, pattern) : [];
    }

    private static bool IsSignedBy(
        X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (X509ChainElement element in presented?.ChainElements.AsEnumerable() ?? [])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return certificate is not null && chain.Build(new X509Certificate2(certificate));
    }
}
