using System.Text.Json;

namespace Skep.Cli.Creation;

/// <summary>--security-opt: a seccomp profile is a file here and its content in the request.</summary>
internal sealed record SecurityFlags(IReadOnlyList<string> Options, bool UnmasksPaths)
{
    /// <exception cref="FormatException">With docker's words.</exception>
    public static SecurityFlags Parse(IReadOnlyList<string> flags)
    {
        var options = new List<string>();
        foreach (string flag in flags.Where(flag => flag != "systempaths=unconfined"))
        {
            int at = flag.IndexOf('=') is >= 0 and int equals ? equals : flag.IndexOf(':');
            string key = at < 0 ? flag : flag[..at];
            string value = at < 0 ? "" : flag[(at + 1)..];
            if (value.Length == 0 && key != "no-new-privileges")
            {
                throw new FormatException($"Invalid --security-opt: \"{flag}\"");
            }

            options.Add(key == "seccomp" && value is not ("builtin" or "unconfined")
                ? "seccomp=" + Compact(value)
                : flag);
        }

        return new SecurityFlags(options, flags.Contains("systempaths=unconfined"));
    }

    private static string Compact(string path)
    {
        try
        {
            using JsonDocument profile = JsonDocument.Parse(File.ReadAllBytes(path));
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                profile.WriteTo(writer);
            }

            return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        }
        catch (IOException)
        {
            throw new FormatException(
                $"opening seccomp profile ({path}) failed: open {path}: no such file or directory");
        }
        catch (JsonException broken)
        {
            throw new FormatException($"compacting json for seccomp profile ({path}) failed: {broken.Message}");
        }
    }
}
