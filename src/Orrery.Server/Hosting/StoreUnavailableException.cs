namespace Orrery.Server.Hosting;

/// <summary>A broker's store can't be opened, so the host does not start: it would lose what clients were promised.</summary>
public sealed class StoreUnavailableException(string message) : IOException(message);
