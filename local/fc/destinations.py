"""Where Function Compute and its event streams put what they give up: SMQ queues, named by their ARN."""

from typing import NamedTuple

from local.smq import Smq, SmqError


class Lost(NamedTuple):
    """A record that no queue has, and why."""

    arn: str
    body: str
    why: str


class Destinations:
    """The queues of an account. What one refuses is lost, as on the platform; here `lost` remembers it."""

    def __init__(self, smq: Smq) -> None:
        self.lost: list[Lost] = []
        self._smq = smq

    def send(self, arn: str, body: str) -> None:
        """Put a record into the queue of `acs:mns:<region>:<account>:/queues/<name>`, with or without `/messages`."""
        name = arn.partition("/queues/")[2].removesuffix("/messages")
        try:
            self._smq.queue(name).send(body)
        except KeyError:
            self.lost.append(Lost(arn, body, "QueueNotExist"))
        except SmqError as error:
            self.lost.append(Lost(arn, body, error.code))
