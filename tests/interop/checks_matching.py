"""Topic names, filters, and what matches what."""

from harness import check, expect, rows
from javascript_client import MqttJs
from paho_client import Paho
from raw_client import PUBACK, PUBLISH, Raw, acknowledge
from tools import MOSQUITTO

TOPICS = [
    ("umlauts", "straße/größe"), ("emoji", "🚀/🛰️"), ("several scripts", "温度/температура/درجة"),
    ("a combining mark", "e\u0301/\u00e9"), ("spaces", "living room/ lamp "), ("empty levels", "/a//b/"),
    ("120 levels", "/".join(["x"] * 120)), ("a long level", "l" * 20_000),
]


@rows("a topic with {0}", TOPICS)
def unicode_topic(context, _name, rest):
    subscriber = Paho(context, version=5)
    subscriber.subscribe(context.topic(rest), 1)
    subscriber.subscribe(context.topic("unrelated/#"), 1)
    Paho(context).publish(context.topic(rest), "x", 1)
    expect([message.topic for message in subscriber.received(1)], [context.topic(rest)], "topics")


@check("unicode topics and payloads through mosquitto and MQTT.js", needs=["mosquitto", "mqttjs"])
def unicode_tools(context):
    subscribers = [MOSQUITTO.subscribe(context, context.topic("ключ/#"), qos=1), MqttJs(context)]
    subscribers[1].subscribe(context.topic("ключ/+"), 1)
    MOSQUITTO.publish(context, context.topic("ключ/鍵"), "значение 値 🗝", 1)
    for subscriber in subscribers:
        received = subscriber.received(1)[0]
        expect((received.topic, received.text), (context.topic("ключ/鍵"), "значение 値 🗝"), "the message")


FILTERS = [
    ("a/+/c", {"a/b/c", "a//c"}), ("a/#", {"a", "a/b", "a/b/c", "a//c", "a/b/c/d"}), ("+/b", {"a/b"}),
    ("+/b/#", {"a/b", "a/b/c", "a/b/c/d", "A/b/C"}), ("+", {"a"}), ("+/+", {"a/b", "/a"}), ("/+", {"/a"}), ("a/b", {"a/b"}),
    ("#", {"a", "a/b", "a/b/c", "a//c", "a/b/c/d", "A/b/C", "/a"}), ("a/+/+", {"a/b/c", "a//c"}),
]
PUBLISHED = ["a", "a/b", "a/b/c", "a//c", "a/b/c/d", "A/b/C", "/a"]


@rows("the filter {0}", FILTERS)
def matching(context, topic_filter, expected):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic(topic_filter), 1)
    subscriber.subscribe(context.topic("end!"), 1)
    publisher = Paho(context)
    for topic in [*PUBLISHED, "end!"]:
        publisher.publish(context.topic(topic), "x", 1)
    everything = set(PUBLISHED) | {"end!"}
    wanted = expected | {"end!"}
    received = subscriber.received(len(wanted))
    expect({message.topic[len(context.prefix) + 1:] for message in received} & everything, wanted, "matched topics")


@check("a leading wildcard does not match a topic that starts with $")
def dollar(context):
    subscriber = Paho(context)
    for topic_filter in (f"+/{context.prefix}", f"+/{context.prefix}/#", f"$own/{context.prefix}"):
        subscriber.subscribe(topic_filter, 1)
    publisher = Paho(context)
    publisher.publish(f"$own/{context.prefix}", "dollar", 1)
    publisher.publish(f"own/{context.prefix}", "plain", 1)
    expect([message.text for message in subscriber.received(2)], ["dollar", "plain"], "deliveries")


@check("overlapping filters deliver one copy at the highest QoS")
def overlapping(context):
    subscriber = Paho(context)
    for topic_filter, qos in (("a/#", 0), ("a/+", 2), ("a/b", 1)):
        subscriber.subscribe(context.topic(topic_filter), qos)
    publisher = Paho(context)
    publisher.publish(context.topic("a/b"), "first", 2)
    publisher.publish(context.topic("a/b"), "second", 2)
    expect([(message.text, message.qos) for message in subscriber.received(2)], [("first", 2), ("second", 2)], "deliveries")


@check("subscribing again to the same filter replaces the QoS")
def subscribe_again(context):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("t"), 2)
    subscriber.subscribe(context.topic("t"), 0)
    Paho(context).publish(context.topic("t"), "x", 2)
    expect([message.qos for message in subscriber.received(1)], [0], "QoS of the deliveries")


@check("after UNSUBSCRIBE nothing arrives")
def unsubscribe(context):
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("a"), 1)
    subscriber.subscribe(context.topic("b"), 1)
    subscriber.unsubscribe(context.topic("a"))
    publisher = Paho(context)
    publisher.publish(context.topic("a"), "unwanted", 1)
    publisher.publish(context.topic("b"), "wanted", 1)
    expect([message.text for message in subscriber.received(1)], ["wanted"], "deliveries")


@check("one SUBSCRIBE with several filters gets one code for each, in order")
def several_filters(context):
    subscriber = Paho(context)
    subscriber.subscribe([(context.topic("a"), 2), (context.topic("b/#"), 0), (context.topic("c/+"), 1)], expected=[2, 0, 1])
    publisher = Paho(context)
    for topic in ("a", "b/x", "c/y"):
        publisher.publish(context.topic(topic), topic, 2)
    received = sorted((message.text, message.qos) for message in subscriber.received(3))
    expect(received, [("a", 2), ("b/x", 0), ("c/y", 1)], "deliveries")


@check("a message that was sent before UNSUBSCRIBE can still be acknowledged after it")
def acknowledge_after_unsubscribe(context):
    raw = Raw.connected(context)
    raw.subscribed(context.topic("t"), 1)
    Paho(context).publish(context.topic("t"), "x", 1)
    received = raw.read(PUBLISH)
    raw.send(bytes.fromhex("a2") + bytes([2 + 2 + len(context.topic("t"))]) + b"\0\5" + len(context.topic("t")).to_bytes(2, "big")
             + context.topic("t").encode())
    expect(raw.read(11).identifier, 5, "UNSUBACK")
    raw.send(acknowledge(PUBACK, received.identifier))
    expect(raw.ping(), [], "packets after the acknowledgement")
