using Skep.Cli.Images;

namespace Skep.Cli.Services;

/// <summary>How tables show the image of a service: without the digest that pins it.</summary>
internal static class ServiceImage
{
    public static string Shown(string image) =>
        ImageName.Tag(image) is null ? image : ImageName.Familiar(image.Split('@')[0]);
}
