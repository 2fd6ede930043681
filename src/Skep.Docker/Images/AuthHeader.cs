using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Images;

/// <summary>
/// The header X-Registry-Auth: credentials as JSON in base64, with the URL alphabet or the plain one.
/// </summary>
public static class AuthHeader
{
    /// <returns>null: no header, or one without credentials.</returns>
    /// <exception cref="RefusedException">The header cannot be read. The message says nothing of what it
    /// holds.</exception>
    public static AuthConfig? Parse(string? header)
    {
        if (string.IsNullOrWhiteSpace(header))
        {
            return null;
        }

        try
        {
            string plain = header.Trim().TrimEnd('=').Replace('-', '+').Replace('_', '/');
            byte[] json = Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='));
            return JsonSerializer.Deserialize(json, EngineJson.Default.AuthConfig);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new RefusedException(ErrorKind.Invalid, "invalid X-Registry-Auth header");
        }
    }
}
