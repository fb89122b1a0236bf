using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orrery.Server.Options;

namespace Orrery.Server.Hosting;

/// <summary>Adds MQTT brokers to a host.</summary>
public static class MqttBrokerServiceCollectionExtensions
{
    /// <summary>Adds the unnamed broker, bound from the configuration section "Mqtt"; it starts and stops with the host.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options after the configuration; null changes nothing.</param>
    public static IServiceCollection AddMqttBroker(this IServiceCollection services, Action<MqttBrokerOptions>? configure = null) =>
        Add(services, Microsoft.Extensions.Options.Options.DefaultName, configure);

    /// <summary>Adds a broker of its own topics, sessions and listeners, bound from the section "Mqtt:Brokers:NAME".</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">One name a broker: letters, digits, '-' and '_', but not "broker", which is the unnamed one.</param>
    /// <param name="configure">Changes the options after the configuration; null changes nothing.</param>
    /// <exception cref="ArgumentException">The name is empty, has other characters, or is "broker".</exception>
    public static IServiceCollection AddMqttBroker(
        this IServiceCollection services, string name, Action<MqttBrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (BrokerRegistration.FaultOf(name) is { } fault) throw new ArgumentException($"\"{name}\" {fault}.", nameof(name));

        return Add(services, name, configure);
    }

    private static IServiceCollection Add(IServiceCollection services, string name, Action<MqttBrokerOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(service => service.ImplementationInstance is BrokerRegistration other && other.OptionsName == name))
        {
            services.AddSingleton(new BrokerRegistration(name));
            services.AddOptions<MqttBrokerOptions>(name)
                .Configure<IServiceProvider>((options, provider) => Bind(provider, name, options))
                .ValidateOnStart();
        }

        if (configure is not null) services.Configure(name, configure);

        if (services.Any(service => service.ServiceType == typeof(BrokerHost))) return services;

        services.AddOptions<MqttServerOptions>()
            .Configure<IServiceProvider>((options, provider) => SectionOf(provider, Microsoft.Extensions.Options.Options.DefaultName)?.Bind(options))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<MqttBrokerOptions>, MqttBrokerOptionsValidator>();
        services.AddSingleton<IValidateOptions<MqttServerOptions>, MqttServerOptionsValidator>();
        services.TryAddSingleton<StoreFactory>(BrokerStores.Create);
        services.AddSingleton(provider => new BrokerHost(
            provider.GetServices<BrokerRegistration>(),
            provider.GetRequiredService<IOptionsMonitor<MqttBrokerOptions>>(),
            provider.GetRequiredService<IOptions<MqttServerOptions>>(),
            provider,
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<StoreFactory>(),
            provider.GetService<IHostApplicationLifetime>()));
        services.AddHostedService(provider => provider.GetRequiredService<BrokerHost>());
        return services;
    }

    private static void Bind(IServiceProvider provider, string name, MqttBrokerOptions options)
    {
        if (SectionOf(provider, name) is not { } section) return;
        section.Bind(options);
        section.Bind(options.Limits);       // a fresh instance of these options, which nobody else has seen yet
    }

    private static IConfigurationSection? SectionOf(IServiceProvider provider, string name) =>
        provider.GetService<IConfiguration>()?.GetSection(BrokerRegistration.SectionOf(name));
}
