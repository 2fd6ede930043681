using Skep.Engine.Machine;
using Skep.SwarmMode;

namespace Skep.Tests.Engine;

public class SwarmReportTests
{
    [Theory]
    [InlineData(LocalNodeState.Inactive, false, false, "inactive")]
    [InlineData(LocalNodeState.Pending, false, false, "pending")]
    [InlineData(LocalNodeState.Locked, true, false, "locked")]
    [InlineData(LocalNodeState.Error, false, false, "error")]
    [InlineData(LocalNodeState.Active, false, false, "active/worker")]
    [InlineData(LocalNodeState.Active, true, false, "active/manager")]
    [InlineData(LocalNodeState.Active, true, true, "active/manager")]
    public void The_header_says_state_and_role(LocalNodeState state, bool isManager, bool hasControl, string header) =>
        Assert.Equal(header, SwarmReport.Header(
            new SwarmStatus { State = state, IsManager = isManager, ControlAvailable = hasControl }));
}
