using System.Buffers.Binary;
using System.Net;
using System.Text;
using Skep.Agent.Names;

namespace Skep.Tests.Names;

public class NameDecisionTests
{
    private static readonly NameZone Zone = new(
        [
            new NameTable("app", [
                (["web", "www", "0123456789ab"], [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("fd00::2")]),
                (["db"], [IPAddress.Parse("10.0.0.3")]),
                (["both"], [IPAddress.Parse("10.0.0.4")]),
            ]),
            new NameTable("back", [
                (["db"], [IPAddress.Parse("10.1.0.3")]),
                (["both"], [IPAddress.Parse("10.1.0.4"), IPAddress.Parse("fd01::4")]),
            ]),
        ],
        new Dictionary<string, string> { ["mysql"] = "db" },
        [IPAddress.Parse("192.0.2.7")],
        KeepsSingleLabels: false);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    [Theory]
    [InlineData("web", 1, "10.0.0.2")]
    [InlineData("WEB", 1, "10.0.0.2")]
    [InlineData("www", 28, "fd00::2")]
    [InlineData("db", 1, "10.0.0.3")]
    [InlineData("db.back", 1, "10.1.0.3")]
    [InlineData("mysql", 1, "10.0.0.3")]
    [InlineData("db", 28, "")]
    [InlineData("both", 1, "10.0.0.4")]
    [InlineData("both", 28, "fd01::4")]
    [InlineData("db", 15, "")]
    public void Names_of_containers_are_answered_here(string name, ushort type, string addresses)
    {
        NameDecision decision = NameDecision.Decide(Query(name, type), Zone, isTcp: false);
        Assert.Null(decision.Forward);
        Assert.Equal((0, addresses), (decision.Reply![3] & 15, Addresses(decision.Reply)));
    }

    [Theory]
    [InlineData("example.com", 1)]
    [InlineData("webx", 1)]
    [InlineData("web.other", 1)]
    [InlineData("1.0.0.127.in-addr.arpa", 12)]
    public void Other_names_are_asked_outside(string name, ushort type) =>
        Assert.Equal(name, NameDecision.Decide(Query(name, type), Zone, isTcp: false).Forward?.Name);

    [Fact]
    public void Without_a_way_out_other_names_fail()
    {
        NameDecision decision = NameDecision.Decide(Query("example.com", 1), Zone with { Upstreams = [] }, false);
        Assert.Null(decision.Forward);
        Assert.Equal(2, decision.Reply![3] & 15);
    }

    [Fact]
    public void With_ndots_of_the_users_own_a_single_label_stays_here()
    {
        NameZone kept = Zone with { KeepsSingleLabels = true };
        Assert.Equal(0, NameDecision.Decide(Query("unknown", 1), kept, false).Reply![3] & 15);
        Assert.NotNull(NameDecision.Decide(Query("unknown.example", 1), kept, false).Forward);
        Assert.NotNull(NameDecision.Decide(Query("unknown", 15), kept, false).Forward);
    }

    [Theory]
    [InlineData("2.0.0.10.in-addr.arpa", "\u0003web\u0003app")]
    [InlineData("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", "\u0003web\u0003app")]
    public void Addresses_have_names(string question, string name)
    {
        byte[] reply = NameDecision.Decide(Query(question, 12), Zone, isTcp: false).Reply!;
        Assert.EndsWith(name + "\0", Encoding.Latin1.GetString(reply), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_too_long_for_UDP_is_cut_and_says_so()
    {
        IPAddress[] many = [.. Enumerable.Range(1, 100).Select(i => IPAddress.Parse($"10.0.0.{i}"))];
        NameZone zone = Zone with { Networks = [new NameTable("app", [(["web"], many)])] };
        byte[] cut = NameDecision.Decide(Query("web", 1), zone, isTcp: false).Reply!;
        Assert.InRange(cut.Length, 400, 512);
        Assert.Equal(2, cut[2] & 2);
        byte[] whole = NameDecision.Decide(Query("web", 1), zone, isTcp: true).Reply!;
        Assert.Equal(0, whole[2] & 2);
        Assert.Equal(100, BinaryPrimitives.ReadUInt16BigEndian(whole.AsSpan(6)));
        byte[] larger = NameDecision.Decide(Query("web", 1, udpBytes: 4096), zone, isTcp: false).Reply!;
        Assert.Equal(100, BinaryPrimitives.ReadUInt16BigEndian(larger.AsSpan(6)));
        Assert.Equal(1, BinaryPrimitives.ReadUInt16BigEndian(larger.AsSpan(10)));
    }

    [Fact]
    public void What_is_no_question_is_told_so_or_passed_over()
    {
        byte[] query = Query("web", 1);
        Assert.Equal(default, NameDecision.Decide(query.AsSpan(0, 11), Zone, false));
        Assert.Equal(1, NameDecision.Decide(query.AsSpan(0, query.Length - 1), Zone, false).Reply![3] & 15);

        byte[] answer = [.. query];
        answer[2] |= 0x80;
        Assert.Equal(default, NameDecision.Decide(answer, Zone, false)); // Or two servers would talk for ever.

        byte[] update = [.. query];
        update[2] |= 5 << 3;
        Assert.Equal(4, NameDecision.Decide(update, Zone, false).Reply![3] & 15);

        byte[] pointer = [.. query];
        pointer[12] = 0xc0;
        Assert.Equal(1, NameDecision.Decide(pointer, Zone, false).Reply![3] & 15);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void No_bytes_can_make_it_stumble(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes;
            if (random.Next(2) == 0)
            {
                bytes = new byte[random.Next(80)];
                random.NextBytes(bytes);
            }
            else
            {
                bytes = Query(random.Next(2) == 0 ? "web" : "a.b.c.in-addr.arpa", (ushort)random.Next(40), 1232);
                for (int i = random.Next(4); i >= 0; i--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                bytes = bytes[..random.Next(bytes.Length + 1)];
            }

            NameDecision decision = NameDecision.Decide(bytes, Zone, isTcp: random.Next(2) == 0);
            Assert.True(decision.Reply is null || decision.Forward is null);
            Assert.True(decision.Reply is null || decision.Reply.AsSpan(0, 2).SequenceEqual(bytes.AsSpan(0, 2)));
        }
    }

    internal static byte[] Query(string name, ushort type, int udpBytes = 0)
    {
        var bytes = new List<byte>([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(udpBytes > 0 ? 1 : 0)]);
        foreach (string label in name.Split('.'))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        if (udpBytes > 0)
        {
            bytes.AddRange([0, 0, 41, (byte)(udpBytes >> 8), (byte)udpBytes, 0, 0, 0, 0, 0, 0]);
        }

        return [.. bytes];
    }

    internal static string Addresses(ReadOnlySpan<byte> reply)
    {
        DnsQuery.Read([.. reply[..2], 1, 0, .. reply[4..6], 0, 0, 0, 0, 0, 0, .. reply[12..]], out DnsQuery? question);
        var found = new List<string>();
        int at = question!.QuestionEnd;
        for (int i = BinaryPrimitives.ReadUInt16BigEndian(reply[6..]); i > 0; i--)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(reply[(at + 10)..]);
            found.Add(new IPAddress(reply.Slice(at + 12, length)).ToString());
            at += 12 + length;
        }

        return string.Join(' ', found);
    }
}
