using System.Collections.Immutable;
using Skep.Swarm;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Manager.Leader;

/// <summary>What is left out, and until when.</summary>
/// <param name="Decider">Who failed.</param>
/// <param name="Service">About what, if that is known: then only this service is left out.</param>
internal sealed record FailedDecision(string Decider, Service? Service, DateTimeOffset Until, Exception Cause);

/// <summary>Rounds of decisions that go on without those that fail, and try them again later.</summary>
/// <remarks>
/// A decision reads a snapshot and says a plan: when it throws nothing has been done, so nothing wrong can become
/// durable. Ended the process then, the next leader would meet the same object, and so on until no manager is left.
/// What failed is tried again after a pause that doubles up to a bound, a service also when it was changed. All
/// deciders are made anew after a failure, for what they remember may be half of something. For one thread.
/// </remarks>
internal sealed class GuardedRound(Func<ServicesAside, ImmutableArray<Decider>> make)
{
    private static readonly Decider Nothing = (_, _, _) => Plan.Nothing;

    private readonly ServicesAside aside = new();
    private readonly Dictionary<ServiceId, Pause> services = [];
    private readonly Dictionary<int, Pause> places = [];
    private ImmutableArray<Decider> deciders = [];

    /// <param name="cluster">What is decided about.</param>
    /// <param name="first">Decides before all others, and is not made anew.</param>
    /// <param name="now">The time.</param>
    /// <param name="ids">Where ids come from.</param>
    /// <param name="failed">Is told of every failure.</param>
    public Plan Decide(
        StoreSnapshot cluster, Decider first, DateTimeOffset now, IdSource ids, Action<FailedDecision> failed)
    {
        foreach ((ServiceId id, Pause pause) in services)
        {
            if (pause.Until <= now)
            {
                aside.Remove(id);
            }
        }
        while (true)
        {
            deciders = deciders.IsEmpty ? make(aside) : deciders;
            ImmutableArray<Decider> all = [first, .. deciders];
            try
            {
                Plan plan = Round.Decide(
                    cluster, [.. all.Select((one, place) => IsAside(place) ? Nothing : one)], now, ids);
                Forget(services, now);
                Forget(places, now);
                return plan with { WakeAt = Earliest(plan.WakeAt) };
            }
            catch (DecisionFailedException failure)
            {
                failed(PutAside(failure, all[failure.Place], now));
                deciders = [];
            }
        }

        bool IsAside(int place) => places.TryGetValue(place, out Pause pause) && pause.Until > now;
    }

    private FailedDecision PutAside(DecisionFailedException failure, Decider decider, DateTimeOffset now)
    {
        Service? service = failure.Service;
        Pause pause;
        if (service is not null && !aside.Contains(service)
            && (services.ContainsKey(service.Id) || services.Count < LeaderLimits.ServicesAside))
        {
            services[service.Id] = pause = services.GetValueOrDefault(service.Id).Next(now);
            aside.Add(service);
        }
        else
        {
            places[failure.Place] = pause = places.GetValueOrDefault(failure.Place).Next(now);
            service = null;
        }
        string name = failure.Place == 0 ? "roles" : decider.Target?.GetType().Name ?? "";
        return new FailedDecision(name, service, pause.Until, failure.InnerException!);
    }

    /// <summary>What was tried again and did not fail.</summary>
    private static void Forget<TKey>(Dictionary<TKey, Pause> pauses, DateTimeOffset now)
        where TKey : notnull
    {
        foreach (TKey key in pauses.Where(one => one.Value.Until <= now).Select(static one => one.Key).ToArray())
        {
            pauses.Remove(key);
        }
    }

    private DateTimeOffset? Earliest(DateTimeOffset? wakeAt) =>
        places.Values.Concat(services.Values).Select(static one => (DateTimeOffset?)one.Until).Append(wakeAt).Min();

    /// <param name="Length">How long it was left out last; zero: it did not fail before.</param>
    private readonly record struct Pause(TimeSpan Length, DateTimeOffset Until)
    {
        public Pause Next(DateTimeOffset now)
        {
            TimeSpan next = Length == TimeSpan.Zero ? LeaderLimits.AsideMin
                : Length * 2 < LeaderLimits.AsideMax ? Length * 2
                : LeaderLimits.AsideMax;
            return new Pause(next, now + next);
        }
    }
}
