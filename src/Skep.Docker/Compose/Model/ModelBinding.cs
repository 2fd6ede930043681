using Skep.Docker.Compose.Yaml;
using Skep.Swarm.Objects;

namespace Skep.Docker.Compose.Model;

/// <summary>The long form as records.</summary>
internal static class ModelBinding
{
    public static ComposeProject Bind(YamlMap merged, ProjectFiles files)
    {
        var root = new Fields(merged);
        ValueList<ComposeService> services =
            [.. root.Entries("services").Select(entry => ServiceBinding.Bind(entry, files))];
        return new()
        {
            Name = root.Text("name"),
            Services = [.. services.Select(service => WithoutStrangers(service, services))],
            Networks = [.. root.Entries("networks").Select(Network)],
            Volumes = [.. root.Entries("volumes").Select(Volume)],
            Secrets = [.. root.Entries("secrets").Select(entry => FileObject(entry, "secrets"))],
            Configs = [.. root.Entries("configs").Select(entry => FileObject(entry, "configs"))],
            VariableFiles = [.. files.VariableFiles],
            Warnings = [.. files.Warnings],
        };
    }

    /// <summary>Waiting for a service that the project does not have would never end.</summary>
    private static ComposeService WithoutStrangers(ComposeService service, ValueList<ComposeService> all)
    {
        var known = all.Select(other => other.Name).ToHashSet(StringComparer.Ordinal);
        foreach (ComposeStartGate gate in service.DependsOn.Where(gate => !known.Contains(gate.Service)))
        {
            if (gate.IsRequired)
            {
                throw ComposeException.At(
                    gate.Place,
                    $"services.{service.Name}.depends_on: service \"{service.Name}\" depends on undefined service "
                    + $"\"{gate.Service}\": add it, make one of its profiles active, or say required: false");
            }
        }

        return service with { DependsOn = [.. service.DependsOn.Where(gate => known.Contains(gate.Service))] };
    }

    private static ComposeNetwork Network(YamlEntry entry)
    {
        Fields fields = Fields.Of(entry);
        Fields ipam = fields.Section("ipam");
        return new()
        {
            Key = entry.Key,
            Name = fields.Text("name"),
            IsExternal = fields.Flag("external"),
            Driver = fields.Text("driver"),
            DriverOptions = fields.Pairs("driver_opts"),
            IpamDriver = ipam.Text("driver"),
            IpamOptions = ipam.Pairs("options"),
            Pools = [.. ipam.Sections("config").Select(pool => new ComposeAddressPool
            {
                Subnet = pool.Text("subnet"),
                Gateway = pool.Text("gateway"),
                IpRange = pool.Text("ip_range"),
                ReservedAddresses = pool.Pairs("aux_addresses"),
            })],
            IsInternal = fields.Flag("internal"),
            IsAttachable = fields.Flag("attachable"),
            HasIpv4 = fields.FlagOrNull("enable_ipv4"),
            HasIpv6 = fields.FlagOrNull("enable_ipv6"),
            Labels = fields.Pairs("labels"),
            Place = entry.Place,
        };
    }

    private static ComposeVolume Volume(YamlEntry entry)
    {
        Fields fields = Fields.Of(entry);
        return new()
        {
            Key = entry.Key,
            Name = fields.Text("name"),
            IsExternal = fields.Flag("external"),
            Driver = fields.Text("driver"),
            DriverOptions = fields.Pairs("driver_opts"),
            Labels = fields.Pairs("labels"),
            Place = entry.Place,
        };
    }

    private static ComposeFileObject FileObject(YamlEntry entry, string section)
    {
        Fields fields = Fields.Of(entry);
        string? variable = fields.Text("environment");
        string? content = fields.Has("content") ? fields.Text("content") ?? "" : null;
        if (variable is not null)
        {
            content = fields.Outside("environment") ?? throw ComposeException.At(
                entry.Place,
                $"{section}.{entry.Key}.environment: the variable \"{variable}\" is required and is not set");
        }

        return new()
        {
            Key = entry.Key,
            Name = fields.Text("name"),
            IsExternal = fields.Flag("external"),
            File = fields.Text("file"),
            Content = content,
            Variable = variable,
            Driver = fields.Text("driver"),
            DriverOptions = fields.Pairs("driver_opts"),
            TemplateDriver = fields.Text("template_driver"),
            Labels = fields.Pairs("labels"),
            Place = entry.Place,
        };
    }
}
