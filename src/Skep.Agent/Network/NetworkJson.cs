using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json;
using System.Text.Json.Serialization;
using Skep.Agent.Network.Addresses;

namespace Skep.Agent.Network;

/// <summary>How networks and live sandboxes are written to disk.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 32,
    Converters = [typeof(SubnetConverter), typeof(IPAddressConverter), typeof(MacConverter)])]
[JsonSerializable(typeof(NetworkRecord))]
[JsonSerializable(typeof(SandboxRecord))]
internal sealed partial class NetworkJson : JsonSerializerContext;

internal sealed class SubnetConverter : JsonConverter<Subnet>
{
    public override Subnet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Subnet.TryParse(reader.GetString() ?? "", out Subnet subnet, out _)
            ? subnet
            : throw new JsonException("subnet");

    public override void Write(Utf8JsonWriter writer, Subnet value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class IPAddressConverter : JsonConverter<IPAddress>
{
    public override IPAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IPAddress.TryParse(reader.GetString(), out IPAddress? address) ? address : throw new JsonException("address");

    public override void Write(Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class MacConverter : JsonConverter<PhysicalAddress>
{
    public override PhysicalAddress Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { Length: > 0 } text
            ? MacAddresses.TryParse(text, out PhysicalAddress mac) ? mac : throw new JsonException("MAC address")
            : PhysicalAddress.None;

    public override void Write(Utf8JsonWriter writer, PhysicalAddress value, JsonSerializerOptions options) =>
        writer.WriteStringValue(MacAddresses.Text(value));
}
