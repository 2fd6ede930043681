using Skep.Swarm.Objects;
using Skep.Swarm.Orchestration;

namespace Skep.Swarm.Updates;

/// <summary>Replaces tasks of a service by those of its new spec, some at a time, and watches how that goes.</summary>
/// <remarks>
/// <para>
/// Problem: an update takes minutes and must survive its leader, must notice that the new tasks fail, and must then
/// stop or go back. SwarmKit runs it as a group of workers with counters; a new leader starts with the counters at
/// zero, and may so let an update pass that has failed.
/// </para>
/// <para>
/// The obvious remedy, counters in the store, would be a second truth beside the tasks. But the tasks say everything:
/// in each slot the first task of the new edition behind one of another edition is the update's work. It is under way
/// while that task has not come up, waits for its delay by the time at which it came up, and has failed when that
/// task ended by itself. So each look sees how many slots are done, under way and failed, and takes the next step.
/// Only that a task outlived its watch is written down, on the task.
/// </para>
/// </remarks>
internal static class RollingUpdate
{
    /// <summary>Stops or turns the update when more of its tasks failed than may.</summary>
    /// <remarks>Before all else, for what is asked of the service may be something else afterwards.</remarks>
    public static void React(ServiceWork work)
    {
        if (work.Service.UpdateStatus?.State is not (UpdateState.Updating or UpdateState.RollbackStarted))
        {
            return;
        }
        UpdateConfig config = UpdateRules.Of(work.Service);
        SlotUpdate[] slots = ToUpdates(work, work.Slots);
        SwarmTask[] failed = [.. slots.Where(slot => slot.HasFailed).Select(slot => slot.Successor!)];
        int all = slots.Count(slot => slot.IsPending || slot.Successor is not null);
        if (failed.Length > 0
            && config.FailureAction != UpdateFailureAction.Continue
            && (float)failed.Length / all > config.MaxFailureRatio)
        {
            StopOrTurn(work, config, failed.MaxBy(TaskLife.Since)!.Id);
        }
    }

    private static void StopOrTurn(ServiceWork work, UpdateConfig config, TaskId last)
    {
        Service service = work.Service;
        UpdateStatus status = service.UpdateStatus!;
        bool isRollback = UpdateRules.IsRollback(service);
        if (config.FailureAction == UpdateFailureAction.Rollback && !isRollback && service.PreviousSpec is { } previous)
        {
            work.Service = service with
            {
                Spec = previous,
                SpecVersion = service.PreviousSpecVersion,
                PreviousSpec = null,
                PreviousSpecVersion = null,
                UpdateStatus = status with
                {
                    State = UpdateState.RollbackStarted,
                    Message = $"update rolled back due to failure or early termination of task {last}",
                },
            };
            return;
        }
        // A rollback is never rolled back.
        string what = isRollback ? "rollback" : "update";
        work.Service = service with
        {
            UpdateStatus = status with
            {
                State = isRollback ? UpdateState.RollbackPaused : UpdateState.Paused,
                Message = $"{what} paused due to failure or early termination of task {last}",
            },
        };
    }

    /// <summary>Takes the next step of an update, and begins one where tasks are out of date.</summary>
    /// <param name="work">The service.</param>
    /// <param name="kept">The slots that the service shall have; others are none of the update's concern.</param>
    public static void Advance(ServiceWork work, IReadOnlyCollection<Slot> kept)
    {
        SlotUpdate[] slots = ToUpdates(work, kept);
        if (work.Service.UpdateStatus is null && slots.Any(slot => slot.IsPending))
        {
            Start(work);
            slots = ToUpdates(work, kept);
        }
        UpdateConfig config = UpdateRules.Of(work.Service);
        UpdateOrder order = UpdateRules.OrderOf(work.Service, config);
        foreach (Slot slot in work.Slots.Where(slot => !slot.IsPlain && slot.Wanted.Skip(1).Any()))
        {
            // Also where nothing may be started any more: what was begun is brought to its end.
            Relieve(new SlotUpdate(work, slot), order);
        }
        switch (work.Service.UpdateStatus?.State)
        {
            case UpdateState.Updating or UpdateState.RollbackStarted:
                Proceed(work, config, order, slots);
                Watch(work, config, slots);
                break;
            case UpdateState.Completed or UpdateState.RollbackCompleted:
                // Tasks that a change of their node made unfit are replaced at the pace of an update.
                Proceed(work, config, order, slots);
                break;
        }
    }

    /// <summary>Leaves a slot one old and one new task at most, and no old one once the new one took over.</summary>
    /// <remarks>There are more when an update began before the one before it was done with the slot.</remarks>
    private static void Relieve(SlotUpdate slot, UpdateOrder order)
    {
        SwarmTask? older = Best(slot.Old);
        SwarmTask? newer = Best(slot.New);
        if (newer is not null && (newer.Status.State == TaskState.Running || order == UpdateOrder.StopFirst))
        {
            older = null;
        }
        foreach (SwarmTask task in slot.Old.Concat(slot.New).Where(task => task != older && task != newer))
        {
            slot.Slot.Want(task, TaskState.Shutdown);
        }
    }

    /// <summary>The newest that runs, else the newest.</summary>
    private static SwarmTask? Best(SwarmTask[] tasks) =>
        tasks.LastOrDefault(task => task.Status.State == TaskState.Running) ?? tasks.LastOrDefault();

    /// <summary>Takes as many further slots as may be under way at the same time.</summary>
    private static void Proceed(ServiceWork work, UpdateConfig config, UpdateOrder order, SlotUpdate[] slots)
    {
        SlotUpdate[] pending = [.. slots.Where(slot => slot.IsPending)];
        if (pending.Length == 0)
        {
            return;
        }
        TimeSpan delay = config.Delay.ToTimeSpan();
        int busy = 0;
        foreach (DateTimeOffset? freeAt in slots.Where(slot => !slot.IsPending).Select(slot => slot.FreeAt(delay)))
        {
            if (freeAt is null || freeAt > work.Now)
            {
                busy++;
            }
            if (freeAt > work.Now)
            {
                work.WakeNotAfter(freeAt.Value);
            }
        }
        int room = config.Parallelism == 0
            ? pending.Length
            : (int)Math.Min(config.Parallelism, int.MaxValue) - busy;
        foreach (SlotUpdate slot in pending.Take(Math.Max(room, 0)))
        {
            slot.Slot.Add(work.NewTask(slot.Slot.Key, TaskState.Ready));
            if (order == UpdateOrder.StopFirst)
            {
                foreach (SwarmTask task in slot.Old)
                {
                    slot.Slot.Want(task, TaskState.Shutdown);
                }
            }
        }
    }

    /// <summary>Ends the update once every new task has stayed up for as long as it is watched.</summary>
    private static void Watch(ServiceWork work, UpdateConfig config, SlotUpdate[] slots)
    {
        TimeSpan monitor = UpdateRules.MonitorOf(config);
        bool isEnding = true;
        var passed = new List<SlotUpdate>();
        foreach (SlotUpdate slot in slots)
        {
            if (slot.IsUnfinished || slot.FreeAt(TimeSpan.Zero) is null)
            {
                isEnding = false;
            }
            if (slot.WatchedUntil(monitor) is not { } until)
            {
                continue;
            }
            if (until > work.Now)
            {
                isEnding = false;
                work.WakeNotAfter(until);
            }
            else
            {
                passed.Add(slot);
            }
        }
        if (isEnding)
        {
            Complete(work);
        }
        else if (config.FailureAction != UpdateFailureAction.Continue)
        {
            passed.ForEach(slot => slot.Pass());
        }
    }

    private static SlotUpdate[] ToUpdates(ServiceWork work, IReadOnlyCollection<Slot> slots) =>
        [.. slots.Where(slot => !IsDone(work, slot)).Select(slot => new SlotUpdate(work, slot))];

    /// <summary>Nothing to do and nothing to watch: the only task there ever was is of this edition.</summary>
    private static bool IsDone(ServiceWork work, Slot slot) => slot.Tasks.Count == 0
        || (slot.IsPlain && slot.Newest.SpecVersion is { } version && version == work.Service.SpecVersion);

    private static void Start(ServiceWork work)
    {
        bool isTurned = work.Service.Spec.Update?.Order == UpdateOrder.StartFirst
            && UpdateRules.HasHostPort(work.Service.Spec);
        work.Service = work.Service with
        {
            UpdateStatus = new UpdateStatus
            {
                State = UpdateState.Updating,
                Message = isTurned
                    ? "update in progress (stop-first: two tasks cannot publish the same port of a node)"
                    : "update in progress",
                StartedAt = SwarmTime.From(work.Now),
            },
        };
    }

    private static void Complete(ServiceWork work)
    {
        bool isRollback = UpdateRules.IsRollback(work.Service);
        work.Service = work.Service with
        {
            UpdateStatus = work.Service.UpdateStatus! with
            {
                State = isRollback ? UpdateState.RollbackCompleted : UpdateState.Completed,
                Message = isRollback ? "rollback completed" : "update completed",
                CompletedAt = SwarmTime.From(work.Now),
            },
        };
    }
}
