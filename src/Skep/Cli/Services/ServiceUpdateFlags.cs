using System.CommandLine;
using Skep.Cli.Creation;
using Skep.Cli.Grammar;
using Skep.Cli.Values;

namespace Skep.Cli.Services;

/// <summary>The flags of service update; <c>ServiceUpdateFlags.Spec.cs</c> changes a spec as they ask.</summary>
internal sealed partial class ServiceUpdateFlags(DockerCommand command)
{
    public ServiceFlags Shared { get; } = new(command, isCreation: false);

    public Option<string> Image { get; } = command.Flag(Flags.Text("image", null, "Service image tag"));

    public Option<bool> RollsBack { get; } = command.Flag(Flags.Switch(
        "rollback", null, "Rollback to previous specification"));

    private readonly Option<string[]> args = command.Flag(ShellWords.Flag("args", "Service command args"));

    private readonly Option<bool> force = command.Flag(Flags.Switch(
        "force", null, "Force update even if no changes require it"));

    private readonly ListChange labels = new(command, "label", "Add or update a service label",
        "Remove a label by its key", KeyValues.CheckLabel);

    private readonly ListChange containerLabels = new(command, "container-label",
        "Add or update a container label", "Remove a container label by its key", KeyValues.CheckLabel);

    private readonly ListChange env = new(command, "env", "Add or update an environment variable",
        "Remove an environment variable", KeyValues.CheckVariable);

    private readonly ListChange groups = new(command, "group",
        "Add an additional supplementary user group to the container",
        "Remove a previously added supplementary user group from the container");

    private readonly ListChange mounts = new(command, "mount", "Add or update a mount on a service",
        "Remove a mount by its target path", ServiceValues.CheckMount, addType: "mount");

    private readonly ListChange ports = new(command, "publish", "Add or update a published port",
        "Remove a published port by its target port", ServiceValues.CheckPorts, ServiceValues.CheckPorts,
        addType: "port", removeType: "port");

    private readonly ListChange constraints = new(command, "constraint",
        "Add or update a placement constraint", "Remove a constraint");

    private readonly ListChange preferences = new(command, "placement-pref", "Add a placement preference",
        "Remove a placement preference", PreferenceFlag.Check, PreferenceFlag.Check,
        addType: "pref", removeType: "pref");

    private readonly ListChange networks = new(command, "network", "Add a network", "Remove a network",
        ServiceValues.CheckNetwork, addType: "network");

    private readonly ListChange dns = new(command, "dns", "Add or update a custom DNS server",
        "Remove a custom DNS server", RunFlags.CheckAddress);

    private readonly ListChange dnsOptions = new(
        command, "dns-option", "Add or update a DNS option", "Remove a DNS option");

    private readonly ListChange dnsSearch = new(command, "dns-search", "Add or update a custom DNS search domain",
        "Remove a DNS search domain", ServiceValues.CheckDomain);

    private readonly ListChange hosts = new(command, "host", "Add a custom host-to-IP mapping (\"host:ip\")",
        "Remove a custom host-to-IP mapping (\"host:ip\")", RunFlags.CheckExtraHost);

    private readonly ListChange secrets = new(command, "secret", "Add or update a secret on a service",
        "Remove a secret", text => FileUseFlag.Check(text, "secret"), addType: "secret");

    private readonly ListChange configs = new(command, "config", "Add or update a config file on a service",
        "Remove a configuration file", text => FileUseFlag.Check(text, "config"), addType: "config");

    private readonly ListChange sysctls = new(
        command, "sysctl", "Add or update a Sysctl option", "Remove a Sysctl option");

    private readonly ListChange ulimits = new(command, "ulimit", "Add or update a ulimit option",
        "Remove a ulimit option", ServiceValues.CheckUlimit, addType: "ulimit");

    private readonly ListChange genericResources = new(command, "generic-resource", "Add a Generic resource",
        "Remove a Generic resource", GenericResourceFlag.Check);

    /// <summary>Of all flags only those may stand beside --rollback that do not ask for another change.</summary>
    public bool AsksForChange(Invocation call) => call.Command.Options.Any(option =>
        call.Has(option) && option != RollsBack && !Shared.Waiting.Includes(option));
}
