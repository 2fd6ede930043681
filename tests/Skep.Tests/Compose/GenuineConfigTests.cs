using Skep.Docker.Compose;
using Xunit.Abstractions;

namespace Skep.Tests.Compose;

/// <summary>The genuine `docker stack config` is asked.</summary>
public sealed class GenuineConfigTests(ITestOutputHelper output)
{
    [GenuineFact]
    public async Task The_genuine_command_line_prints_the_same()
    {
        foreach (ComposeCase one in ComposeCase.Of("same"))
        {
            (int code, string printed) = await GenuineCli.ConfigAsync(one);
            output.WriteLine($"{one.Name}: {code}");
            Assert.Equal((one.Name, 0, printed), (one.Name, code, ComposeLoader.Show(one.Request).Yaml));
        }
    }

    [GenuineFact]
    public async Task The_genuine_command_line_refuses_what_we_refuse()
    {
        foreach (ComposeCase one in ComposeCase.Of("refused"))
        {
            Assert.NotEqual((one.Name, 0), (one.Name, (await GenuineCli.ConfigAsync(one)).Code));
        }
    }
}
