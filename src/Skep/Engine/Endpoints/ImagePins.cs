using Skep.Agent.Images;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

/// <summary>Names the content of an image, so that all nodes run the same.</summary>
internal sealed class ImagePins(ImageEngine images)
{
    /// <param name="image">As its user wrote it.</param>
    /// <param name="auth">The header with the registry's credentials; "": none.</param>
    /// <param name="stop">When to give up.</param>
    /// <returns>The image with its digest; or as it was, with a warning for the user.</returns>
    public async Task<(string Image, string? Warning)> PinAsync(string image, string auth, CancellationToken stop)
    {
        if (ImageReference.TryParse(image) is not { } reference)
        {
            return (image, Warn(image));
        }

        if (reference.Digest is not null)
        {
            return (reference.Familiar, null);
        }

        try
        {
            ImageReference tagged = reference.WithDefaultTag();
            string digest = (await images.InspectDistributionAsync(tagged.ToString(), AuthHeader.Parse(auth), stop))
                .Descriptor.Digest;
            return ((tagged with { Digest = digest }).Familiar, null);
        }
        catch (RefusedException)
        {
            return (image, Warn(image)); // The warning is the answer: each node may reach the registry in its own way.
        }
    }

    private static string Warn(string image) =>
        $"image {image} could not be accessed on a registry to record\nits digest. Each node will access {image} "
        + "independently,\npossibly leading to different nodes running different\nversions of the image.\n";
}
