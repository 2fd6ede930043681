using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Docker.Stacks;

namespace Skep.Tests.Stacks;

/// <summary>Small compose projects of a stack that is called app.</summary>
internal static class Composed
{
    public static readonly StackScope Scope = new("app");

    public static readonly ComposePlace Place = new("stack.yml", 7);

    public static ComposeService Web => new() { Name = "web", Image = "web:1", Place = Place };

    /// <summary>The spec of the one service of a project, whose secrets and configs have ids like "id-NAME".</summary>
    public static ServiceSpec SpecOf(ComposeService service) => SpecOf(new ComposeProject { Services = [service] });

    public static ServiceSpec SpecOf(ComposeProject project) =>
        Assert.Single(new StackServices(Scope, project, Ids(project.Secrets), Ids(project.Configs)).Specs());

    public static string Refusal(ComposeService service) => Refusal(new ComposeProject { Services = [service] });

    public static string Refusal(ComposeProject project) =>
        Assert.Throws<ComposeException>(() => SpecOf(project)).Message;

    private static StackFileIds Ids(IEnumerable<ComposeFileObject> objects) => new(StackFile
        .Of(Scope, objects, _ => [1])
        .ToDictionary(file => file.Key, file => new StackFileId(file.Name, $"id-{file.Name}")));
}
