using Skep.Agent.Images.Content;
using Skep.Agent.Images.Registry;
using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Agent.Images;

public sealed partial class ImageEngine
{
    /// <summary>Pulls an image; a reference with neither tag nor digest means all tags of the repository.</summary>
    /// <param name="platform">null: this machine's.</param>
    /// <param name="auth">null: anonymous.</param>
    public async Task PullAsync(
        ImageReference reference,
        Platform? platform,
        AuthConfig? auth,
        ReportProgress report,
        CancellationToken stop)
    {
        using var order = new SemaphoreSlim(1, 1);
        await GuardAsync(() => AskAsync(
            reference,
            auth,
            async registry =>
            {
                IReadOnlyList<ImageReference> wanted = reference is { Tag: null, Digest: null }
                    ? [.. (await registry.TagsAsync(stop)).Select(tag => reference with { Tag = tag })]
                    : [reference.WithOneTarget()];
                foreach (ImageReference one in wanted)
                {
                    await PullOneAsync(one, platform ?? HostPlatform, registry, InOrder, stop);
                }

                return true;
            },
            stop));

        // Layers are fetched in parallel; their lines go out one at a time.
        async ValueTask InOrder(ProgressMessage message, CancellationToken lineStop)
        {
            await order.WaitAsync(lineStop);
            try
            {
                await report(message, lineStop);
            }
            finally
            {
                order.Release();
            }
        }
    }

    /// <summary>GET /distribution/{name}/json: what a registry has under a name, without pulling it.</summary>
    public Task<DistributionInspect> InspectDistributionAsync(
        string name, AuthConfig? auth, CancellationToken stop)
    {
        ImageReference reference = ImageReference.Parse(name).WithOneTarget();
        return GuardAsync(() => AskAsync(reference, auth, InspectAsync, stop));

        async Task<DistributionInspect> InspectAsync(RegistryClient registry)
        {
            FetchedManifest found = await registry.ManifestAsync(reference.Digest ?? reference.Tag!, stop);
            return new DistributionInspect
            {
                Descriptor = new DistributionDescriptor
                {
                    MediaType = found.MediaType,
                    Digest = found.Digest,
                    Size = found.Bytes.Length,
                },
                Platforms = await PlatformsAsync(registry, found, stop),
            };
        }
    }

    /// <summary>POST /auth: whether a registry takes these credentials.</summary>
    public Task<AuthResponse> AuthenticateAsync(AuthConfig auth, CancellationToken stop)
    {
        string domain = RegistryDomain(auth.ServerAddress ?? "");
        return GuardAsync(LogInAsync);

        async Task<AuthResponse> LogInAsync()
        {
            Exception? last = null;
            foreach (RegistryEndpoint endpoint in await RegistryEndpoint.AllAsync(domain, registries, stop))
            {
                if (endpoint.IsMirror)
                {
                    continue;
                }

                using var session = new RegistrySession(endpoint, "", auth, registries);
                try
                {
                    using HttpResponseMessage response = await session.GetAsync("", [], range: null, stop);
                    return new AuthResponse { Status = "Login Succeeded" };
                }
                catch (RegistryRefusal e) when ((int)e.Status is 401 or 403)
                {
                    throw new RefusedException(
                        ErrorKind.Unauthorized,
                        $"login attempt to {new Uri(endpoint.Address, "v2/")} failed with status: "
                            + $"{(int)e.Status} {e.Status}",
                        e);
                }
                catch (Exception e) when (e is HttpRequestException or IOException)
                {
                    last = PullErrors.Unreachable(e, endpoint);
                }
            }

            throw last!;
        }
    }

    private async Task PullOneAsync(
        ImageReference reference,
        Platform platform,
        RegistryClient registry,
        ReportProgress report,
        CancellationToken stop)
    {
        bool isNew;
        StoredImage image;
        string digest;
        await using (ImageLease lease = await ImageLease.TakeAsync(containerd, ids, time, stop))
        {
            var lines = new Dictionary<string, LayerProgress>();
            var pull = new ImagePull(pulls, registry, platform, lease, ProgressOf);
            (image, digest) = await pull.RunAsync(reference, report, stop);
            using (ImageStore.Change change = await store.BeginAsync(stop))
            {
                string? before = await change.NameAsync(
                    reference with { Tag = null, Digest = digest }, image.Id, stop);
                if (reference.Tag is not null)
                {
                    before = await change.NameAsync(reference, image.Id, stop);
                }

                isNew = before != image.Id;
            }

            lease.Keep();

            LayerProgress ProgressOf(string layer)
            {
                lock (lines)
                {
                    return lines.TryGetValue(layer, out LayerProgress? known)
                        ? known
                        : lines[layer] = new LayerProgress(report, time, ContentDigest.Short(layer));
                }
            }
        }

        await report(new ProgressMessage { Status = "Digest: " + digest }, stop);
        string status = isNew ? "Downloaded newer image for " : "Image is up to date for ";
        await report(new ProgressMessage { Status = $"Status: {status}{reference.Familiar}" }, stop);
        Publish("pull", reference.Familiar, reference.FamiliarName, image);
    }

    // Asks the endpoints of a registry in order, until one gives an answer that counts.
    private async Task<T> AskAsync<T>(
        ImageReference reference, AuthConfig? auth, Func<RegistryClient, Task<T>> ask, CancellationToken stop)
    {
        IReadOnlyList<RegistryEndpoint> endpoints =
            await RegistryEndpoint.AllAsync(reference.Domain, registries, stop);
        for (int i = 0; ; i++)
        {
            using var session = new RegistrySession(endpoints[i], reference.Path, auth, registries);
            var retries = new Retries(registries, ids, time);
            try
            {
                return await ask(new RegistryClient(session, retries));
            }
            catch (Exception e) when (e is HttpRequestException or IOException or RegistryRefusal or RefusedException
                && i + 1 < endpoints.Count && PullErrors.MayTryNext(e, endpoints[i]))
            {
                // The last endpoint's answer is the one that the user reads, as in Docker.
                _ = e;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw PullErrors.Unreachable(e, endpoints[i]);
            }
            catch (RegistryRefusal e)
            {
                throw PullErrors.Translate(e, reference);
            }
        }
    }

    private static async Task<IReadOnlyList<ImagePlatform>> PlatformsAsync(
        RegistryClient registry, FetchedManifest found, CancellationToken stop)
    {
        IEnumerable<Platform> platforms;
        if (found.Index is { } index)
        {
            platforms = index.Manifests!.Select(entry => entry.Platform).OfType<Platform>();
        }
        else
        {
            byte[] bytes = await registry.BlobAsync(found.Manifest!.Config!, ImageDocuments.ConfigBytesMax, stop);
            ImageConfig config = ImageDocuments.ReadConfig(bytes);
            platforms = [new Platform
            {
                Os = config.Os,
                Architecture = config.Architecture,
                Variant = config.Variant,
                OsVersion = config.OsVersion,
            }];
        }

        return [.. platforms.Select(platform => new ImagePlatform
        {
            Architecture = platform.Architecture,
            Os = platform.Os,
            OsVersion = platform.OsVersion,
            Variant = platform.Variant,
        })];
    }

    // "https://index.docker.io/v1/", "127.0.0.1:5000", "" (Docker Hub).
    private static string RegistryDomain(string serverAddress)
    {
        string host = serverAddress;
        foreach (string scheme in new[] { "https://", "http://" })
        {
            host = host.StartsWith(scheme, StringComparison.Ordinal) ? host[scheme.Length..] : host;
        }

        host = host.Split('/')[0];
        return host is "" or "index.docker.io" or "docker.io" or "registry-1.docker.io"
            ? ImageReference.DefaultDomain
            : ImageReference.Parse(host + "/x").Domain;
    }
}
