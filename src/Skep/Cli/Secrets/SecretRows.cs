using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Tables;
using Skep.Docker.Templates;

namespace Skep.Cli.Secrets;

/// <summary>A secret or a config, and the time now: rows say how long ago they were made.</summary>
internal sealed record SecretRow(JsonElement Object, TimeProvider Time)
{
    public JsonElement Spec => Object.Member("Spec");

    public string Ago(string field) => DateTimeOffset.TryParse(
        Object.Text(field), CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset moment)
            ? Human.Duration(Time.GetUtcNow() - moment) + " ago"
            : "";
}

/// <summary>What the tables and pages of secrets and configs have in common.</summary>
internal static class SecretRows
{
    /// <param name="type">Go's name of the type.</param>
    /// <param name="hasDriver">Secrets have drivers, configs have none.</param>
    public static RowShape<SecretRow> Shape(string type, bool hasDriver)
    {
        List<Column<SecretRow>> columns =
        [
            new("CreatedAt", "CREATED", row => row.Ago("CreatedAt")),
            new("ID", "ID", row => row.Object.Text("ID")),
            RowShape<SecretRow>.Label(row => row.Spec.Map("Labels")),
            new("Labels", "LABELS", row => Human.Labels(row.Spec.Map("Labels"))),
            new("Name", "NAME", row => row.Spec.Text("Name")),
            new("UpdatedAt", "UPDATED", row => row.Ago("UpdatedAt")),
        ];
        if (hasDriver)
        {
            columns.Add(new("Driver", "DRIVER", row => row.Spec.Member("Driver").Text("Name")));
        }

        return new RowShape<SecretRow>(type, columns);
    }

    /// <param name="more">What only one of the two has.</param>
    public static RowShape<JsonElement> PageShape(string type, Column<JsonElement> more) => new(type,
    [
        new("ID", "", thing => thing.Text("ID")),
        new("Name", "", thing => thing.Member("Spec").Text("Name")),
        new("Labels", "", thing => new GoMap(thing.Member("Spec").Map("Labels")
            .Select(label => KeyValuePair.Create(label.Key, (object?)label.Value)))),
        new("CreatedAt", "", thing => Human.Capitalized(Human.MomentText(thing.Text("CreatedAt")))),
        new("UpdatedAt", "", thing => Human.Capitalized(Human.MomentText(thing.Text("UpdatedAt")))),
        more,
    ]);
}
