namespace Orrery.Broker;

/// <summary>The answer to <see cref="MqttBroker.SetOptions"/>.</summary>
/// <param name="Faults">What is out of range or can't be changed, one sentence each; then nothing has changed. Empty when all is well.</param>
public sealed record BrokerOptionsSet(IReadOnlyList<string> Faults);
