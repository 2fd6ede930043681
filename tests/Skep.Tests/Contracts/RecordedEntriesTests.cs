using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Skep.Transport.Contracts;
using Records = Skep.Swarm.Store;

namespace Skep.Tests.Contracts;

public class RecordedEntriesTests
{
    [Fact]
    public void Entries_of_a_Docker_swarm_are_read_and_written_again_without_a_difference()
    {
        var names = new List<string>();
        foreach (string line in File.ReadLines(PathOf("RecordedEntries.txt")).Where(line => !line.StartsWith('#')))
        {
            string[] parts = line.Split(' ');
            byte[] data = Convert.FromHexString(parts[1]);
            var recorded = InternalRaftRequest.Parser.ParseFrom(data);

            var again = new InternalRaftRequest { Id = StoreWire.ReadId(data) };
            foreach (Records.StoreAction action in StoreWire.ReadActions(data))
            {
                again.Action.Add(WriteWhole(action));
            }

            SortMaps(recorded);
            Assert.Equal(recorded, again);
            Assert.Equal(data.Length, again.CalculateSize());
            names.AddRange(parts[0].Split('+'));
        }
        Assert.Equal(16, names.Count);
        Assert.Contains("create-service", names);
        Assert.Contains("update-node", names);
    }

    /// <summary>As SwarmKit writes it: also a removal with all of the object.</summary>
    private static StoreAction WriteWhole(Records.StoreAction action)
    {
        var data = StoreWire.WriteActions(0, [action with { Kind = Records.StoreActionKind.Update }]);
        var written = InternalRaftRequest.Parser.ParseFrom(data).Action.Single();
        written.Action = (StoreActionKind)action.Kind;
        return written;
    }

    /// <summary>Go leaves the order of a map's entries to chance; we write them in the order of the keys.</summary>
    private static void SortMaps(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            switch (field.Accessor.GetValue(message))
            {
                case RepeatedField<KeyValue> map:
                    KeyValue[] sorted = [.. map.OrderBy(entry => entry.Key, StringComparer.Ordinal)];
                    map.Clear();
                    map.AddRange(sorted);
                    break;
                case IMessage part:
                    SortMaps(part);
                    break;
                case IEnumerable<IMessage> parts:
                    parts.ToList().ForEach(SortMaps);
                    break;
            }
        }
    }

    private static string PathOf(string name, [CallerFilePath] string caller = "") =>
        Path.Combine(Path.GetDirectoryName(caller)!, name);
}
