using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;

namespace Skep.Tests.ServiceRequests;

public class RunLabelsTests
{
    [Fact]
    public void Devices_are_a_path_on_the_node_one_in_the_container_and_what_may_be_done()
    {
        RunOptions options = RunLabels.Read(ValueMap.Of(
            ("tier", "front"),
            (RunLabels.Device, "/dev/a, /dev/b:/dev/c,/dev/d:r,/dev/e:/dev/f:rw"),
            (RunLabels.DeviceRule, "c 10:* rwm,b 8:0 r"),
            (RunLabels.Privileged, "false")));

        Assert.Equal(
            [
                new("/dev/a", "/dev/a", "rwm"),
                new("/dev/b", "/dev/c", "rwm"),
                new("/dev/d", "/dev/d", "r"),
                new("/dev/e", "/dev/f", "rw"),
            ],
            options.Devices);
        Assert.Equal(["c 10:* rwm", "b 8:0 r"], options.DeviceRules);
        Assert.False(options.IsPrivileged);
    }

    [Theory]
    [InlineData("skep.run.device", "fuse", "\"fuse\" is not /dev/NODE[:/dev/CONTAINER][:rwm]")]
    [InlineData("skep.run.device", "/dev/a:/dev/b:rx", "\"/dev/a:/dev/b:rx\" is not /dev/NODE")]
    [InlineData("skep.run.device", "/dev/a:/dev/b:r:w", "is not /dev/NODE")]
    [InlineData("skep.run.device-cgroup-rule", "x 1:2 r", "\"x 1:2 r\" is not like \"c 10:229 rwm\"")]
    [InlineData("skep.run.privileged", "yes", "\"yes\" is not possible; use true or false")]
    [InlineData("skep.run.ipc", "container:x", "\"container:x\" is not possible; use host or private or none")]
    [InlineData("skep.run.gpus", "all", "there is no such option; there are skep.run.apparmor, skep.run.cgroup-parent")]
    public void What_means_nothing_is_refused_with_the_way_out(string key, string value, string problem)
    {
        ServiceSpec spec = ServiceSpecs.Named("web")
            .With(container => container with { Labels = ValueMap.Of((key, value)) });

        string message = Assert.Throws<RefusedException>(
            () => ServiceChanges.Check(spec, ServiceSpecs.Formats)).Message;

        Assert.Contains($"label {key}: ", message);
        Assert.Contains(problem, message);
    }
}
