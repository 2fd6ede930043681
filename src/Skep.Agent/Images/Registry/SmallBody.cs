namespace Skep.Agent.Images.Registry;

/// <summary>Reads answers that have no business being large.</summary>
internal static class SmallBody
{
    /// <exception cref="IOException">It is larger than the limit.</exception>
    public static Task<byte[]> ReadAsync(HttpContent content, CancellationToken stop) =>
        ReadAsync(content, ImageLimits.SmallAnswerBytesMax, stop);

    public static async Task<byte[]> ReadAsync(HttpContent content, int bytesMax, CancellationToken stop)
    {
        await using Stream body = await content.ReadAsStreamAsync(stop);
        var all = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (await body.ReadAsync(buffer, stop) is > 0 and var read)
        {
            if (all.Length + read > bytesMax)
            {
                throw new IOException($"the answer is larger than {bytesMax} bytes");
            }

            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}
