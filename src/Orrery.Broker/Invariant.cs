using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Orrery.Broker;

/// <summary>What must hold whatever a peer does. A breach is a bug of the broker: the actor stops, a simulation fails.</summary>
internal static class Invariant
{
    /// <summary>Throws unless the condition holds, also in Release.</summary>
    public static void That(
        [DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string? text = null)
    {
        if (!condition)
        {
            throw new InvariantViolationException(text!);
        }
    }
}

/// <summary>Something that can't happen did.</summary>
internal sealed class InvariantViolationException(string message) : Exception(message);
