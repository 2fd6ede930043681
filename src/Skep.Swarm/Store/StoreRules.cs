using Skep.Swarm.Objects;

namespace Skep.Swarm.Store;

/// <summary>The few rules about objects that the store itself keeps: those of extensions and their resources.</summary>
internal static class StoreRules
{
    public static void CheckCreate(StoreEdit store, StoreObject item)
    {
        switch (item)
        {
            case Resource resource:
                RequireExtension(store, resource);
                break;
            case Extension extension when IsBuiltIn(extension.Annotations.Name):
                throw StoreRefusals.NameTaken();
        }
    }

    public static void CheckUpdate(StoreEdit store, StoreObject item)
    {
        switch (item)
        {
            case Resource resource:
                RequireExtension(store, resource);
                break;
            case Extension:
                throw StoreRefusals.ExtensionsNeverChange();
        }
    }

    public static void CheckRemove(StoreEdit store, StoreObject item)
    {
        if (item is Extension extension
            && store.Current(ObjectKind.Resource).Any(IndexName.Extension, extension.Annotations.Name))
        {
            throw StoreRefusals.ExtensionInUse();
        }
    }

    private static void RequireExtension(StoreEdit store, Resource resource)
    {
        if (store.Current(ObjectKind.Extension).Named(resource.ExtensionName) is null)
        {
            throw StoreRefusals.KindUnregistered();
        }
    }

    private static bool IsBuiltIn(string name) => name
        is "node" or "service" or "task" or "network" or "cluster" or "secret" or "config" or "volume" or "resource"
        or "extension";
}
