using System.Security.Cryptography;
using System.Text;

namespace Skep.Docker.Stacks;

/// <summary>
/// Names for what cannot change: the content of a secret or a config is fixed for good, so that new content gets a
/// new object, whose name tells the content.
/// </summary>
/// <remarks>
/// The first content has the plain name, as with Docker's own command line, which goes on to work with the stack. The
/// name of a secret's later content must not help to guess it: it costs as much to try as a stored password.
/// docs/decisions/0013-changed-secrets-get-new-names.md tells more.
/// </remarks>
public static class ContentName
{
    /// <summary>Characters of a name that SwarmKit allows.</summary>
    private const int NameLength = 64;

    /// <summary>Five bytes: two contents of one secret meet once in a million million.</summary>
    private const int HashBytes = 5;

    /// <summary>Of PBKDF2 with SHA-256, near a tenth of a second.</summary>
    private const int SecretRounds = 200_000;

    public static string OfConfig(StackFile file) => Join(file, SHA256.HashData(Content(file)));

    public static string OfSecret(StackFile file) => Join(file, Rfc2898DeriveBytes.Pbkdf2(
        Content(file), Encoding.UTF8.GetBytes(file.Name), SecretRounds, HashAlgorithmName.SHA256, HashBytes));

    /// <summary>The beginning of the names of all later contents.</summary>
    public static string Prefix(StackFile file)
    {
        int room = NameLength - (2 * HashBytes) - 1;
        return (file.Name.Length > room ? file.Name[..room] : file.Name) + "_";
    }

    private static string Join(StackFile file, byte[] hash) =>
        Prefix(file) + Convert.ToHexStringLower(hash.AsSpan(0, HashBytes));

    // What is in the file, and what becomes of it: a template is other content than its text.
    private static byte[] Content(StackFile file) =>
    [
        .. file.Data ?? [],
        .. Encoding.UTF8.GetBytes($"\0{file.Driver?.Name}\0{file.Templating?.Name}"),
        .. Encoding.UTF8.GetBytes(string.Concat(
            (file.Driver?.Options ?? new Dictionary<string, string>())
                .OrderBy(option => option.Key, StringComparer.Ordinal)
                .Select(option => $"\0{option.Key}={option.Value}"))),
    ];
}
