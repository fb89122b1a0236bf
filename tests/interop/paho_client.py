"""Eclipse Paho for Python (Debian's 1.6), with blocking steps and without its automatic reconnect."""

import socket
import struct
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from harness import CheckFailed, until
from message import Inbox, Message

VERSIONS = {3: mqtt.MQTTv31, 4: mqtt.MQTTv311, 5: mqtt.MQTTv5}


def properties(packet, values):
    """Builds paho's property object; names are the specification's without spaces, such as MessageExpiryInterval."""
    if not values:
        return None
    built = Properties(packet)
    for name, value in values.items():
        setattr(built, name, value)
    return built


class Paho(Inbox):
    def __init__(self, context, version=4, client_id=None, clean=True, keep_alive=60, will=None, connect_properties=None,
                 expected_code=0):
        super().__init__()
        self.version = version
        self.connack_code = None
        self.session_present = None
        self.connack_properties = {}
        self.disconnect_code = None
        self._acknowledged = {}
        self._published = set()
        identity = context.client_id("paho") if client_id is None else client_id
        clean_session = {} if version == 5 else {"clean_session": clean}
        self.client = mqtt.Client(identity, protocol=VERSIONS[version], **clean_session)
        self.client.on_connect = self._on_connect
        self.client.on_message = self._on_message
        self.client.on_subscribe = self._on_acknowledged
        self.client.on_unsubscribe = self._on_acknowledged
        self.client.on_publish = lambda _client, _data, identifier: self._published.add(identifier)
        self.client.on_disconnect = self._on_disconnect
        if will:
            self.client.will_set(will["topic"], will["payload"], will.get("qos", 0), will.get("retain", False),
                                 properties(PacketTypes.WILLMESSAGE, will.get("properties")) if version == 5 else None)
        if version == 5:
            self.client.connect(context.host, context.port, keep_alive, clean_start=clean,
                                properties=properties(PacketTypes.CONNECT, connect_properties))
        else:
            self.client.connect(context.host, context.port, keep_alive)
        self._running = True
        self.closed = threading.Event()
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self.client._thread = self._thread  # or publish() would write to the socket beside the loop, in another order
        self._thread.start()
        context.keep(self)
        until(lambda: self.connack_code is not None or self.closed.is_set(), "CONNACK")
        if expected_code is not None and self.connack_code != expected_code:
            raise CheckFailed(f"CONNACK with {self.connack_code} in place of {expected_code}")

    def subscribe(self, topic_filter, qos=0, options=None, subscribe_properties=None, expected=None):
        """Subscribes and returns the granted codes. `options`: no_local, retain_as_published, retain_handling."""
        if self.version == 5:
            chosen = SubscribeOptions(qos=qos, noLocal=(options or {}).get("no_local", False),
                                      retainAsPublished=(options or {}).get("retain_as_published", False),
                                      retainHandling=(options or {}).get("retain_handling", 0))
            _, identifier = self.client.subscribe(
                topic_filter, options=chosen, properties=properties(PacketTypes.SUBSCRIBE, subscribe_properties))
        else:
            _, identifier = self.client.subscribe(topic_filter, qos)
        codes = until(lambda: self._acknowledged.get(identifier), f"SUBACK for {topic_filter}")
        wanted = [qos] if expected is None else expected
        if codes != wanted:
            raise CheckFailed(f"SUBACK for {topic_filter} with {codes} in place of {wanted}")
        return codes

    def unsubscribe(self, topic_filter):
        _, identifier = self.client.unsubscribe(topic_filter)
        return until(lambda: self._acknowledged.get(identifier), f"UNSUBACK for {topic_filter}")

    def publish(self, topic, payload, qos=0, retain=False, publish_properties=None, wait=True):
        info = self.client.publish(topic, payload, qos, retain, properties(PacketTypes.PUBLISH, publish_properties))
        if wait:
            self.flushed(info.mid)
        return info.mid

    def flushed(self, identifier):
        """Waits until the publish is complete: sent at QoS 0, acknowledged at QoS 1, completed at QoS 2."""
        until(lambda: identifier in self._published, f"the acknowledgement of PUBLISH {identifier}", 60)

    def disconnect(self, reason=None):
        """Ends the connection with DISCONNECT."""
        if self.version == 5 and reason is not None:
            self.client.disconnect(reasoncode=mqtt.ReasonCodes(PacketTypes.DISCONNECT, identifier=reason))
        else:
            self.client.disconnect()
        until(self.closed.is_set, "the connection to end after DISCONNECT")

    def kill(self):
        """Resets the connection without DISCONNECT, as a killed process would."""
        self._running = False
        connection = self.client.socket()
        if connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._thread.join(5)
            connection.close()

    def dispose(self):
        if not self.closed.is_set():
            self.client.disconnect()
            self.closed.wait(2)
        self._running = False

    def _loop(self):
        while self._running and self.client.loop(0.2) == mqtt.MQTT_ERR_SUCCESS:
            pass
        self.closed.set()

    def _on_connect(self, _client, _data, flags, code, received=None):
        self.session_present = bool(flags["session present"])
        self.connack_properties = received.json() if received else {}
        self.connack_code = code.value if hasattr(code, "value") else code

    def _on_disconnect(self, _client, _data, code, _properties=None):
        self.disconnect_code = code.value if hasattr(code, "value") else code

    def _on_acknowledged(self, _client, _data, identifier, *rest):
        codes = next((part for part in rest if isinstance(part, (list, tuple))), None)
        single = next((part for part in rest if isinstance(part, mqtt.ReasonCodes)), None)
        if codes is None:
            codes = [single] if single is not None else [0]
        self._acknowledged[identifier] = [code.value if hasattr(code, "value") else code for code in codes]

    def _on_message(self, _client, _data, message):
        received = message.properties.json() if getattr(message, "properties", None) else {}
        self.messages.append(Message(message.topic, bytes(message.payload), message.qos, bool(message.retain),
                                     bool(message.dup), received))
