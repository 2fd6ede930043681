using Skep.Swarm;

namespace Skep.Tests;

public class IdSourceTests
{
    [Fact]
    public void Hex_ids_have_the_asked_number_of_digits_and_follow_the_seed()
    {
        string first = new IdSource(new Random(7).NextBytes).NewHex();
        string again = new IdSource(new Random(7).NextBytes).NewHex();
        Assert.Equal(64, first.Length);
        Assert.Equal(first, again);
    }

    [Theory]
    [InlineData(0x00, "a0")]
    [InlineData(0x99, "d9")]
    public void What_is_a_hosts_name_is_never_a_number(byte value, string start)
    {
        string id = new IdSource(bytes => bytes.Fill(value)).NewHex();
        Assert.Equal(start + string.Concat(Enumerable.Repeat($"{value:x2}", 31)), id);
        Assert.Equal("00", new IdSource(static bytes => bytes.Clear()).NewHex(2));
    }

    [Fact]
    public void An_id_with_a_letter_is_left_as_it_was_drawn() => Assert.Equal(
        string.Concat(Enumerable.Repeat("0f", 32)), new IdSource(static bytes => bytes.Fill(0x0f)).NewHex());

    [Fact]
    public void An_object_id_has_25_digits_of_base_36()
    {
        var zeros = new IdSource(static bytes => bytes.Clear());
        var ones = new IdSource(static bytes => bytes.Fill(0xff));
        Assert.Equal(new string('0', 25), zeros.NewObjectId());
        Assert.Equal("f5lxx1zz5pnorynqglhzmsp33", ones.NewObjectId());
    }
}
