"""One received application message, however the client that received it spells its parts."""

import dataclasses

from harness import CheckFailed, until


@dataclasses.dataclass(frozen=True)
class Message:
    topic: str
    payload: bytes
    qos: int
    retain: bool
    duplicate: bool = False
    properties: dict = dataclasses.field(default_factory=dict, compare=False)

    @property
    def text(self):
        return self.payload.decode("utf-8")


class Inbox:
    """What a client received, in order of arrival. Filled by the client's own thread, read by the check."""

    def __init__(self):
        self.messages = []

    def received(self, count):
        """Waits for `count` messages in all and returns them; more than that is an error."""
        until(lambda: len(self.messages) >= count, f"{count} messages, have {len(self.messages)}")
        received = list(self.messages)
        if len(received) != count:
            raise CheckFailed(f"{len(received)} messages in place of {count}: {received[:5]}")
        return received
