"""Retained messages."""

from harness import check, expect, rows, until
from javascript_client import MqttJs
from paho_client import Paho
from tools import COMMAND_LINES, MOSQUITTO


def stored(context, topic_filter, end, qos=1):
    """What a new subscription finds. `end` is another retained topic, subscribed last, that closes the list."""
    subscriber = Paho(context)
    subscriber.subscribe(topic_filter, qos)
    subscriber.subscribe(end, qos)
    until(lambda: any(message.topic == end for message in subscriber.messages), "the closing retained message")
    return [(message.topic, message.text, message.retain) for message in subscriber.messages if message.topic != end]


@check("a retained message is stored, replaced and cleared")
def life(context):
    topic, end = context.topic("t"), context.topic("end")
    publisher = Paho(context)
    publisher.publish(end, "end", 1, True)
    expect(stored(context, topic, end), [], "before the first")
    publisher.publish(topic, "one", 1, True)
    expect(stored(context, topic, end), [(topic, "one", True)], "after the first")
    publisher.publish(topic, "two", 2, True)
    expect(stored(context, topic, end), [(topic, "two", True)], "after the second")
    publisher.publish(topic, "not retained", 1)
    expect(stored(context, topic, end), [(topic, "two", True)], "after one without RETAIN")
    publisher.publish(topic, b"", 1, True)
    expect(stored(context, topic, end), [], "after the empty one")


@check("RETAIN is set on what was stored and clear on what is live")
def flag(context):
    live = Paho(context)
    live.subscribe(context.topic("t"), 1)
    Paho(context).publish(context.topic("t"), "x", 1, True)
    expect([message.retain for message in live.received(1)], [False], "RETAIN on the live message")
    late = Paho(context)
    late.subscribe(context.topic("t"), 1)
    expect([message.retain for message in late.received(1)], [True], "RETAIN on the stored message")


@check("an empty retained message is delivered live")
def empty(context):
    live = Paho(context)
    live.subscribe(context.topic("t"), 1)
    Paho(context).publish(context.topic("t"), b"", 1, True)
    received = live.received(1)[0]
    expect((received.payload, received.retain), (b"", False), "the live message")


@rows("retained at QoS {0}, subscribed at QoS {1}", [(0, 2), (1, 0), (1, 2), (2, 1), (2, 2)])
def qos_of_stored(context, published, subscribed):
    Paho(context).publish(context.topic("t"), "x", published, True)
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("t"), subscribed)
    expect([message.qos for message in subscriber.received(1)], [min(published, subscribed)], "QoS")


@rows("a wildcard subscription finds every retained message: {0}", [("#", 60), ("+/leaf", 30), ("5/+", 2)])
def wildcard(context, topic_filter, count):
    publisher = Paho(context)
    for number in range(30):
        publisher.publish(context.topic(f"{number}/leaf"), str(number), 1, True)
        publisher.publish(context.topic(f"{number}/other"), str(number), 1, True)
    subscriber = Paho(context)
    subscriber.subscribe(context.topic(topic_filter), 1)
    received = subscriber.received(count)
    expect(len({message.topic for message in received}), count, "different topics")
    expect({message.retain for message in received}, {True}, "RETAIN")


@check("subscribing again sends the retained message again")
def again(context):
    Paho(context).publish(context.topic("t"), "x", 1, True)
    subscriber = Paho(context)
    subscriber.subscribe(context.topic("t"), 1)
    subscriber.received(1)
    subscriber.subscribe(context.topic("t"), 1)
    expect([message.text for message in subscriber.received(2)], ["x", "x"], "deliveries")


for tool in COMMAND_LINES:

    @check(f"{tool.name} pub -r, then {tool.name} sub", needs=[tool.name])
    def command_line(context, tool=tool):
        tool.publish(context, context.topic("t"), "kept", 1, retain=True)
        received = tool.subscribe(context, context.topic("#"), qos=1).received(1)[0]
        expect((received.topic, received.payload), (context.topic("t"), b"kept"), "the stored message")


@check("mosquitto retains, MQTT.js finds and clears, mosquitto finds nothing", needs=["mosquitto", "mqttjs"])
def mixed(context):
    topic, end = context.topic("t"), context.topic("end")
    MOSQUITTO.publish(context, topic, "kept", 1, retain=True)
    MOSQUITTO.publish(context, end, "end", 1, retain=True)
    client = MqttJs(context)
    client.subscribe(topic, 1)
    expect([(message.text, message.retain) for message in client.received(1)], [("kept", True)], "found by MQTT.js")
    client.publish(topic, b"", 1, retain=True)
    subscriber = MOSQUITTO.subscribe(context, topic, end, qos=1)
    expect([message.topic for message in subscriber.received(1)], [end], "found by mosquitto_sub")
