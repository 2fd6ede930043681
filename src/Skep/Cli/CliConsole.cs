using System.Text;
using Skep.Linux.Terminals;

namespace Skep.Cli;

/// <summary>The three streams of the program and the terminals behind them.</summary>
internal sealed class CliConsole(Stream input, Stream output, Stream error)
{
    public Stream Input => input;

    public Stream Output => output;

    public Stream Error => error;

    /// <summary>Streams 0, 1 and 2 of this process.</summary>
    public static CliConsole OfProcess() =>
        new(DescriptorStream.Input, DescriptorStream.Output, DescriptorStream.Error);

    public bool InputIsTerminal => IsTerminal(input);

    public bool OutputIsTerminal => IsTerminal(output);

    public bool ErrorIsTerminal => IsTerminal(error);

    /// <summary>Rows and columns of the terminal that output goes to; zeros without one.</summary>
    public WindowSize Size => output is DescriptorStream stream ? Terminal.Size(stream.Descriptor) : default;

    public void Write(string text) => output.Write(Encoding.UTF8.GetBytes(text));

    public void WriteLine(string text) => Write(text + "\n");

    public void WriteErrorLine(string text) => error.Write(Encoding.UTF8.GetBytes(text + "\n"));

    /// <summary>One line of the user's answer; null at the end of input.</summary>
    public string? ReadLine()
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (line.Count < Limits.LineBytes && input.Read(one) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]);
            }

            line.Add(one[0]);
        }

        return line.Count > 0 ? Encoding.UTF8.GetString([.. line]) : null;
    }

    /// <summary>One line from the terminal that is not shown while it is typed: a password, a key.</summary>
    public string ReadHidden(string prompt)
    {
        // Raw mode shows nothing of what is typed; Enter is a carriage return in it.
        Write(prompt);
        byte[]? before = input is DescriptorStream stream ? Terminal.MakeRaw(stream.Descriptor) : null;
        try
        {
            var typed = new List<byte>();
            byte[] one = new byte[1];
            while (typed.Count < Limits.LineBytes && input.Read(one) == 1
                && one[0] is not ((byte)'\r' or (byte)'\n'))
            {
                switch (one[0])
                {
                    case 3:
                        throw new CommandFailedException("", 130);
                    case 8 or 127:
                        typed.RemoveRange(Math.Max(0, typed.Count - 1), Math.Min(1, typed.Count));
                        break;
                    default:
                        typed.Add(one[0]);
                        break;
                }
            }

            return Encoding.UTF8.GetString([.. typed]);
        }
        finally
        {
            if (before is not null && input is DescriptorStream terminal)
            {
                Terminal.Restore(terminal.Descriptor, before);
            }

            Write("\n");
        }
    }

    /// <summary>"… [y/N] ": anything but y ends the command.</summary>
    public bool Confirms(string question)
    {
        Write($"{question} [y/N] ");
        return string.Equals(ReadLine()?.Trim(), "y", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsTerminal(Stream stream) =>
        stream is DescriptorStream descriptor && Terminal.IsTerminal(descriptor.Descriptor);
}
