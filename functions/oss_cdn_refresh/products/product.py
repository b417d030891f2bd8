"""What every product tells: its limits, how it is called, what its error codes mean, which rights its calls need."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import ObjectType
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.model.task import Submission, Task
from oss_cdn_refresh.transport.credentials import Source
from oss_cdn_refresh.transport.session import Session


class ProductClient(Protocol):
    """The calls to a product in one invocation. `requests` counts the tries of refresh calls, answered or not."""

    @property
    def requests(self) -> int:
        """The tries of refresh calls so far."""

    def refresh(self, batch: Batch, seconds: float) -> tuple[str, ...]:
        """Submit a batch, once, within so many seconds; returns the task ids.

        :raises CallRefused: it was not accepted, or no answer came.
        """

    def quota(self, seconds: float) -> Mapping[ObjectType, Allowance]:
        """The day's quotas and what is left of them.

        :raises CallRefused: it was not answered.
        """

    def look_up(self, submissions: Sequence[Submission], seconds: float) -> list[Task]:
        """The tasks of some submissions, as far as the product shows them; tasks of others may be among them.

        :raises CallRefused: it was not answered.
        """

    def preload_left(self, seconds: float) -> int | None:
        """How many URLs may still be preloaded today; None where the product does not tell.

        :raises CallRefused: it was not answered.
        """

    def preload(self, urls: Sequence[str], seconds: float) -> tuple[str, ...]:
        """Preload URLs, once; returns the task ids.

        :raises CallRefused: it was not accepted, or no answer came.
        """

    def renew(self, refusal: CallRefused) -> None:
        """Correct what a refusal complains about, as far as reading the credentials or the time again corrects it."""


class Product(Protocol):
    """A product: each is a room beside this module, whose top level has these names.

    NAME: its name in the configuration. ENDPOINT: the public base URL. ENDPOINT_VARIABLE: the environment's variable
    for another one. RIGHTS: the actions that the function needs, and whether each may be granted for single domains;
    REFRESH_RIGHT, QUOTA_RIGHT, LOOK_UP_RIGHT and PRELOAD_RIGHT are among them.
    """

    NAME: str
    ENDPOINT: str
    ENDPOINT_VARIABLE: str
    LIMITS: Limits
    RIGHTS: Mapping[str, bool]
    REFRESH_RIGHT: str
    QUOTA_RIGHT: str
    LOOK_UP_RIGHT: str
    PRELOAD_RIGHT: str

    @property
    def Client(self) -> Callable[[str, str, Source, Session, Effects], ProductClient]:  # noqa: N802 - it is a class
        """Makes the client of one invocation; the second is the API's name of the type IgnoreParams."""

    def remedy_for_account(self, code: str) -> str:
        """What a person has to do where every call is refused with a code."""

    def remedy_for_request(self, code: str, object_type: ObjectType) -> str:
        """What a person has to do where a call is refused as a whole, whichever items it holds."""
