using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Docker.Compose;

namespace Skep.Cli.Stacks;

/// <summary>docker stack deploy.</summary>
internal sealed class StackDeployCommand
{
    private readonly ComposeInput input;
    private readonly Option<bool> detach;
    private readonly Option<bool> dryRun;
    private readonly Option<bool> prune;
    private readonly Option<bool> quiet;
    private readonly Option<string> resolve;
    private readonly Option<bool> registryAuth;

    private StackDeployCommand(DockerCommand command)
    {
        input = new ComposeInput(command);
        detach = command.Flag(Flags.Switch("detach", 'd',
            "Exit immediately instead of waiting for the stack services to converge", initial: true));
        dryRun = command.Flag(Flags.Switch("dry-run", null,
            "Show what would be created, changed and removed, field by field, and change nothing"));
        prune = command.Flag(Flags.Switch("prune", null,
            "Prune services, networks, secrets and configs that are no longer referenced"));
        quiet = command.Flag(Flags.Switch("quiet", 'q', "Suppress progress output"));
        resolve = command.Flag(Flags.Text("resolve-image", null, "Query the registry to resolve image digest and "
            + "supported platforms (\"always\", \"changed\", \"never\")", "always"));
        registryAuth = command.Flag(Flags.Switch(
            "with-registry-auth", null, "Send registry authentication details to Swarm agents"));
    }

    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "deploy", "[OPTIONS] STACK", "Deploy a new stack or update an existing stack")
        {
            Count = WordCount.Exactly(1),
            SpelledAliases = ["stack deploy", "stack up"],
        };
        return command.Named("up").Does(new StackDeployCommand(command).RunAsync);
    }

    private async Task<int> RunAsync(Invocation call, CancellationToken stop)
    {
        StackNames.Check(call.Words);
        ComposeProject project = input.Load(call, skipsInterpolation: false);
        var wishes = new DeployWishes
        {
            Resolving = Resolving(call.Get(resolve)),
            SendsCredentials = call.Get(registryAuth),
            Prunes = call.Get(prune),
        };
        var log = new DeployLog(call.Console, call.Get(dryRun));
        foreach (string file in project.VariableFiles)
        {
            log.Warn($"variables are read from {file}");
        }

        foreach (ComposeWarning warning in project.Warnings)
        {
            log.Warn($"warning: {warning}");
        }

        if (call.Get(detach) && !call.Has(detach) && !log.IsDry)
        {
            log.Warn("Since --detach=false was not specified, tasks will be created in the background.\n"
                + "In a future release, --detach=false will become the default.");
        }

        var deployment = new StackDeployment(call, log, wishes, project);
        IReadOnlyList<string> services = await deployment.RunAsync(stop);
        if (!call.Get(detach))
        {
            await deployment.WaitAsync(services, isShown: !call.Get(quiet), stop);
        }

        deployment.Finish();

        return 0;
    }

    private static ImageResolving Resolving(string word) => word switch
    {
        "always" => ImageResolving.Always,
        "changed" => ImageResolving.Changed,
        "never" => ImageResolving.Never,
        _ => throw new CommandFailedException($"Invalid option {word} for flag --resolve-image"),
    };
}
