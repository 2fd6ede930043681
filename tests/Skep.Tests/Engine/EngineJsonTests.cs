using System.Text.Json;
using Skep.Docker.Engine;
using Xunit;

namespace Skep.Tests.Engine;

public class EngineJsonTests
{
    [Theory]
    [InlineData("""{"HostConfig":{"LogConfig":{}}}""")]
    [InlineData("""
        {"Hostname":null,"Image":null,"HostConfig":{"LogConfig":{"Type":null},"RestartPolicy":null,"NetworkMode":null}}
        """)]
    public void What_a_body_leaves_out_or_sets_to_null_keeps_its_default(string json)
    {
        CreateContainerRequest request = JsonSerializer.Deserialize(json, EngineJson.Default.CreateContainerRequest)!;
        Assert.Equal("", request.Hostname);
        Assert.Equal("", request.Image);
        Assert.Equal("", request.HostConfig!.LogConfig.Type);
        Assert.Equal("", request.HostConfig.RestartPolicy.Name);
        Assert.Equal("", request.HostConfig.NetworkMode);
    }
}
