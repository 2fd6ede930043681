// Hosts share two things that no namespace divides: the machine's processors and its one lock on network devices.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
