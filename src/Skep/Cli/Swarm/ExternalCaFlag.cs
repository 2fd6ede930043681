using Skep.Cli.Creation;
using Skep.Docker.Engine;

namespace Skep.Cli.Swarm;

/// <summary>--external-ca: "protocol=cfssl,url=https://…,cacert=FILE", and options of the authority's own.</summary>
internal static class ExternalCaFlag
{
    /// <exception cref="FormatException">With docker's words.</exception>
    public static ExternalCa Parse(string text)
    {
        string? protocol = null, url = null, certificate = null;
        var options = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string field in CsvFields.Split(text))
        {
            int equals = field.IndexOf('=');
            if (equals < 0)
            {
                throw new FormatException($"invalid field '{field}' must be a key=value pair");
            }

            (string key, string value) = (field[..equals], field[(equals + 1)..]);
            switch (key.ToLowerInvariant())
            {
                case "protocol":
                    protocol = value.Equals("cfssl", StringComparison.OrdinalIgnoreCase)
                        ? "cfssl"
                        : throw new FormatException($"unrecognized external CA protocol {value}");
                    break;
                case "url":
                    url = value;
                    break;
                case "cacert":
                    certificate = Certificate(value);
                    break;
                default:
                    options[key] = value;
                    break;
            }
        }

        return new ExternalCa
        {
            Protocol = protocol ?? throw new FormatException("the external-ca option needs a protocol= parameter"),
            Url = url ?? throw new FormatException("the external-ca option needs a url= parameter"),
            Options = options.Count > 0 ? options : null,
            CaCert = certificate ?? "",
        };
    }

    private static string Certificate(string path)
    {
        string text;
        try
        {
            text = PemFile.Text(path);
        }
        catch (FormatException missing)
        {
            throw new FormatException($"unable to read CA cert for external CA: {missing.Message}", missing);
        }

        return PemFile.IsPem(text) ? text : throw new FormatException("CA cert for external CA must be in PEM format");
    }
}
