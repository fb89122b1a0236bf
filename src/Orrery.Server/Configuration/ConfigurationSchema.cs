using System.Reflection;
using Orrery.Broker;
using Orrery.Server.Options;

namespace Orrery.Server.Configuration;

/// <summary>What may stand at one place of a configuration file. Read off the options' properties, so the two can't differ.</summary>
internal abstract record ConfigurationSchema
{
    /// <summary>The content of the section "Mqtt".</summary>
    public static ConfigurationSchema Root { get; } = BuildRoot();

    /// <summary>One value.</summary>
    /// <param name="Type">What it is read as.</param>
    public sealed record Scalar(Type Type) : ConfigurationSchema;

    /// <summary>An object with known keys, in any case.</summary>
    public sealed record Keys(IReadOnlyDictionary<string, ConfigurationSchema> Properties) : ConfigurationSchema;

    /// <summary>An object whose keys are names that the user gives.</summary>
    public sealed record Named(ConfigurationSchema Item) : ConfigurationSchema;

    /// <summary>A list.</summary>
    public sealed record List(ConfigurationSchema Item) : ConfigurationSchema;

    private static Keys BuildRoot()
    {
        var broker = new Dictionary<string, ConfigurationSchema>(StringComparer.OrdinalIgnoreCase)
        {
            [nameof(MqttBrokerOptions.Listeners)] = new List(Of(typeof(MqttListenerOptions), [])),
            [nameof(MqttBrokerOptions.DataFolder)] = new Scalar(typeof(string)),
            [nameof(MqttBrokerOptions.Persistence)] = new Scalar(typeof(PersistenceMode)),
        };
        Of(typeof(BrokerOptions), broker);

        var root = new Dictionary<string, ConfigurationSchema>(broker, StringComparer.OrdinalIgnoreCase)
        {
            ["Brokers"] = new Named(new Keys(broker)),
        };
        return Of(typeof(MqttServerOptions), root);
    }

    private static Keys Of(Type type, Dictionary<string, ConfigurationSchema> into)
    {
        if (into.Count == 0) into = new Dictionary<string, ConfigurationSchema>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.SetMethod is { IsPublic: true }) into.Add(property.Name, new Scalar(property.PropertyType));
        }

        return new Keys(into);
    }
}
