using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Creation;
using Skep.Cli.Images;
using Skep.Docker.Engine;
using Skep.Linux.Terminals;

namespace Skep.Cli.Containers;

/// <summary>Creates the container of run and create; pulls its image first if that is missing.</summary>
internal static class ContainerCreation
{
    /// <returns>The container's id.</returns>
    public static async Task<string> CreateAsync(
        Invocation call, CreateContainerRequest request, CreateChoices choices, CancellationToken stop)
    {
        string cidPath = request.HostConfig!.ContainerIdFile;
        ReserveIdFile(cidPath);
        bool isWritten = false;
        try
        {
            string id = await CreateOrPullAsync(call, WithProxies(call, request), choices, stop);
            if (cidPath.Length > 0)
            {
                await File.WriteAllTextAsync(cidPath, id, stop);
                isWritten = true;
            }

            return id;
        }
        finally
        {
            if (cidPath.Length > 0 && !isWritten)
            {
                File.Delete(cidPath);
            }
        }
    }

    // The proxies of the user's settings; what the command line sets stays.
    private static CreateContainerRequest WithProxies(Invocation call, CreateContainerRequest request)
    {
        IReadOnlyList<string> given = request.Env ?? [];
        var names = given.Select(pair => pair.Split('=')[0]).ToHashSet();
        string[] added = [.. call.Session.Settings.Value.Proxies(call.Engine.Endpoint.Host)
            .Where(proxy => !names.Contains(proxy.Key)).Select(proxy => $"{proxy.Key}={proxy.Value}")];
        return added.Length == 0 ? request : request with { Env = [.. given, .. added] };
    }

    private static async Task<string> CreateOrPullAsync(
        Invocation call, CreateContainerRequest request, CreateChoices choices, CancellationToken stop)
    {
        string image = request.Image;
        ImageName.Check(image);
        if (choices.Pull == "always")
        {
            await PullAsync(call, image, choices, stop);
        }

        WindowSize size = call.Console.Size;
        request = request with
        {
            HostConfig = request.HostConfig! with { ConsoleSize = [size.Rows, size.Columns] },
        };
        JsonElement answer;
        try
        {
            answer = await PostAsync(call, request, choices, stop);
        }
        catch (CommandFailedException refused) when (refused.Status == System.Net.HttpStatusCode.NotFound
            && choices.Pull == "missing" && !ImageName.IsId(image))
        {
            if (!choices.IsQuiet)
            {
                call.Console.WriteErrorLine($"Unable to find image '{ImageName.Tagged(image)}' locally");
            }

            await PullAsync(call, image, choices, stop);
            answer = await PostAsync(call, request, choices, stop);
        }

        foreach (string warning in answer.Texts("Warnings"))
        {
            call.Console.WriteErrorLine($"WARNING: {warning}");
        }

        WarnOfLocalDns(call, request);
        return answer.Text("Id");
    }

    private static Task<JsonElement> PostAsync(
        Invocation call, CreateContainerRequest request, CreateChoices choices, CancellationToken stop)
    {
        Query query = new Query()
            .Add("name", choices.Name.Length > 0 ? choices.Name : null)
            .Add("platform", choices.Platform.Length > 0 ? choices.Platform : null);
        return call.Engine.PostAsync(
            $"/containers/create{query}", request, EngineJson.Default.CreateContainerRequest, stop);
    }

    private static async Task PullAsync(Invocation call, string image, CreateChoices choices, CancellationToken stop)
    {
        Stream output = choices.IsQuiet ? Stream.Null : call.Console.Error;
        await ImagePull.RunAsync(call, ImageName.Tagged(image), choices.Platform, output,
            !choices.IsQuiet && call.Console.ErrorIsTerminal, stop);
    }

    private static void WarnOfLocalDns(Invocation call, CreateContainerRequest request)
    {
        foreach (string server in request.HostConfig?.Dns ?? [])
        {
            if (System.Net.IPAddress.TryParse(server, out System.Net.IPAddress? address)
                && System.Net.IPAddress.IsLoopback(address))
            {
                call.Console.WriteErrorLine($"WARNING: Localhost DNS ({server}) may fail in containers.");
                return;
            }
        }
    }

    // Made first: another run with the same file must fail before it creates anything.
    private static void ReserveIdFile(string path)
    {
        if (path.Length == 0)
        {
            return;
        }

        if (File.Exists(path))
        {
            throw new CommandFailedException("container ID file found, make sure the other container isn't "
                + $"running or delete {path}");
        }

        try
        {
            File.WriteAllBytes(path, []);
        }
        catch (IOException)
        {
            throw new CommandFailedException(
                $"failed to create the container ID file: open {path}: no such file or directory");
        }
    }
}
