using System.CommandLine;
using Skep.Cli.Creation;
using Skep.Cli.Grammar;
using Skep.Cli.Values;

namespace Skep.Cli.Services;

/// <summary>The flags of service create; <c>ServiceCreateFlags.Spec.cs</c> turns them into the request.</summary>
internal sealed partial class ServiceCreateFlags(DockerCommand command)
{
    public ServiceFlags Shared { get; } = new(command, isCreation: true);

    private readonly Option<string> name = command.Flag(Flags.Text("name", null, "Service name"));

    private readonly Option<string> mode = command.Flag(Flags.Text("mode", null,
        "Service mode (\"replicated\", \"global\", \"replicated-job\", \"global-job\")", "replicated"));

    private readonly Option<string[]> label = command.Flag(Flags.List(
        "label", 'l', "Service labels", KeyValues.CheckLabel));

    private readonly Option<string[]> containerLabel = command.Flag(Flags.List(
        "container-label", null, "Container labels", KeyValues.CheckLabel));

    private readonly Option<string[]> env = command.Flag(Flags.List(
        "env", 'e', "Set environment variables", KeyValues.CheckVariable));

    private readonly Option<string[]> envFile = command.Flag(Flags.List(
        "env-file", null, "Read in a file of environment variables"));

    private readonly Option<string[]> mount = command.Flag(Flags.List(
        "mount", null, "Attach a filesystem mount to the service", ServiceValues.CheckMount, "mount"));

    private readonly Option<string[]> constraint = command.Flag(Flags.List(
        "constraint", null, "Placement constraints"));

    private readonly Option<string[]> preference = command.Flag(PreferenceFlag.Make(
        "placement-pref", "Add a placement preference"));

    private readonly Option<string[]> network = command.Flag(Flags.List(
        "network", null, "Network attachments", ServiceValues.CheckNetwork, "network"));

    private readonly Option<string[]> secret = command.Flag(FileUseFlag.Make(
        "secret", "secret", "Specify secrets to expose to the service"));

    private readonly Option<string[]> config = command.Flag(FileUseFlag.Make(
        "config", "config", "Specify configurations to expose to the service"));

    private readonly Option<string[]> publish = command.Flag(PublishFlag.Make(
        "publish", 'p', "Publish a port as a node port"));

    private readonly Option<string[]> group = command.Flag(Flags.List(
        "group", null, "Set one or more supplementary user groups for the container"));

    private readonly Option<string[]> dns = command.Flag(Flags.List(
        "dns", null, "Set custom DNS servers", RunFlags.CheckAddress));

    private readonly Option<string[]> dnsOption = command.Flag(Flags.List("dns-option", null, "Set DNS options"));

    private readonly Option<string[]> dnsSearch = command.Flag(Flags.List(
        "dns-search", null, "Set custom DNS search domains", ServiceValues.CheckDomain));

    private readonly Option<string[]> host = command.Flag(Flags.List("host", null,
        "Set one or more custom host-to-IP mappings (host:ip)", RunFlags.CheckExtraHost));

    private readonly Option<string[]> sysctl = command.Flag(Flags.List("sysctl", null, "Sysctl options"));

    private readonly Option<string[]> ulimit = command.Flag(Flags.List(
        "ulimit", null, "Ulimit options", ServiceValues.CheckUlimit, "ulimit"));

    private readonly Option<string[]> genericResource = command.Flag(GenericResourceFlag.Make(
        "generic-resource", "User defined resources"));
}
