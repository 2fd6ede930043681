using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Swarm;

/// <summary>docker swarm ca.</summary>
internal sealed class CaCommand(DockerCommand command)
{
    private readonly CaFlags ca = new(command);

    private readonly Option<string> certificate = command.Flag(Flags.Make("ca-cert", null, "pem-file",
        "Path to the PEM-formatted root CA certificate to use for the new cluster", PemFile.Read));

    private readonly Option<string> key = command.Flag(Flags.Make("ca-key", null, "pem-file",
        "Path to the PEM-formatted root CA key to use for the new cluster", PemFile.Read));

    private readonly Option<bool> detach = command.Flag(Flags.Switch(
        "detach", 'd', "Exit immediately instead of waiting for the root rotation to converge"));

    private readonly Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Suppress progress output"));

    private readonly Option<bool> rotate = command.Flag(Flags.Switch("rotate", null,
        "Rotate the swarm CA - if no certificate or key are provided, new ones will be generated"));

    public static DockerCommand Make()
    {
        var command = new DockerCommand("ca", "[OPTIONS]", "Display and rotate the root CA");
        var ca = new CaCommand(command);
        return command.Does(ca.RunAsync);
    }

    private async Task<int> RunAsync(Invocation call, CancellationToken stop)
    {
        SwarmInspect swarm = await SwarmApi.InspectAsync(call, stop);
        if (!call.Get(rotate))
        {
            Option? misplaced = new Option[] { certificate, key, ca.CertExpiry, ca.ExternalCa }
                .FirstOrDefault(call.Has);
            if (misplaced is not null)
            {
                throw new CommandFailedException(
                    $"`{misplaced.Name}` flag requires the `--rotate` flag to update the CA");
            }

            return Show(call, swarm);
        }

        CheckFlags(call);
        await SwarmApi.UpdateAsync(call, swarm, Wish(call, swarm.Spec), rotate: null, stop);
        if (call.Get(detach))
        {
            return 0;
        }

        await new RootRotation(call, isShown: !call.Get(quiet)).WaitAsync(stop);
        return call.Get(quiet) ? 0 : Show(call, await SwarmApi.InspectAsync(call, stop));
    }

    private void CheckFlags(Invocation call)
    {
        bool isExternal = ca.ExternalCas(call).Count > 0;
        if (isExternal && !call.Has(certificate))
        {
            throw new CommandFailedException("rotating to an external CA requires the `--ca-cert` flag to specify "
                + "the external CA's cert - to add an external CA with the current root CA certificate, use the "
                + "`update` command instead");
        }

        if (call.Has(certificate) && !isExternal && !call.Has(key))
        {
            throw new CommandFailedException("the --ca-cert flag requires that a --ca-key flag and/or "
                + "--external-ca flag be provided as well");
        }
    }

    private SwarmSpec Wish(Invocation call, SwarmSpec spec)
    {
        string newCertificate = call.Get(certificate) ?? "", newKey = call.Get(key) ?? "";
        SwarmCa wish = ca.Apply(call, spec.CaConfig, newCertificate) with
        {
            SigningCaCert = newCertificate,
            SigningCaKey = newKey,
        };
        bool isMadeThere = newCertificate.Length == 0 && newKey.Length == 0;
        return spec with
        {
            CaConfig = isMadeThere ? wish with { ForceRotate = wish.ForceRotate + 1 } : wish,
        };
    }

    private static int Show(Invocation call, SwarmInspect swarm)
    {
        string root = (swarm.TlsInfo.TrustRoot ?? "").Trim();
        call.Console.WriteLine(
            root.Length > 0 ? root : throw new CommandFailedException("No CA information available"));
        return 0;
    }
}
