using Skep.Swarm;
using Xunit;

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

    [Fact]
    public void An_object_id_has_25_digits_of_base_36()
    {
        var zeros = new IdSource(static bytes => bytes.Clear());
        var ones = new IdSource(static bytes => bytes.Fill(0xff));
        Assert.Equal(new string('0', 25), zeros.NewObjectId());
        Assert.Equal("f5lxx1zz5pnorynqglhzmsp33", ones.NewObjectId());
    }
}
