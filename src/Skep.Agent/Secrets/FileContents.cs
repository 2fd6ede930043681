using Skep.Docker.Templates;
using Skep.Swarm;
using Skep.Swarm.Objects;
using ContainerSpec = Skep.Swarm.Objects.ContainerSpec;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;

namespace Skep.Agent.Secrets;

/// <summary>What stands in the secrets and configs of one task, templates filled in.</summary>
/// <remarks>A template reaches what its own task refers to, and nothing else that this node has.</remarks>
internal sealed class FileContents(
    SwarmTask task, ContainerSpec container, NodeDescription node, Dependencies dependencies)
{
    private const string Templates = "golang";

    /// <exception cref="RefusedException">It is not there, or its template fails.</exception>
    public Bytes Of(SecretReference reference)
    {
        SecretSpec secret = Find(reference);
        return Fill(secret.Templating, secret.Data, $"failed to expand templated secret {reference.SecretId}");
    }

    /// <exception cref="RefusedException">It is not there, or its template fails.</exception>
    public Bytes Of(ConfigReference reference)
    {
        ConfigSpec config = Find(reference);
        return Fill(config.Templating, config.Data, $"failed to expand templated config {reference.ConfigId}");
    }

    private Bytes Fill(Driver? templating, Bytes content, string what)
    {
        if (templating is null)
        {
            return content;
        }

        if (templating.Name != Templates)
        {
            throw new RefusedException(ErrorKind.Invalid, $"{what}: unrecognized template type");
        }

        try
        {
            return Bytes.Owning(new TaskTemplate(task, node)
                .ExpandContent(content.Span, container, SecretAt, ConfigAt));
        }
        catch (RefusedException e)
        {
            throw new RefusedException(e.Kind, $"{what}: {e.Message}", e);
        }
    }

    private Bytes SecretAt(string target)
    {
        foreach (SecretReference reference in container.Secrets)
        {
            if (reference.Target?.Name == target)
            {
                return Find(reference).Data;
            }
        }

        throw new TemplateException($"secret target {target} not found");
    }

    private Bytes ConfigAt(string target)
    {
        foreach (ConfigReference reference in container.Configs)
        {
            if (reference.Target is FileTarget file && file.Name == target)
            {
                return Find(reference).Data;
            }
        }

        throw new TemplateException($"config target {target} not found");
    }

    private SecretSpec Find(SecretReference reference) => dependencies.FindSecret(reference.SecretId, task)?.Spec
        ?? throw new RefusedException(ErrorKind.Failed, $"secret {reference.SecretName} is not on this node");

    private ConfigSpec Find(ConfigReference reference) => dependencies.FindConfig(reference.ConfigId)?.Spec
        ?? throw new RefusedException(ErrorKind.Failed, $"config {reference.ConfigName} is not on this node");
}
