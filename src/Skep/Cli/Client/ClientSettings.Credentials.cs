using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skep.Docker.Engine;

namespace Skep.Cli.Client;

/// <summary>Credentials: in the file itself, or with the programs that it names for keeping them.</summary>
internal sealed partial class ClientSettings
{
    /// <summary>The credentials of a registry; empty without any.</summary>
    /// <exception cref="CommandFailedException">The program that keeps them failed.</exception>
    public AuthConfig Credentials(string registry)
    {
        string name = NameOf(registry);
        return HelperOf(name) is { } helper ? helper.Get(name) : FileCredentials(registry);
    }

    /// <summary>Those in the file alone: nothing is started to find them.</summary>
    public AuthConfig FileCredentials(string registry)
    {
        string name = NameOf(registry);
        JsonElement auths = root.Member("auths");
        JsonElement entry = auths.Member(name);
        if (entry.ValueKind != JsonValueKind.Object)
        {
            // Old files have an address instead of a host name.
            entry = auths.Members().FirstOrDefault(member => RegistryAuth.HostOf(member.Name) == registry).Value;
        }

        return entry.ValueKind == JsonValueKind.Object
            ? Decode(entry) with { ServerAddress = name }
            : new AuthConfig();
    }

    /// <summary>Keeps credentials under their server's address.</summary>
    /// <returns>True: a password now stands in the file for everybody who can read it.</returns>
    public bool SaveCredentials(AuthConfig credentials)
    {
        string name = credentials.ServerAddress!;
        CredentialProgram? named = HelperOf(name);
        CredentialProgram? found = named is null && IsUntouched ? CredentialProgram.Detect() : null;
        CredentialProgram? helper = named ?? found;
        helper?.Store(credentials);
        AuthConfig kept = helper is null ? credentials : new AuthConfig();
        JsonObject entry = Encode(kept);
        if (helper is null && root.Member("auths").Member(name) is { ValueKind: JsonValueKind.Object } known
            && JsonNode.DeepEquals(JsonObject.Create(known), entry))
        {
            // The user has been told before where it stands.
            return false;
        }

        Change(settings =>
        {
            if (found is not null)
            {
                settings["credsStore"] = found.Name;
            }

            settings["auths"]!.AsObject()[name] = entry;
        });
        return helper is null && kept.Password is { Length: > 0 };
    }

    public void RemoveCredentials(string name)
    {
        HelperOf(name)?.Erase(name);
        if (root.Member("auths").Has(name))
        {
            Change(settings => settings["auths"]!.AsObject().Remove(name));
        }
    }

    // As docker: who has kept nothing yet, but has one of the common programs, gets that one.
    private bool IsUntouched =>
        !root.Member("credHelpers").Members().Any() && !root.Member("auths").Members().Any();

    private static string NameOf(string registry) =>
        registry is "docker.io" or "index.docker.io" ? RegistryAuth.HubKey : registry;

    private CredentialProgram? HelperOf(string name)
    {
        JsonElement helpers = root.Member("credHelpers");
        string chosen = helpers.Has(name) ? helpers.Text(name) : root.Text("credsStore");
        return chosen.Length > 0 ? new CredentialProgram(chosen) : null;
    }

    private static JsonObject Encode(AuthConfig credentials)
    {
        var entry = new JsonObject();
        if (credentials.Username is { Length: > 0 } || credentials.Password is { Length: > 0 })
        {
            bool hasToken = credentials.IdentityToken is { Length: > 0 };
            string pair = $"{credentials.Username}:{(hasToken ? "" : credentials.Password)}";
            entry["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
        }

        if (credentials.IdentityToken is { Length: > 0 } token)
        {
            entry["identitytoken"] = token;
        }

        return entry;
    }

    private static AuthConfig Decode(JsonElement entry)
    {
        string auth = entry.Text("auth");
        byte[] buffer = new byte[auth.Length];
        string pair = Convert.TryFromBase64String(auth, buffer, out int length)
            ? Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\0') : "";
        int colon = pair.IndexOf(':');
        string token = entry.Text("identitytoken");
        return new AuthConfig
        {
            Username = colon >= 0 ? pair[..colon] : entry.Text("username"),
            Password = token.Length > 0 ? null : colon >= 0 ? pair[(colon + 1)..] : entry.Text("password"),
            IdentityToken = token.Length > 0 ? token : null,
            RegistryToken = entry.Text("registrytoken") is { Length: > 0 } registryToken ? registryToken : null,
        };
    }
}
