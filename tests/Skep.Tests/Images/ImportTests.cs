using Skep.Agent.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Tests.Images;

[Collection(nameof(PrivateContainerd))]
public sealed class ImportTests(PrivateContainerd containerd)
{
    private static readonly CancellationToken Stop = CancellationToken.None;

    [Theory, InlineData(false), InlineData(true)]
    public async Task An_imported_root_can_be_resolved_by_name_and_id(bool isPacked)
    {
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        var tar = new TarBuilder().Directory("bin").File("bin/sh", "#!/bin/sh").Symlink("sh", "bin/sh");
        string id = await rig.Engine.ImportAsync(
            new MemoryStream(isPacked ? tar.ToGzip() : tar.ToBytes()),
            new ImportRequest
            {
                Reference = ImageReference.Parse("web"),
                Changes = ["CMD [\"/bin/sh\"]", "ENV A=1 B=\"2 3\"", "EXPOSE 80 53/udp", "LABEL containerd.io/x=y z=1"],
                Message = "first",
            },
            rig.ReportAsync,
            Stop);

        ResolvedImage byName = await rig.Engine.ResolveAsync("web:latest", Stop);
        Assert.Equal(id, byName.Id);
        Assert.Equal(id, (await rig.Engine.ResolveAsync(id[7..19], Stop)).Id);
        Assert.Equal(["/bin/sh"], byName.Config.Cmd);
        Assert.Equal(["A=1", "B=2 3"], byName.Config.Env);
        Assert.Equal(["z"], byName.Config.Labels!.Keys);
        Assert.Equal([TarBuilder.Digest(tar.ToBytes())], byName.Document.DiffIds);
        Assert.Equal(id, rig.Lines.Single().Status);
        Assert.Equal([$"image import {id} name=web:latest"], rig.Events);
        Assert.Equal((3, 1, 2, 0), await rig.CountAsync());

        Assert.Empty(await rig.RestartAsync());
        Assert.Equal(id, (await rig.Engine.ResolveAsync("web", Stop)).Id);
        Assert.Equal((3, 1, 2, 0), await rig.CountAsync());
    }

    [Fact]
    public async Task An_unknown_image_is_named_in_the_error()
    {
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => rig.Engine.ResolveAsync("nosuch", Stop));
        Assert.Equal((ErrorKind.NotFound, "No such image: nosuch:latest"), (refused.Kind, refused.Message));
    }
}
