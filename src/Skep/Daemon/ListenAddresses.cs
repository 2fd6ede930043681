using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Skep.Daemon.Options;
using Skep.Engine.Connections;
using Skep.Linux.Sockets;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>Makes of the options the addresses that the API is served on, with their group and certificates.</summary>
internal static class ListenAddresses
{
    private const string UsualGroup = "docker";

    public static IReadOnlyList<EngineAddress> Of(DaemonOptions options)
    {
        if (options.SocketGroup is { } group && GroupFile.Find(group) is null)
        {
            throw new RefusedException(ErrorKind.Invalid, $"--group: there is no group {group} on this machine");
        }

        TlsSettings? tls = options.Tls is { } files ? Load(files) : null;
        return
        [
            .. options.Hosts.Select(host => host.UnixPath is { } path
                ? EngineAddress.Unix(path, options.SocketGroup ?? UsualGroup)
                : EngineAddress.Tcp(new IPEndPoint(host.Address!, host.Port), tls)),
        ];
    }

    /// <summary>Makes the directories of the sockets: the kernel does not.</summary>
    public static void CreateDirectories(DaemonOptions options)
    {
        foreach (HostAddress host in options.Hosts)
        {
            if (Path.GetDirectoryName(host.UnixPath) is { Length: > 0 } directory)
            {
                Directory.CreateDirectory(directory);
            }
        }
    }

    private static TlsSettings Load(TlsFiles files)
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

            // The file may hold the whole chain: ours comes first, what signed it follows.
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(files.Certificate);
            return new TlsSettings
            {
                Certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key),
                Intermediates = [.. chain.Skip(1)],
                ClientAuthorities = authorities,
            };
        }
        catch (CryptographicException e)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                $"could not read the certificates {files.Authority}, {files.Certificate}, {files.Key}: {e.Message}");
        }
    }
}
