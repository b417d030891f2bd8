"""The interface of a product: its limits, calls, error codes, and the rights that its calls need."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.confirmation import Submission, Task
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import ObjectType
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.transport.credentials import Source
from oss_cdn_refresh.transport.session import Session


class ProductClient(Protocol):
    """The calls to a product in one invocation."""

    @property
    def requests(self) -> int:
        """How many requests for refresh calls were sent so far, with and without an answer."""

    def refresh(self, batch: Batch, seconds: float) -> tuple[str, ...]:
        """Submit a batch, once, within `seconds`; returns the task ids.

        :raises CallRefused: the product did not accept it, or no answer came.
        """

    def quota(self, seconds: float) -> Mapping[ObjectType, Allowance]:
        """The daily quotas, and how much of each is left.

        :raises CallRefused: the product refused the call, or no answer came.
        """

    def look_up(self, submissions: Sequence[Submission], seconds: float) -> list[Task]:
        """The tasks of some submissions that the product still shows. The list may also hold tasks of other callers.

        :raises CallRefused: the product refused the call, or no answer came.
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
        """After a refusal of the credentials or of the time: use newly read credentials, or the product's time."""


class Product(Protocol):
    """A product: a folder beside this module, whose `__init__` has these names.

    NAME: its name in the configuration. ENDPOINT: the public base URL. ENDPOINT_VARIABLE: the environment variable for
    another base URL. RIGHTS: the RAM actions that the function needs, each with whether it can be granted for single
    domains; REFRESH_RIGHT, QUOTA_RIGHT, LOOK_UP_RIGHT and PRELOAD_RIGHT are among them.
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
        """Makes the client of one invocation. The second argument is the API's name of the type IgnoreParams."""

    def remedy_for_account(self, code: str) -> str:
        """What a person has to do if every call is refused with this code."""

    def remedy_for_request(self, code: str, object_type: ObjectType) -> str:
        """What a person has to do if a call is refused with this code as a whole, whatever its items are."""
