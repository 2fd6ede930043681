using System.Text.Json.Serialization;

namespace Skep.Docker.Images;

/// <summary>JSON of image documents. Names are exact, as in the specification; depth is bounded.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32)]
[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(ImageIndex))]
[JsonSerializable(typeof(ImageConfig))]
[JsonSerializable(typeof(IReadOnlyList<ArchiveItem>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>))]
[JsonSerializable(typeof(OciLayout))]
public sealed partial class ImageJson : JsonSerializerContext;
