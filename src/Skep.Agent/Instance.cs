using System.Security.Cryptography;
using System.Text;

namespace Skep.Agent;

/// <summary>One daemon on this machine: where its files are, and the mark that everything it makes carries.</summary>
/// <remarks>Several instances run side by side; what carries another instance's mark is never touched.</remarks>
public sealed record Instance
{
    public Instance(string dataRoot, string execRoot)
    {
        DataRoot = Path.GetFullPath(dataRoot);
        ExecRoot = Path.GetFullPath(execRoot);
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DataRoot)))[..6];
    }

    /// <summary>Six hexadecimal digits, made from the data root's path: the same after every restart.</summary>
    public string Id { get; }

    /// <summary>What must survive a reboot: images, containers, volumes, networks.</summary>
    public string DataRoot { get; }

    /// <summary>What a reboot ends: sockets, pipes, namespaces, process ids.</summary>
    public string ExecRoot { get; }

    /// <summary>containerd's namespace, nftables' table and the default cgroup parent have this name.</summary>
    public string Name => "skep-" + Id;
}
