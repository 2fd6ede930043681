using Skep.Raft;

namespace Skep.Tests.Raft;

public sealed class InflightWindowTests
{
    [Fact]
    public void A_window_behaves_as_a_queue_does()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            int messagesMax = 1 + random.Next(12);
            long bytesMax = 1 + random.Next(60);
            var window = new InflightWindow(messagesMax, bytesMax);
            var plain = new Queue<(ulong Index, long Bytes)>();
            ulong index = 0;
            for (int step = 0; step < 100; step++)
            {
                if (random.Next(2) == 0 && !window.IsFull)
                {
                    long bytes = random.Next(12);
                    window.Add(++index, bytes);
                    plain.Enqueue((index, bytes));
                }
                else
                {
                    ulong upTo = (ulong)random.Next((int)index + 1);
                    window.FreeUpTo(upTo);
                    while (plain.Count > 0 && plain.Peek().Index <= upTo)
                    {
                        plain.Dequeue();
                    }
                }

                Assert.Equal(plain.Count, window.Count);
                Assert.Equal(
                    plain.Count >= messagesMax || plain.Sum(it => it.Bytes) >= bytesMax, window.IsFull);
            }
        }
    }
}
