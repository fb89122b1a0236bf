namespace Orrery.Broker.Topics;

/// <summary>An item that an <see cref="OrderedTable{TKey, TItem}"/> holds once a key.</summary>
internal interface IKeyed<out TKey>
{
    TKey Key { get; }
}
