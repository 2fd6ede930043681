using System.Text;
using Skep.Engine.Endpoints;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;

namespace Skep.Tests.Engine;

public class ServiceLogRequestTests
{
    private static readonly SwarmLogLine line = new()
    {
        ServiceId = new ServiceId("s"),
        NodeId = new NodeId("n"),
        TaskId = new TaskId("t"),
        Time = new SwarmTime(1_700_000_000, 12_345),
        Data = Bytes.Utf8("hello\n"),
        Details = [("z", "a b,c"), ("com.docker.swarm.task.id", "forged")],
    };

    [Theory]
    [InlineData(false, false, "hello\n")]
    [InlineData(true, false, "2023-11-14T22:13:20.000012345Z hello\n")]
    [InlineData(
        false,
        true,
        "com.docker.swarm.node.id=n,com.docker.swarm.service.id=s,com.docker.swarm.task.id=t,z=a+b%2Cc hello\n")]
    [InlineData(
        true,
        true,
        "2023-11-14T22:13:20.000012345Z com.docker.swarm.node.id=n,com.docker.swarm.service.id=s,"
        + "com.docker.swarm.task.id=t,z=a+b%2Cc hello\n")]
    public void Lines_carry_their_time_and_where_they_come_from(bool withTimes, bool withDetails, string shown) =>
        Assert.Equal(
            shown,
            Encoding.UTF8.GetString(
                new ServiceLogRequest(new LogQuery(), withTimes, withDetails).Decorate(line).Span));
}
