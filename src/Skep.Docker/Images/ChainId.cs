using System.Security.Cryptography;
using System.Text;

namespace Skep.Docker.Images;

/// <summary>The name of a stack of layers (image-spec, config.md): each depends on all below it.</summary>
public static class ChainId
{
    /// <summary>One id for each layer, lowest first; the last stands for the whole root.</summary>
    public static IReadOnlyList<string> All(IReadOnlyList<string> diffIds)
    {
        var chain = new string[diffIds.Count];
        for (int i = 0; i < chain.Length; i++)
        {
            chain[i] = i == 0
                ? diffIds[0]
                : "sha256:" + Convert.ToHexStringLower(
                    SHA256.HashData(Encoding.ASCII.GetBytes(chain[i - 1] + " " + diffIds[i])));
        }

        return chain;
    }
}
