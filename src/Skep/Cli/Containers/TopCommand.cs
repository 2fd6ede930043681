using System.Text;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Containers;

/// <summary>docker top.</summary>
internal static class TopCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "top", "CONTAINER [ps OPTIONS]", "Display the running processes of a container")
        {
            Count = WordCount.AtLeast(1),
            FirstWordEndsOptions = true,
            SpelledAliases = ["container top", "top"],
        };
        return command.Does(async (call, stop) =>
        {
            string arguments = string.Join(' ', call.Words.Skip(1));
            Query query = new Query().Add("ps_args", arguments.Length > 0 ? arguments : null);
            JsonElement answer = await call.Engine.GetAsync(
                $"/containers/{Query.Escape(call.Words[0])}/top{query}", stop);
            var table = new StringBuilder().AppendJoin('\t', answer.Texts("Titles")).Append('\n');
            foreach (JsonElement process in answer.Items("Processes"))
            {
                table.AppendJoin('\t', process.Items().Select(cell => cell.GetString())).Append('\n');
            }

            call.Console.Write(TabWriter.Align(table.ToString(), widthMin: 20));
            return 0;
        });
    }
}
