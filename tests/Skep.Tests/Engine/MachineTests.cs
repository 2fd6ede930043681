using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Engine.Machine;

namespace Skep.Tests.Engine;

public class MachineTests
{
    [Theory]
    [InlineData("runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1\nspec: 1.0.2-dev\n", "1.1.5+ds1", "1.1.5+ds1-1")]
    [InlineData("tini version 0.19.0 - git.de40ad0\n", "0.19.0", "de40ad0")]
    [InlineData("tini version 0.19.0\n", "0.19.0", "")]
    public void Programs_tell_their_version(string text, string number, string commit) =>
        Assert.Equal(new ToolVersion(number, commit), ToolVersions.Parse(text));

    [Fact]
    public void What_is_no_version_is_none() => Assert.Null(ToolVersions.Parse("usage: x\n"));

    [Theory]
    [InlineData("http://user:secret@proxy:3128", "http://xxxxx:xxxxx@proxy:3128")]
    [InlineData("http://proxy:3128", "http://proxy:3128")]
    [InlineData("localhost,10.0.0.0/8", "localhost,10.0.0.0/8")]
    public void A_proxy_s_password_is_not_shown(string address, string shown) =>
        Assert.Equal(shown, ProxyReport.Mask(address));

    [Theory]
    [InlineData("\"2024-05-06T07:08:09.123456789+02:00\"", "\"2024-05-06T05:08:09.1234567Z\"")]
    [InlineData("\"2024-05-06T07:08:09Z\"", "\"2024-05-06T07:08:09Z\"")]
    [InlineData("\"0001-01-01T00:00:00Z\"", "\"0001-01-01T00:00:00Z\"")]
    public void Points_in_time_are_read_and_written_as_go_does(string text, string expected)
    {
        var health = JsonSerializer.Deserialize(
            $$"""{"Start":{{text}},"End":{{text}}}""", HealthJson.Default.HealthResult)!;
        Assert.Contains(
            "\"Start\":" + expected, JsonSerializer.Serialize(health, HealthJson.Default.HealthResult));
    }
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(Converters = [typeof(GoTimeConverter)])]
[System.Text.Json.Serialization.JsonSerializable(typeof(HealthResult))]
internal sealed partial class HealthJson : System.Text.Json.Serialization.JsonSerializerContext;
