using System.Text.Json;
using Skep.Docker.Engine;

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

    [Fact]
    public void Null_is_zero_and_false_where_a_number_or_a_claim_stands()
    {
        CreateContainerRequest request = JsonSerializer.Deserialize(
            """
            {"Tty":null,"StopTimeout":null,"Healthcheck":{"Timeout":null,"Retries":null,"Interval":5000000000},
             "HostConfig":{"Memory":null,"Privileged":null,"PidsLimit":null,"OomKillDisable":null,"ShmSize":-7}}
            """,
            EngineJson.Default.CreateContainerRequest)!;
        Assert.False(request.Tty);
        Assert.Null(request.StopTimeout);
        Assert.Equal((0, 0, 5_000_000_000), (
            request.Healthcheck!.Timeout, request.Healthcheck.Retries, request.Healthcheck.Interval));
        Assert.Equal((0, false, -7), (
            request.HostConfig!.Memory, request.HostConfig.Privileged, request.HostConfig.ShmSize));
        Assert.Null(request.HostConfig.PidsLimit);
        Assert.Null(request.HostConfig.OomKillDisable);
        string written = JsonSerializer.Serialize(request, EngineJson.Default.CreateContainerRequest);
        Assert.Contains("\"ShmSize\":-7", written);
        Assert.Contains("\"Interval\":5000000000", written);
    }

    [Fact]
    public void Null_in_a_map_of_texts_is_the_empty_text()
    {
        CreateContainerRequest request = JsonSerializer.Deserialize(
            """{"Labels":{"a":null,"b":"c"},"HostConfig":{"Tmpfs":{"/t":null},"Sysctls":null}}""",
            EngineJson.Default.CreateContainerRequest)!;
        Assert.Equal("", request.Labels!["a"]);
        Assert.Equal("c", request.Labels["b"]);
        Assert.Equal("", request.HostConfig!.Tmpfs!["/t"]);
        Assert.Null(request.HostConfig.Sysctls);
    }

    [Theory]
    [InlineData("{\"Labels\":{\"a\":1}}")]
    [InlineData("{\"Labels\":[]}")]
    [InlineData("{\"HostConfig\":{\"Memory\":\"1\"}}")]
    [InlineData("{\"HostConfig\":{\"Memory\":1.5}}")]
    [InlineData("{\"HostConfig\":{\"Memory\":1e30}}")]
    [InlineData("{\"HostConfig\":{\"Memory\":9223372036854775808}}")]
    [InlineData("{\"HostConfig\":{\"BlkioWeight\":65536}}")]
    [InlineData("{\"HostConfig\":{\"BlkioWeight\":-1}}")]
    [InlineData("{\"Tty\":1}")]
    public void A_value_that_does_not_fit_is_refused(string json) => Assert.Throws<JsonException>(
        () => JsonSerializer.Deserialize(json, EngineJson.Default.CreateContainerRequest));
}
