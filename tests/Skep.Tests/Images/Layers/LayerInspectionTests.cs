using Skep.Agent.Images.Layers;
using Skep.Docker.Images;

namespace Skep.Tests.Images.Layers;

public class LayerInspectionTests
{
    // Docker walks over the unpacked layer: a symbolic link has the length of its target, a hard link is no other file.
    [Fact]
    public async Task The_size_of_a_layer_is_that_of_its_files_and_symbolic_links()
    {
        byte[] layer = new TarBuilder().Directory("bin").File("bin/busybox", "12345").Symlink("bin/sh", "busybox")
            .Symlink("bin/é", "/é").Hardlink("bin/ash", "bin/busybox").ToBytes();
        LayerFacts? facts = await LayerInspection.RunAsync(
            new MemoryStream(layer), layer.Length, LayerPacking.Plain, "one", CancellationToken.None);
        Assert.Equal((5 + 7 + 3, layer.Length), (facts!.FileBytes, facts.TarBytes));
    }
}
