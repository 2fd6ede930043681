using System.Security.Cryptography;
using System.Text;

namespace Skep.Cli.Swarm;

/// <summary>Files that hold a certificate or a key, read when the flag is read.</summary>
internal static class PemFile
{
    /// <returns>The file's text.</returns>
    /// <exception cref="FormatException">With docker's words.</exception>
    public static string Read(string path) =>
        Text(path) is var text && IsPem(text)
            ? text
            : throw new FormatException("file contents must be in PEM format");

    /// <exception cref="FormatException">With docker's words.</exception>
    public static string Text(string path)
    {
        try
        {
            using FileStream file = LocalFiles.OpenRead(path);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (CommandFailedException missing)
        {
            throw new FormatException(missing.Message, missing);
        }
    }

    public static bool IsPem(string text) => PemEncoding.TryFind(text, out _);
}
