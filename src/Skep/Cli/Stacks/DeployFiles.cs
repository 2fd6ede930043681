using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Docker.Engine;
using Skep.Docker.Stacks;

namespace Skep.Cli.Stacks;

/// <summary>The secrets, or the configs, of a deployment: each content is an object of its own.</summary>
/// <param name="kind">Secrets or configs.</param>
/// <param name="used">What services use: the rest is not looked for when somebody else should have created it.</param>
internal sealed class DeployFiles(Invocation call, DeployLog log, StackObjects kind, IReadOnlySet<string> used)
{
    private readonly Dictionary<string, JsonElement> there = new(StringComparer.Ordinal);

    /// <summary>Creates what is not there.</summary>
    public async Task<StackFileIds> ApplyAsync(IReadOnlyList<StackFile> files, CancellationToken stop)
    {
        var ids = new Dictionary<string, StackFileId>();
        if (files.Count == 0)
        {
            return new StackFileIds(ids);
        }

        foreach (JsonElement one in (await call.Engine.GetAsync($"/{kind.Word}s", stop)).Items())
        {
            there[kind.Name(one)] = one;
        }

        foreach (StackFile file in files.Where(file => !file.IsExternal || used.Contains(file.Key)))
        {
            ids[file.Key] = file.IsExternal ? External(file) : await OwnAsync(file, stop);
        }

        return new StackFileIds(ids);
    }

    private StackFileId External(StackFile file) => there.TryGetValue(file.Name, out JsonElement one)
        ? new StackFileId(file.Name, kind.Id(one))
        : throw new CommandFailedException($"{kind.Word} not found: {file.Name}");

    // The plain name is for the first content. Later ones have names that tell them apart, and an object that was
    // made for this very content before is used again.
    private async Task<StackFileId> OwnAsync(StackFile file, CancellationToken stop)
    {
        bool isTaken = there.TryGetValue(file.Name, out JsonElement plain);
        if (isTaken && await HasContentAsync(plain, file, stop))
        {
            return await KeepAsync(plain, file, stop);
        }

        string prefix = ContentName.Prefix(file);
        if (!isTaken && !there.Keys.Any(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            return await CreateAsync(file, file.Name, stop);
        }

        string name = kind == StackObjects.Secrets ? ContentName.OfSecret(file) : ContentName.OfConfig(file);
        if (!there.TryGetValue(name, out JsonElement made))
        {
            return await CreateAsync(file, isTaken ? name : file.Name, stop);
        }

        return await HasContentAsync(made, file, stop)
            ? await KeepAsync(made, file, stop)
            : throw new CommandFailedException(
                $"{kind.Word} {name} has other content than its name says: remove it and deploy again");
    }

    private async Task<StackFileId> CreateAsync(StackFile file, string name, CancellationToken stop)
    {
        log.Creating(kind.Word, name, Fields(file, name));
        if (log.IsDry)
        {
            return new StackFileId(name, "");
        }

        try
        {
            return new StackFileId(name, (await PostAsync($"/{kind.Word}s/create", file, name, stop)).Text("ID"));
        }
        catch (CommandFailedException refused) when (refused.Status is not null)
        {
            throw new CommandFailedException($"failed to create {kind.Word} {name}: {refused.Message}");
        }
    }

    // Labels are all that can be changed.
    private async Task<StackFileId> KeepAsync(JsonElement one, StackFile file, CancellationToken stop)
    {
        string name = kind.Name(one);
        string id = kind.Id(one);
        IReadOnlyDictionary<string, string> labels = one.Member("Spec").Map("Labels");
        IReadOnlyList<FieldChange> changes = FieldChange.OfMaps("Labels", labels, file.Labels);
        if (changes.Count == 0)
        {
            return new StackFileId(name, id);
        }

        if (log.IsDry)
        {
            log.Updating(kind.Word, name, id, changes);
            return new StackFileId(name, id);
        }

        string version = one.Member("Version").Number("Index").ToString(CultureInfo.InvariantCulture);
        try
        {
            await PostAsync($"/{kind.Word}s/{Query.Escape(id)}/update?version={version}", file, name, stop);
        }
        catch (CommandFailedException refused) when (refused.Status is not null)
        {
            throw new CommandFailedException($"failed to update {kind.Word} {name}: {refused.Message}");
        }

        return new StackFileId(name, id);
    }

    private async Task<bool> HasContentAsync(JsonElement one, StackFile file, CancellationToken stop)
    {
        JsonElement spec = one.Member("Spec");
        JsonElement driver = spec.Member("Driver");
        IReadOnlyDictionary<string, string> options = file.Driver?.Options ?? new Dictionary<string, string>();
        if (spec.Member("Templating").Text("Name") != (file.Templating?.Name ?? "")
            || driver.Text("Name") != (file.Driver?.Name ?? "")
            || FieldChange.OfMaps("Driver.Options", driver.Map("Options"), options).Count > 0)
        {
            return false;
        }

        return kind == StackObjects.Configs
            ? spec.Member("Data").ValueKind == JsonValueKind.String
                && spec.Member("Data").GetBytesFromBase64().AsSpan().SequenceEqual(file.Data)
            : file.Data is null || await IsValueAsync(one, file.Data, stop);
    }

    /// <summary>
    /// Whether a secret, which nobody can read, has this value: an update that gives another one is refused for that
    /// before its version is looked at. Version 0 is never the right one, so that nothing is changed either way.
    /// </summary>
    private async Task<bool> IsValueAsync(JsonElement secret, byte[] value, CancellationToken stop)
    {
        var spec = new SecretSpec
        {
            Name = kind.Name(secret),
            Labels = secret.Member("Spec").Map("Labels"),
            Data = value,
        };
        try
        {
            await call.Engine.PostAsync($"/secrets/{Query.Escape(kind.Id(secret))}/update?version=0", spec,
                EngineJson.Default.SecretSpec, stop);
            return true;
        }
        catch (CommandFailedException refused) when (refused.Message.Contains("only updates to Labels are allowed"))
        {
            return false;
        }
        catch (CommandFailedException refused) when (refused.Message.Contains("update out of sequence"))
        {
            return true;
        }
    }

    private Task<JsonElement> PostAsync(string path, StackFile file, string name, CancellationToken stop) =>
        kind == StackObjects.Secrets
            ? call.Engine.PostAsync(path, file.ToSecret(name), EngineJson.Default.SecretSpec, stop)
            : call.Engine.PostAsync(path, file.ToConfig(name), EngineJson.Default.ConfigSpec, stop);

    // Never the content, only how much there is of it.
    private static IEnumerable<FieldChange> Fields(StackFile file, string name)
    {
        yield return new FieldChange("Data", null, $"{file.Data?.Length ?? 0} bytes");
        foreach (FieldChange label in FieldChange.OfMaps("Labels", new Dictionary<string, string>(), file.Labels))
        {
            yield return label;
        }

        if (name != file.Name)
        {
            yield return new FieldChange("Name", file.Name, name);
        }
    }
}
