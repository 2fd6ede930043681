namespace Skep.Docker.Images;

/// <summary>Media types of OCI images (image-spec) and of Docker's schema 2.</summary>
public static class MediaTypes
{
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    public const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar";
    public const string DockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    public const string DockerLayerZstd = "application/vnd.docker.image.rootfs.diff.tar.zstd";
    public const string DockerSchema1 = "application/vnd.docker.distribution.manifest.v1+json";
    public const string DockerSignedSchema1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";
    public const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    public const string OciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string OciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";

    /// <summary>What a registry is asked for, the best first.</summary>
    public static readonly IReadOnlyList<string> Manifests = [OciIndex, DockerIndex, OciManifest, DockerManifest];

    /// <summary>How the layer's tar is packed; null: not a layer that can be a container's file system.</summary>
    public static LayerPacking? PackingOf(string mediaType) => mediaType switch
    {
        DockerLayer or OciLayer => LayerPacking.Plain,
        DockerLayerGzip or OciLayerGzip => LayerPacking.Gzip,
        DockerLayerZstd or OciLayerZstd => LayerPacking.Zstd,
        _ => null,
    };
}

/// <summary>How a layer's tar stream is packed.</summary>
public enum LayerPacking
{
    Plain,
    Gzip,
    Zstd,
}
