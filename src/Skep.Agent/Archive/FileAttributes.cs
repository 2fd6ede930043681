using Skep.Linux.Files;

namespace Skep.Agent.Archive;

/// <summary>Which extended attributes travel in an archive.</summary>
/// <remarks>
/// File capabilities, access lists and what users set. "trusted" belongs to the file system (an overlay keeps its
/// redirects there), other "security" to this machine's policy.
/// </remarks>
internal static class FileAttributes
{
    public static bool Travels(string name) =>
        name.StartsWith("user.", StringComparison.Ordinal)
        || name is "security.capability" or "system.posix_acl_access" or "system.posix_acl_default";

    public static IReadOnlyDictionary<string, byte[]> Of(FileObject file, FileKind kind)
    {
        var attributes = new Dictionary<string, byte[]>();
        if (kind is FileKind.Regular or FileKind.Directory)
        {
            foreach (string name in file.ListAttributes().Where(Travels))
            {
                if (file.GetAttribute(name) is { } value)
                {
                    attributes[name] = value;
                }
            }
        }

        return attributes;
    }
}
