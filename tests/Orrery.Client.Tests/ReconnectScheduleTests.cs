using Orrery.Mqtt;

namespace Orrery.Client.Tests;

public class ReconnectScheduleTests
{
    [Fact]
    public void The_wait_doubles_up_to_the_longest_and_starts_anew_after_success()
    {
        var schedule = new ReconnectSchedule(new ReconnectOptions
        {
            DelayMin = TimeSpan.FromSeconds(1),
            DelayMax = TimeSpan.FromSeconds(5),
            Jitter = 0,
        });

        Assert.Equal([1, 2, 4, 5, 5], Enumerable.Range(0, 5).Select(_ => schedule.Next().TotalSeconds));
        schedule.Reset();
        Assert.Equal(1, schedule.Next().TotalSeconds);
    }

    [Theory]
    [InlineData(0.0, 8)]
    [InlineData(0.5, 6)]
    [InlineData(0.999999999, 4)]
    public void Chance_takes_away_up_to_the_jitters_part(double drawn, double seconds)
    {
        var schedule = new ReconnectSchedule(new ReconnectOptions { DelayMin = TimeSpan.FromSeconds(8), Jitter = 0.5, Random = () => drawn });

        Assert.Equal(seconds, schedule.Next().TotalSeconds, precision: 6);
    }

    [Fact]
    public void The_same_chance_makes_the_same_waits()
    {
        double[] Waits(int seed)
        {
            var random = new Random(seed);
            var schedule = new ReconnectSchedule(new ReconnectOptions { Random = random.NextDouble });
            return [.. Enumerable.Range(0, 10).Select(_ => schedule.Next().TotalSeconds)];
        }

        Assert.Equal(Waits(1), Waits(1));
        Assert.NotEqual(Waits(1), Waits(2));
    }

    [Fact]
    public void Zero_tries_at_once_every_time() =>
        Assert.Equal(TimeSpan.Zero, new ReconnectSchedule(new ReconnectOptions { DelayMin = TimeSpan.Zero, DelayMax = TimeSpan.Zero }).Next());

    [Fact]
    public void Waits_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReconnectSchedule(new ReconnectOptions { DelayMin = TimeSpan.FromSeconds(-1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReconnectSchedule(new ReconnectOptions { DelayMax = TimeSpan.FromMilliseconds(1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReconnectSchedule(new ReconnectOptions { Jitter = 1.1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MqttClient(new ClientOptions { Reconnect = new ReconnectOptions { Jitter = double.NaN } }));
    }

    [Theory]
    [InlineData(DisconnectCause.TransportLost, null, true)]
    [InlineData(DisconnectCause.Timeout, null, true)]
    [InlineData(DisconnectCause.ByClient, ReasonCode.Success, false)]
    [InlineData(DisconnectCause.ProtocolViolation, ReasonCode.ProtocolError, false)]
    [InlineData(DisconnectCause.Refused, ReasonCode.ServerBusy, true)]
    [InlineData(DisconnectCause.Refused, ReasonCode.ServerUnavailable, true)]
    [InlineData(DisconnectCause.Refused, ReasonCode.BadUserNameOrPassword, false)]
    [InlineData(DisconnectCause.Refused, ReasonCode.NotAuthorized, false)]
    [InlineData(DisconnectCause.Refused, ReasonCode.ClientIdentifierNotValid, false)]
    [InlineData(DisconnectCause.Refused, ReasonCode.Banned, false)]
    [InlineData(DisconnectCause.ByServer, ReasonCode.ServerShuttingDown, true)]
    [InlineData(DisconnectCause.ByServer, ReasonCode.KeepAliveTimeout, true)]
    [InlineData(DisconnectCause.ByServer, ReasonCode.SessionTakenOver, false)]
    [InlineData(DisconnectCause.ByServer, ReasonCode.UseAnotherServer, false)]
    [InlineData(DisconnectCause.ByServer, ReasonCode.MalformedPacket, false)]
    public void A_loss_is_answered_where_that_can_help(DisconnectCause cause, ReasonCode? reasonCode, bool retries) =>
        Assert.Equal(retries, ReconnectSchedule.MayRetry(cause, reasonCode));
}
