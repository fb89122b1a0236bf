using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Scenarios;

/// <summary>One run that a file asks for: a concrete scenario and its seed.</summary>
/// <param name="Name">`name/variant[axis=value,…]#i`, unique in the file.</param>
/// <param name="Seed">Where all chance comes from; null when whoever runs it must bring one.</param>
/// <param name="Scenario">What to run.</param>
/// <param name="Canonical">The canonical JSON.</param>
/// <param name="Hash">SHA-256 of the canonical JSON in hexadecimal digits.</param>
public sealed record ScenarioRun(string Name, ulong? Seed, Scenario Scenario, string Canonical, string Hash)
{
    /// <summary>The trace hash that the file remembers for this run and its seed, or the start of it; null for none.</summary>
    public string? GoldenTrace => Scenario.Golden is { } golden ? golden.Trace ?? golden.Runs.GetValueOrDefault(Name) : null;

    /// <summary>The seed of one run of a sweep: the first eight bytes, big-endian, of SHA-256 over name, cell and number.</summary>
    /// <param name="name">The scenario's name.</param>
    /// <param name="cell">The variant's name and the canonical JSON of the cell's values.</param>
    /// <param name="number">From 1.</param>
    internal static ulong SeedOf(string name, string cell, int number)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{name}\n{cell}\n{number}");
        return BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
