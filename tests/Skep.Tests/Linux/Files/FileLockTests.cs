using Skep.Linux.Files;

namespace Skep.Tests.Linux.Files;

public class FileLockTests
{
    [Fact]
    public void A_second_holder_is_refused_until_the_first_lets_go()
    {
        using var scratch = new ScratchDirectory();
        using (FileLock? first = FileLock.TryTake(scratch["lock"]))
        {
            Assert.NotNull(first);
            Assert.Null(FileLock.TryTake(scratch["lock"]));
        }

        using FileLock? next = FileLock.TryTake(scratch["lock"]);
        Assert.NotNull(next);
    }
}
