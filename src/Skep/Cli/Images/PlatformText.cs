using System.Text;
using System.Text.Json;

namespace Skep.Cli.Images;

/// <summary>"os/arch/variant" as the Engine API wants it in a query: a JSON object.</summary>
internal static class PlatformText
{
    /// <summary>What --platform is where it is not given: "", or what the user set for all commands.</summary>
    public static string Usual => Environment.GetEnvironmentVariable("DOCKER_DEFAULT_PLATFORM") ?? "";

    public static string Json(string platform)
    {
        string[] parts = platform.ToLowerInvariant().Split('/');
        if (parts.Length is < 2 or > 3 || parts.Any(part => part.Length == 0))
        {
            throw new CommandFailedException(
                $"Invalid platform {platform}: it is written os/arch or os/arch/variant, as linux/arm64");
        }

        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("architecture", parts[1]);
            writer.WriteString("os", parts[0]);
            if (parts.Length > 2)
            {
                writer.WriteString("variant", parts[2]);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
