"""Wills: whose connection breaks has its will published, and who says goodbye does not."""

from harness import check, expect, rows
from javascript_client import MqttJs
from paho_client import Paho
from raw_client import DISCONNECT, Raw, packet
from tools import COMMAND_LINES


def observer(context):
    client = Paho(context, version=5)
    client.subscribe(context.topic("#"), 2, options={"retain_as_published": True})
    return client


def will_of(context, **more):
    return {"topic": context.topic("will"), "payload": "gone", **more}


@rows("the will of a killed client at QoS {0}, version {1}", [(0, 3), (1, 4), (2, 4), (1, 5)])
def killed(context, qos, version):
    watching = observer(context)
    Paho(context, version, will=will_of(context, qos=qos)).kill()
    received = watching.received(1)[0]
    expect((received.topic, received.text, received.qos), (context.topic("will"), "gone", qos), "the will")


@rows("no will after DISCONNECT, version {0}", [(3,), (4,), (5,)])
def goodbye(context, version):
    watching = observer(context)
    Paho(context, version, will=will_of(context, qos=1)).disconnect()
    Paho(context).publish(context.topic("end"), "end", 1)
    expect([message.topic for message in watching.received(1)], [context.topic("end")], "deliveries")


for tool in COMMAND_LINES:

    @check(f"the will of a killed {tool.name} sub", needs=[tool.name])
    def killed_process(context, tool=tool):
        watching = observer(context)
        subscriber = tool.subscribe(context, context.topic("unused"), arguments=[
            "--will-topic", context.topic("will"), "--will-payload", "gone", "--will-qos", "2"])
        subscriber.kill()
        received = watching.received(1)[0]
        expect((received.text, received.qos), ("gone", 2), "the will")


@check("the will of a killed MQTT.js process", needs=["mqttjs"])
def killed_javascript(context):
    watching = observer(context)
    MqttJs(context, will={"topic": context.topic("will"), "payload": "gone", "qos": 1, "retain": False}).kill()
    expect(watching.received(1)[0].text, "gone", "the will")


@check("a retained will is stored")
def retained(context):
    watching = observer(context)
    Paho(context, will=will_of(context, qos=1, retain=True)).kill()
    expect(watching.received(1)[0].retain, True, "RETAIN as published")
    late = Paho(context)
    late.subscribe(context.topic("will"), 1)
    received = late.received(1)[0]
    expect((received.text, received.retain), ("gone", True), "the stored will")


@check("the will of a client that breaks the protocol")
def protocol_error(context):
    watching = observer(context)
    raw = Raw.connected(context, will=(context.topic("will"), "gone", 1, False))
    raw.send(packet(15, 0, b""))  # AUTH does not exist in 3.1.1
    raw.read_to_end()
    expect(watching.received(1)[0].text, "gone", "the will")


@check("v5 DISCONNECT with 0x04 publishes the will")
def disconnect_with_will(context):
    watching = observer(context)
    raw = Raw.connected(context, version=5, will=(context.topic("will"), "gone", 1, False))
    raw.send(packet(DISCONNECT, 0, bytes([4, 0])))
    expect(watching.received(1)[0].text, "gone", "the will")


@check("v5 will properties are forwarded")
def will_properties(context):
    watching = observer(context)
    Paho(context, 5, will=will_of(context, qos=1, properties={
        "ContentType": "text/plain", "ResponseTopic": "answer", "UserProperty": [("a", "b")]})).kill()
    received = watching.received(1)[0].properties
    expect((received.get("ContentType"), received.get("ResponseTopic"), received.get("UserProperty")),
           ("text/plain", "answer", [("a", "b")]), "properties")


@check("v5 will delay: published after the delay, as the session lives on")
def delayed(context):
    watching = observer(context)
    Paho(context, 5, connect_properties={"SessionExpiryInterval": 60},
         will=will_of(context, qos=1, properties={"WillDelayInterval": 1})).kill()
    Paho(context).publish(context.topic("before"), "before", 1)
    expect([message.topic for message in watching.received(1)], [context.topic("before")], "before the delay has passed")
    expect([message.text for message in watching.received(2)], ["before", "gone"], "after the delay")


@check("v5 will delay: cancelled by a connection that resumes the session")
def delay_cancelled(context):
    watching = observer(context)
    identity = context.client_id()
    Paho(context, 5, identity, clean=False, connect_properties={"SessionExpiryInterval": 60},
         will=will_of(context, qos=1, properties={"WillDelayInterval": 2})).kill()
    resumed = Paho(context, 5, identity, clean=False, connect_properties={"SessionExpiryInterval": 0})
    expect(resumed.session_present, True, "session present")
    marker = Paho(context, 5, connect_properties={"SessionExpiryInterval": 60}, will={
        "topic": context.topic("marker"), "payload": "later", "qos": 1, "properties": {"WillDelayInterval": 3}})
    marker.kill()  # due a second after the cancelled one, so that its arrival ends the wait
    expect([message.topic for message in watching.received(1)], [context.topic("marker")], "deliveries")
