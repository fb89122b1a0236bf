namespace Orrery.Server.Hosting;

/// <summary>A broker failed more often than it begins anew while the host started; the log says what failed.</summary>
public sealed class BrokerFailedException(string broker)
    : Exception($"broker {broker} failed again and again while it started, and gave up. The log says what failed.");
