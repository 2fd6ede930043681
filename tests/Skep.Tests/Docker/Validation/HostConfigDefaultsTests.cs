using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Validation;

namespace Skep.Tests.Docker.Validation;

public class HostConfigDefaultsTests
{
    [Fact]
    public void An_empty_request_is_shown_as_docker_shows_it()
    {
        HostConfig host = HostConfigDefaults.Apply(new HostConfig(), TestKernel.Full, DaemonDefaults.Docker);

        string json = JsonSerializer.Serialize(
            new CreateContainerRequest { HostConfig = host }, EngineJson.Default.CreateContainerRequest);
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement shown = document.RootElement.GetProperty("HostConfig");
        var expected = new Dictionary<string, string>
        {
            ["ShmSize"] = "67108864",
            ["IpcMode"] = "\"private\"",
            ["CgroupnsMode"] = "\"host\"",
            ["NetworkMode"] = "\"default\"",
            ["LogConfig"] = """{"Type":"json-file","Config":{}}""",
            ["RestartPolicy"] = """{"Name":"no","MaximumRetryCount":0}""",
            ["Runtime"] = "\"runc\"",
            ["ConsoleSize"] = "[0,0]",
            ["OomKillDisable"] = "false",
            ["PidsLimit"] = "null",
            ["MemorySwappiness"] = "null",
            ["SecurityOpt"] = "null",
            ["ReadonlyPaths"] = """["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"]""",
        };
        Assert.All(expected, pair => Assert.Equal(pair.Value, shown.GetProperty(pair.Key).GetRawText()));
        Assert.Equal(12, shown.GetProperty("MaskedPaths").GetArrayLength());
    }

    [Fact]
    public void Swap_is_as_much_again_as_memory()
        => Assert.Equal(200, Apply(new HostConfig { Memory = 100 }).MemorySwap);

    [Fact]
    public void A_privileged_container_hides_nothing_and_says_that_it_is_not_confined()
    {
        HostConfig host = Apply(new HostConfig { Privileged = true });

        Assert.Null(host.MaskedPaths);
        Assert.Null(host.ReadonlyPaths);
        Assert.Equal(["label=disable"], host.SecurityOpt);
    }

    [Fact]
    public void Paths_that_the_request_names_stay_even_when_there_are_none()
        => Assert.Empty(Apply(new HostConfig { MaskedPaths = [] }).MaskedPaths!);

    [Theory]
    [InlineData(false, false, "host")]
    [InlineData(false, true, "private")]
    [InlineData(true, false, "host")]
    [InlineData(true, true, "private")]
    public void The_cgroup_namespace_is_private_where_there_is_only_v2(bool privileged, bool unified, string mode)
        => Assert.Equal(mode, HostConfigDefaults.Apply(
            new HostConfig { Privileged = privileged },
            TestKernel.Full with { CgroupUnified = unified },
            DaemonDefaults.Docker).CgroupnsMode);

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(-5L)]
    public void No_process_limit_is_written_as_null(long limit)
        => Assert.Null(Apply(new HostConfig { PidsLimit = limit }).PidsLimit);

    private static HostConfig Apply(HostConfig host)
        => HostConfigDefaults.Apply(host, TestKernel.Full, DaemonDefaults.Docker);
}
