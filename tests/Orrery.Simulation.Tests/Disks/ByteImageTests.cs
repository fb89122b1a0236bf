using Orrery.Simulation.Disks;

namespace Orrery.Simulation.Tests.Disks;

/// <summary>The bytes of a file, against an array that is as long as any file gets.</summary>
public sealed class ByteImageTests
{
    private const int LengthMax = 300_000;                  // several chunks

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void It_holds_what_an_array_holds(int seed)
    {
        var chance = new Random(seed);
        var (image, bytes, length) = (new ByteImage(), new byte[LengthMax], 0);

        for (var step = 0; step < 300; step++)
        {
            var offset = chance.Next(LengthMax);
            switch (chance.Next(8))
            {
                case 0:
                    image.SetLength(offset);
                    if (offset < length) bytes.AsSpan(offset, length - offset).Clear();
                    length = offset;
                    break;
                case 1 when length > 0:
                    image.FlipBit(offset % length * 8L);
                    bytes[offset % length] ^= 1;
                    break;
                case 2:
                    image = new ByteImage(image);
                    break;
                default:
                    var written = new byte[Math.Min(LengthMax - offset, chance.Next(chance.Next(150_000) + 1))];
                    chance.NextBytes(written);
                    image.Write(offset, written);
                    written.CopyTo(bytes, offset);
                    length = Math.Max(length, offset + written.Length);
                    break;
            }

            Assert.Equal(length, image.Length);
            var read = new byte[chance.Next(100_000)];
            var from = chance.Next(LengthMax);
            var count = image.Read(from, read);
            Assert.Equal(Math.Clamp(length - from, 0, read.Length), count);
            Assert.True(read.AsSpan(0, count).SequenceEqual(bytes.AsSpan(from, count)), $"step {step}: {count} bytes at {from}");
        }
    }

    [Fact]
    public void A_copy_shares_nothing()
    {
        var image = new ByteImage();
        image.Write(10, [1, 2, 3]);
        var copy = new ByteImage(image);

        image.Write(10, [9]);

        var read = new byte[3];
        copy.Read(10, read);
        Assert.Equal([1, 2, 3], read);
    }
}
