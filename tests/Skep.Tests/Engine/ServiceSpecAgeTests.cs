using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Engine.Endpoints;
using Skep.Engine.Routing;

namespace Skep.Tests.Engine;

public class ServiceSpecAgeTests
{
    private const string Newest = """
        {"Labels":null,"TaskTemplate":{"ContainerSpec":{"Privileges":{"CredentialSpec":{"Config":"c","File":"",
        "Registry":""},"SELinuxContext":null,"Seccomp":{"Mode":"default"},"AppArmor":{"Mode":"default"},
        "NoNewPrivileges":true},"Mounts":[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":1,
        "Options":[["exec"]]}}],"Healthcheck":{"Interval":1,"StartInterval":2},
        "Configs":[{"Runtime":{},"ConfigID":"c","ConfigName":""}],"Sysctls":{"a":"b"},"CapabilityAdd":["A"],
        "CapabilityDrop":["B"],"Ulimits":[{"Name":"n","Hard":1,"Soft":1}],"OomScoreAdj":1},
        "Resources":{"Limits":{"MemoryBytes":5,"Pids":6}},"Placement":{"MaxReplicas":7},"ForceUpdate":0},
        "Mode":{"GlobalJob":{}}}
        """;

    private const string Oldest = """
        {"Labels":null,"TaskTemplate":{"ContainerSpec":{"Privileges":{"CredentialSpec":{"Config":"","File":"",
        "Registry":""},"SELinuxContext":null,
        "NoNewPrivileges":false},"Mounts":[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":1}}],
        "Healthcheck":{"Interval":1},
        "Configs":[{"ConfigID":"c","ConfigName":""}]},
        "Resources":{"Limits":{"MemoryBytes":5}},"Placement":{},"ForceUpdate":0},
        "Mode":{}}
        """;

    // What goes at each step down, of the text above.
    [Theory]
    [InlineData(46, "")]
    [InlineData(45, "OomScoreAdj Options")]
    [InlineData(43, "AppArmor OomScoreAdj Options Seccomp StartInterval")]
    [InlineData(
        40,
        "AppArmor CapabilityAdd CapabilityDrop GlobalJob OomScoreAdj Options Pids Seccomp StartInterval Ulimits")]
    [InlineData(
        39,
        "AppArmor CapabilityAdd CapabilityDrop GlobalJob MaxReplicas OomScoreAdj Options Pids Runtime Seccomp "
        + "StartInterval Sysctls Ulimits")]
    public void A_client_is_taken_to_mean_only_what_its_version_can_say(int minor, string gone)
    {
        string adjusted = Adjust(minor);
        string[] names =
        [
            "AppArmor", "CapabilityAdd", "CapabilityDrop", "GlobalJob", "MaxReplicas", "OomScoreAdj", "Options", "Pids",
            "Runtime", "Seccomp", "StartInterval", "Sysctls", "Ulimits",
        ];
        Assert.Equal(
            gone,
            string.Join(' ', names.Where(name => !adjusted.Contains($"\"{name}\"", StringComparison.Ordinal))));
    }

    [Fact]
    public void The_newest_version_says_everything_and_the_oldest_keeps_the_rest()
    {
        Assert.Equal(Newest.ReplaceLineEndings(""), Adjust(47));
        Assert.Equal(Oldest.ReplaceLineEndings(""), Adjust(24));
    }

    private static string Adjust(int minor) => JsonSerializer.Serialize(
        ServiceSpecAge.Adjust(
            JsonSerializer.Deserialize(Newest, EngineJson.Default.ServiceSpec)!, new ApiVersion(1, minor)),
        EngineJson.Default.ServiceSpec);
}
