using System.Text.Json.Serialization;

namespace Skep.Agent.Oci;

/// <summary>How the runtime specification's objects, and Docker's seccomp profiles, look as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 32)]
[JsonSerializable(typeof(RuntimeSpec))]
[JsonSerializable(typeof(ProcessSpec))]
[JsonSerializable(typeof(ResourcesSpec))]
[JsonSerializable(typeof(SeccompProfile))]
public sealed partial class OciJson : JsonSerializerContext;
