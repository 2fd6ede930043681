namespace Skep.Swarm.Services;

/// <summary>How many tasks a service has, as lists of services show it.</summary>
/// <param name="Running">Those that run; of a job: of its present run.</param>
/// <param name="Desired">Those that should run at a time.</param>
/// <param name="Completed">Those of a job's present run that have ended well; 0 for services that are no jobs.</param>
public readonly record struct ServiceTaskCounts(ulong Running, ulong Desired, ulong Completed);
