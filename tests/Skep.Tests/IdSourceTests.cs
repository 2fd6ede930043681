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
}
