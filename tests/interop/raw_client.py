"""A socket and the few packets that the checks need byte by byte. Written from the specification, shared with no broker."""

import contextlib
import socket
import struct

from harness import DEADLINE_SECONDS, CheckFailed, expect

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, \
    DISCONNECT, AUTH = range(1, 16)

# Property identifier -> how its value is encoded (MQTT 5, section 2.2.2.2).
PROPERTY_KINDS = {
    0x01: "byte", 0x02: "four", 0x03: "text", 0x08: "text", 0x09: "bytes", 0x0B: "variable", 0x11: "four", 0x12: "text",
    0x13: "two", 0x15: "text", 0x16: "bytes", 0x17: "byte", 0x18: "four", 0x19: "byte", 0x1A: "text", 0x1C: "text", 0x1F: "text",
    0x21: "two", 0x22: "two", 0x23: "two", 0x24: "byte", 0x25: "byte", 0x26: "pair", 0x27: "four", 0x28: "byte", 0x29: "byte",
    0x2A: "byte",
}


def variable(value):
    encoded = bytearray()
    while True:
        value, low = divmod(value, 128)
        encoded.append(low | (0x80 if value else 0))
        if not value:
            return bytes(encoded)


def text(value):
    encoded = value if isinstance(value, bytes) else value.encode()
    return struct.pack(">H", len(encoded)) + encoded


def properties(*values):
    """Encodes (identifier, value) pairs behind their length."""
    encoded = b""
    for identifier, value in values:
        kind = PROPERTY_KINDS[identifier]
        encoded += bytes([identifier])
        encoded += {"byte": lambda: bytes([value]), "two": lambda: struct.pack(">H", value),
                    "four": lambda: struct.pack(">I", value), "variable": lambda: variable(value), "text": lambda: text(value),
                    "bytes": lambda: text(value), "pair": lambda: text(value[0]) + text(value[1])}[kind]()
    return variable(len(encoded)) + encoded


def packet(kind, flags, body):
    return bytes([kind << 4 | flags]) + variable(len(body)) + body


def connect(client_id, version=4, clean=True, keep_alive=60, connect_properties=(), will=None):
    """`will` is (topic, payload, qos, retain)."""
    flags = 0x02 if clean else 0
    payload = text(client_id)
    if will:
        flags |= 0x04 | will[2] << 3 | (0x20 if will[3] else 0)
        payload += (properties() if version == 5 else b"") + text(will[0]) + text(will[1])
    name = "MQIsdp" if version == 3 else "MQTT"
    head = text(name) + bytes([version, flags]) + struct.pack(">H", keep_alive)
    return packet(CONNECT, 0, head + (properties(*connect_properties) if version == 5 else b"") + payload)


def publish(topic, payload, qos=0, identifier=0, retain=False, duplicate=False, version=4, publish_properties=()):
    flags = (8 if duplicate else 0) | qos << 1 | (1 if retain else 0)
    body = text(topic) + (struct.pack(">H", identifier) if qos else b"")
    body += properties(*publish_properties) if version == 5 else b""
    return packet(PUBLISH, flags, body + payload)


def acknowledge(kind, identifier):
    return packet(kind, 2 if kind == PUBREL else 0, struct.pack(">H", identifier))


def subscribe(identifier, topic_filter, options=0, version=4, subscribe_properties=()):
    body = struct.pack(">H", identifier) + (properties(*subscribe_properties) if version == 5 else b"")
    return packet(SUBSCRIBE, 2, body + text(topic_filter) + bytes([options]))


class Packet:
    """One packet as it came: its type, its flags, and what follows the fixed header."""

    def __init__(self, kind, flags, body, version):
        self.kind = kind
        self.flags = flags
        self.body = body
        self._version = version

    @property
    def identifier(self):
        """The packet identifier of an acknowledgement, a SUBACK or a PUBLISH above QoS 0."""
        offset = 2 + len(self.topic.encode()) if self.kind == PUBLISH else 0
        return struct.unpack_from(">H", self.body, offset)[0]

    @property
    def topic(self):
        return self.body[2:2 + struct.unpack_from(">H", self.body)[0]].decode()

    @property
    def qos(self):
        return self.flags >> 1 & 3

    @property
    def duplicate(self):
        return bool(self.flags & 8)

    @property
    def payload(self):
        return self._split()[1]

    @property
    def properties(self):
        """{identifier: value or, where it may repeat, list of values} of a PUBLISH or a CONNACK."""
        return self._split()[0]

    @property
    def reason(self):
        """The reason code of a CONNACK, a DISCONNECT or an acknowledgement; absent means 0."""
        if self.kind == CONNACK:
            return self.body[1]
        if self.kind == SUBACK:
            return self.body[-1]
        offset = 0 if self.kind == DISCONNECT else 2
        return self.body[offset] if len(self.body) > offset else 0

    def _split(self):
        offset = 2 if self.kind == CONNACK else 2 + len(self.topic.encode()) + (2 if self.qos else 0)
        if self._version != 5:
            return {}, self.body[offset:]
        length, offset = read_variable(self.body, offset)
        return read_properties(self.body[offset:offset + length]), self.body[offset + length:]


def read_variable(data, offset):
    value = shift = 0
    while True:
        value |= (data[offset] & 0x7F) << shift
        offset += 1
        if not data[offset - 1] & 0x80:
            return value, offset
        shift += 7


def read_properties(data):
    values = {}
    offset = 0
    while offset < len(data):
        identifier = data[offset]
        offset += 1
        kind = PROPERTY_KINDS[identifier]
        if kind == "byte":
            value, offset = data[offset], offset + 1
        elif kind == "two":
            value, offset = struct.unpack_from(">H", data, offset)[0], offset + 2
        elif kind == "four":
            value, offset = struct.unpack_from(">I", data, offset)[0], offset + 4
        elif kind == "variable":
            value, offset = read_variable(data, offset)
        else:
            parts = []
            for _ in range(2 if kind == "pair" else 1):
                length = struct.unpack_from(">H", data, offset)[0]
                part = data[offset + 2:offset + 2 + length]
                parts.append(part if kind == "bytes" else part.decode())
                offset += 2 + length
            value = tuple(parts) if kind == "pair" else parts[0]
        if identifier in (0x0B, 0x26):  # subscription identifiers and user properties may repeat
            values.setdefault(identifier, []).append(value)
        else:
            values[identifier] = value
    return values


class Raw:
    """A connection that sends what it is told to and answers nothing by itself."""

    def __init__(self, context, version=4):
        self.version = version
        self.connack = None
        self._received = b""
        self.socket = socket.create_connection((context.host, context.port), DEADLINE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context.keep(self)

    @classmethod
    def connected(cls, context, client_id=None, version=4, **arguments):
        """Connects and takes the CONNACK, which is kept."""
        raw = cls(context, version)
        raw.send(connect(context.client_id("raw") if client_id is None else client_id, version, **arguments))
        raw.connack = raw.read(CONNACK)
        expect(raw.connack.reason, 0, "CONNACK")
        return raw

    @property
    def session_present(self):
        return bool(self.connack.body[0] & 1)

    def send(self, data):
        self.socket.sendall(data)

    def read(self, kind=None):
        """The next packet; of the given type, or the check fails. None where the broker has closed the connection."""
        while (found := self._take()) is None:
            try:
                more = self.socket.recv(65536)
            except socket.timeout:
                raise CheckFailed(f"no packet in {DEADLINE_SECONDS} s (waiting for type {kind})") from None
            except ConnectionError:
                more = b""
            if not more:
                if kind is not None:
                    raise CheckFailed(f"closed in place of a packet of type {kind}")
                return None
            self._received += more
        if kind is not None and found.kind != kind:
            raise CheckFailed(f"a packet of type {found.kind} ({found.body[:40].hex()}) in place of {kind}")
        return found

    def read_to_end(self):
        """Every packet until the broker closes the connection."""
        packets = []
        while (received := self.read()) is not None:
            packets.append(received)
        return packets

    def subscribed(self, topic_filter, options=0, identifier=1, subscribe_properties=()):
        self.send(subscribe(identifier, topic_filter, options, self.version, subscribe_properties))
        answer = self.read(SUBACK)
        expect(answer.identifier, identifier, "SUBACK's identifier")
        return answer.reason

    def ping(self):
        """A round trip: whatever the broker sent before its answer has been read, and is returned."""
        self.send(packet(PINGREQ, 0, b""))
        before = []
        while (received := self.read()) is not None and received.kind != PINGRESP:
            before.append(received)
        if received is None:
            raise CheckFailed("closed in place of PINGRESP")
        return before

    def dispose(self):
        with contextlib.suppress(OSError):
            self.socket.close()

    def _take(self):
        for end in range(1, 5):
            if len(self._received) <= end:
                return None
            if not self._received[end] & 0x80:
                break
        else:
            raise CheckFailed("the broker sent a remaining length of five bytes")
        length, offset = read_variable(self._received, 1)
        if len(self._received) < offset + length:
            return None
        head = self._received[0]
        found = Packet(head >> 4, head & 15, self._received[offset:offset + length], self.version)
        self._received = self._received[offset + length:]
        return found
