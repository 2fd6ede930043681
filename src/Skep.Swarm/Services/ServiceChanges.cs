using Skep.Swarm.Allocation;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Services;

/// <summary>What users may do to services, with SwarmKit's checks and words.</summary>
public static class ServiceChanges
{
    /// <summary>Refuses what cannot be whatever the store holds: to be done before a transaction.</summary>
    public static void Check(ServiceSpec spec, ContainerFormats formats) => ServiceChecks.Check(spec, formats);

    /// <param name="store">What to change.</param>
    /// <param name="spec">What <see cref="Check"/> has let pass.</param>
    /// <param name="ids">Gives the service's id.</param>
    public static Service Create(Transaction store, ServiceSpec spec, IdSource ids)
    {
        CheckSurroundings(store, spec);
        ServicePorts.RefuseTaken(store, spec, default);
        string name = spec.Annotations.Name;
        if (store.Services.Named(name) is not null)
        {
            throw SwarmRefusal.Of(
                SwarmCode.AlreadyExists,
                $"name conflicts with an existing object: service {name} already exists");
        }
        return store.Create(new Service
        {
            Id = new(ids.NewObjectId()),
            Spec = spec,
            SpecVersion = default(ObjectVersion),
            JobStatus = ServiceChecks.IsJob(spec.Mode) ? new() { LastExecution = SwarmTime.From(store.Now) } : null,
        });
    }

    /// <param name="store">What to change.</param>
    /// <param name="id">Which service.</param>
    /// <param name="version">The one the user has seen.</param>
    /// <param name="spec">What <see cref="Check"/> has let pass.</param>
    /// <param name="rollback">The previous spec becomes the present one again.</param>
    public static Service Update(
        Transaction store, ServiceId id, ObjectVersion version, ServiceSpec spec, bool rollback)
    {
        Service service = Require(store, id);
        CheckSurroundings(store, spec);
        if (spec.Endpoint != service.Spec.Endpoint)
        {
            ServicePorts.RefuseTaken(store, spec, id);
        }
        RefuseImpossible(service.Spec, spec);
        Service seen = service with
        {
            Meta = service.Meta with { Version = version },
            JobStatus = NextRun(service.JobStatus, store.Now),
        };
        return store.Update(rollback ? RollBack(seen, store.Now) : seen with
        {
            PreviousSpec = service.Spec,
            PreviousSpecVersion = service.SpecVersion,
            Spec = spec,
            // Not the version that the service itself gets: the two cannot be compared.
            SpecVersion = version,
            UpdateStatus = null,
        });
    }

    /// <summary>The service goes at once; its tasks follow.</summary>
    public static void Remove(Transaction store, ServiceId id) => store.Delete(Require(store, id));

    public static Service Get(StoreReader store, ServiceId id, bool insertDefaults)
    {
        Service service = Require(store, id);
        return insertDefaults ? service with { Spec = ServiceDefaults.Fill(service.Spec) } : service;
    }

    private static Service Require(StoreReader store, ServiceId id)
    {
        if (id.IsEmpty)
        {
            throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "invalid argument");
        }
        return store.Services.Get(id) ?? throw SwarmRefusal.Of(SwarmCode.NotFound, $"service {id} not found");
    }

    private static void CheckSurroundings(StoreReader store, ServiceSpec spec)
    {
        foreach (NetworkAttachmentConfig wanted in spec.Task.Networks)
        {
            if (store.Networks.Get(new(wanted.Target)) is { Spec.Ingress: true } ingress)
            {
                throw SwarmRefusal.Of(
                    SwarmCode.InvalidArgument,
                    "Service cannot be explicitly attached to the ingress network "
                    + $"\"{ingress.Spec.Annotations.Name}\"");
            }
        }
        ReferenceChecks.CheckExistence(store, spec.Task.Container);
    }

    private static void RefuseImpossible(ServiceSpec before, ServiceSpec after)
    {
        // Networks at the service are the old form. They may only change when those of the task change as well, as
        // they do when a service moves to the new form.
        string? problem = before.Networks != after.Networks && before.Task.Networks == after.Task.Networks
            ? "networks must be migrated to TaskSpec before being changed"
            : before.Mode?.GetType() != after.Mode?.GetType()
            ? "service mode change is not allowed"
            : before.Annotations.Name != after.Annotations.Name
            ? "renaming services is not supported"
            : null;
        if (problem is not null)
        {
            throw SwarmRefusal.Of(SwarmCode.Unimplemented, problem);
        }
    }

    private static Service RollBack(Service service, DateTimeOffset now) => service with
    {
        Spec = service.PreviousSpec ?? throw SwarmRefusal.Of(
            SwarmCode.FailedPrecondition, $"service {service.Id} does not have a previous spec"),
        SpecVersion = service.PreviousSpecVersion,
        PreviousSpec = service.Spec,
        PreviousSpecVersion = service.SpecVersion,
        UpdateStatus = new()
        {
            State = UpdateState.RollbackStarted,
            Message = "manually requested rollback",
            StartedAt = SwarmTime.From(now),
        },
    };

    /// <summary>Every update of a job runs it again.</summary>
    private static JobStatus? NextRun(JobStatus? job, DateTimeOffset now) => job is null
        ? null
        : job with { JobIteration = new(job.JobIteration.Index + 1), LastExecution = SwarmTime.From(now) };
}
