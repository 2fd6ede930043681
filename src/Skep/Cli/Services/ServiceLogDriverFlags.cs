using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>--log-driver and --log-opt: options count only beside a driver, and replace those of before.</summary>
internal sealed class ServiceLogDriverFlags(DockerCommand command)
{
    private readonly Option<string> driver = command.Flag(Flags.Text(
        "log-driver", null, "Logging driver for service"));

    private readonly Option<string[]> options = command.Flag(Flags.List(
        "log-opt", null, "Logging driver options", KeyValues.CheckVariable));

    public SwarmDriver? Apply(Invocation call, SwarmDriver? before) => call.Get(driver) is { Length: > 0 } name
        ? new SwarmDriver { Name = name, Options = Lists.OrNull(KeyValues.Map(call.Get(options))) }
        : before;
}
