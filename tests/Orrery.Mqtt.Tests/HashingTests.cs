using System.Text;

namespace Orrery.Mqtt.Tests;

public class HashingTests
{
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]                    // published vectors of XXH64, seed 0
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("xxhash", 0x32DD38952C4BC720)]
    [InlineData("Call me Ishmael. Some years ago--never mind how long precisely-", 0x02A2E85470D6FD96)]
    public void Published_vectors_hold(string text, ulong hash) =>
        Assert.Equal(hash, Hashing.Hash(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(1, 0xE934A84ADB052768)]                     // the bytes 0, 1, 2 ... of each way through the code
    [InlineData(4, 0xFFCED8604453CC1E)]
    [InlineData(5, 0xDD0274386E26030C)]
    [InlineData(8, 0x884A173614B81B8D)]
    [InlineData(15, 0xA948F5F0F6ABAC2D)]
    [InlineData(31, 0xC346D2B59B4D8EE1)]
    [InlineData(32, 0xCBF59C5116FF32B4)]
    [InlineData(33, 0x0C535D1ACAFB8EAD)]
    [InlineData(100, 0x6AC1E58032166597)]
    public void The_hash_of_counting_bytes_is_frozen(int length, ulong hash)
    {
        var bytes = new byte[length];
        for (var index = 0; index < length; index++) bytes[index] = (byte)index;

        Assert.Equal(hash, Hashing.Hash(bytes));
    }

    [Fact]
    public void The_hash_does_not_depend_on_where_the_bytes_lie()
    {
        byte[] shifted = [0xFF, .. "sport/tennis/player1/ranking/2026"u8, 0xFF];

        Assert.Equal(Hashing.Hash("sport/tennis/player1/ranking/2026"u8), Hashing.Hash(shifted.AsSpan(1, shifted.Length - 2)));
    }
}
