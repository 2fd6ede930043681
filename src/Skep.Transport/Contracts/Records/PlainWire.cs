using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Skep.Swarm.Objects;
using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>Names, times, bytes and other small things, between record and wire.</summary>
public static class PlainWire
{
    /// <summary>Always there on the wire, as SwarmKit writes it, even when all of it is zero.</summary>
    public static Meta ToWire(Objects.Meta record) => new()
    {
        Version = ToWire(record.Version),
        CreatedAt = ToWire(record.CreatedAt),
        UpdatedAt = ToWire(record.UpdatedAt),
    };

    public static Objects.Meta ToRecord(Meta? wire) => wire is null ? default : new()
    {
        Version = ToRecord(wire.Version) ?? default,
        CreatedAt = ToRecord(wire.CreatedAt),
        UpdatedAt = ToRecord(wire.UpdatedAt),
    };

    public static Version ToWire(ObjectVersion record) => new() { Index = record.Index };

    public static Version? ToWire(ObjectVersion? record) => record is { } version ? ToWire(version) : null;

    public static ObjectVersion? ToRecord(Version? wire) => wire is null ? null : new(wire.Index);

    [return: NotNullIfNotNull(nameof(record))]
    public static IndexEntry? ToWire(Objects.IndexEntry? record) => record is null ? null : new()
    {
        Key = record.Key,
        Val = record.Val,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.IndexEntry? ToRecord(IndexEntry? wire) => wire is null ? null : new()
    {
        Key = wire.Key,
        Val = wire.Val,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Annotations? ToWire(Objects.Annotations? record) => record is null ? null : new()
    {
        Name = record.Name,
        Labels = { ToWire(record.Labels) },
        Indices = { ToWire(record.Indices, ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Annotations? ToRecord(Annotations? wire) => wire is null ? null : new()
    {
        Name = wire.Name,
        Labels = ToRecord(wire.Labels),
        Indices = ToRecord(wire.Indices, ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Driver? ToWire(Objects.Driver? record) => record is null ? null : new()
    {
        Name = record.Name,
        Options = { ToWire(record.Options) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Driver? ToRecord(Driver? wire) => wire is null ? null : new()
    {
        Name = wire.Name,
        Options = ToRecord(wire.Options),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Platform? ToWire(Objects.Platform? record) => record is null ? null : new()
    {
        Architecture = record.Architecture,
        Os = record.OS,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Platform? ToRecord(Platform? wire) => wire is null ? null : new()
    {
        Architecture = wire.Architecture,
        OS = wire.Os,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static EncryptionKey? ToWire(Objects.EncryptionKey? record) => record is null ? null : new()
    {
        Subsystem = record.Subsystem,
        Algorithm = (EncryptionKey.Types.Algorithm)record.Algorithm,
        Key = ToWire(record.Key),
        LamportTime = record.LamportTime,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.EncryptionKey? ToRecord(EncryptionKey? wire) => wire is null ? null : new()
    {
        Subsystem = wire.Subsystem,
        Algorithm = (Objects.EncryptionAlgorithm)wire.Algorithm,
        Key = ToRecord(wire.Key),
        LamportTime = wire.LamportTime,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Peer? ToWire(Objects.Peer? record) => record is null ? null : new()
    {
        NodeId = record.NodeId.Value,
        Addr = record.Addr,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Peer? ToRecord(Peer? wire) => wire is null ? null : new()
    {
        NodeId = new(wire.NodeId),
        Addr = wire.Addr,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static WeightedPeer? ToWire(Objects.WeightedPeer? record) => record is null ? null : new()
    {
        Peer = ToWire(record.Peer),
        Weight = record.Weight,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.WeightedPeer? ToRecord(WeightedPeer? wire) => wire is null ? null : new()
    {
        Peer = ToRecord(wire.Peer),
        Weight = wire.Weight,
    };


    public static Timestamp? ToWire(SwarmTime? record) =>
        record is { } time ? new() { Seconds = time.Seconds, Nanos = time.Nanos } : null;

    public static SwarmTime? ToRecord(Timestamp? wire) => wire is null ? null : new(wire.Seconds, wire.Nanos);

    public static Duration ToWire(SwarmDuration record) => new() { Seconds = record.Seconds, Nanos = record.Nanos };

    public static Duration? ToWire(SwarmDuration? record) => record is { } duration ? ToWire(duration) : null;

    public static SwarmDuration? ToRecord(Duration? wire) => wire is null ? null : new(wire.Seconds, wire.Nanos);

    public static Any? ToWire(AnyPayload? record) =>
        record is null ? null : new() { TypeUrl = record.TypeUrl, Value = ToWire(record.Value) };
    
        public static AnyPayload? ToRecord(Any? wire) =>
        wire is null ? null : new() { TypeUrl = wire.TypeUrl, Value = ToRecord(wire.Value) };
    
        /// <summary>No copy: neither side ever changes the bytes.</summary>
        public static ByteString ToWire(Bytes record) => UnsafeByteOperations.UnsafeWrap(record.Memory);
    
        public static Bytes ToRecord(ByteString wire) => Bytes.CopyOf(wire.Span);
    
        public static KeyValue[] ToWire(ValueMap<string> record)
        {
            if (record.IsEmpty)
            {
                return [];
            }
            var wire = new KeyValue[record.Count];
            for (int index = 0; index < wire.Length; index++)
            {
                (string key, string value) = record.Span[index];
                wire[index] = new KeyValue { Key = key, Value = value };
            }
            return wire;
        }
    
        public static ValueMap<string> ToRecord(RepeatedField<KeyValue> wire)
        {
            if (wire.Count == 0)
            {
                return default;
            }
            var entries = new KeyValuePair<string, string>[wire.Count];
            for (int index = 0; index < entries.Length; index++)
            {
                entries[index] = new(wire[index].Key, wire[index].Value);
            }
            return ValueMap.Owning(entries);
        }
    
        public static ValueMap<TRecord> ToRecord<TWire, TRecord>(
            MapField<string, TWire> wire, Func<TWire, TRecord?> convert)
            where TRecord : class
        {
            return wire.Count == 0
                ? default
                : ValueMap.From(wire.Select(pair => KeyValuePair.Create(pair.Key, convert(pair.Value)!)));
        }
    
        public static TWire[] ToWire<TRecord, TWire>(ValueList<TRecord> records, Func<TRecord, TWire?> convert)
            where TWire : class
        {
            if (records.IsEmpty)
            {
                return [];
            }
            var wire = new TWire[records.Count];
            for (int index = 0; index < wire.Length; index++)
            {
                wire[index] = convert(records[index])!;
            }
            return wire;
        }
    
        public static ValueList<string> ToRecord(RepeatedField<string> wire) =>
            wire.Count == 0 ? default : ValueList.Owning(wire.ToArray());
    
        public static ValueList<TRecord> ToRecord<TWire, TRecord>(
            RepeatedField<TWire> wire, Func<TWire, TRecord?> convert)
            where TRecord : class
        {
            if (wire.Count == 0)
            {
                return default;
            }
            var records = new TRecord[wire.Count];
            for (int index = 0; index < records.Length; index++)
            {
                records[index] = convert(wire[index])!;
            }
            return ValueList.Owning(records);
        }
    }
