"""The interface of a product: its limits, calls, error codes, and the rights that its calls need."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.confirmation import Found, LookUp, Submission
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import ObjectType, Target
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.products.api import Peer

if TYPE_CHECKING:  # only the command lists tasks
    from oss_cdn_refresh.products.task_lists import Listed, TaskList


class ProductClient(Protocol):
    """The calls for one target in one invocation."""

    @property
    def requests(self) -> int:
        """How many requests for refresh calls were sent so far, with and without an answer."""

    def limits(self, usual: Limits) -> Limits:
        """The limits of its calls: `usual`, or lower limits if an earlier answer requires them."""

    def refresh(self, batch: Batch, seconds: float) -> tuple[str, ...]:
        """Submit a batch, once, within `seconds`; returns the task ids.

        :raises CallRefused: the product did not accept it, or no answer came.
        """

    def quota(self, types: Sequence[ObjectType], seconds: float) -> Mapping[ObjectType, Allowance]:
        """The daily quotas of the types, and how much of each is left. `types`: an entry of `QUOTA_CALLS`.

        :raises CallRefused: the product refused the call, or no answer came.
        """

    def look_ups(self, submissions: Iterable[Submission]) -> Iterator[LookUp]:
        """The first call of each look-up that the submissions need; nothing is called."""

    def look_up(self, look_up: LookUp, seconds: float) -> Found:
        """The tasks of some submissions that the product still shows. They may include tasks of other callers.

        :raises CallRefused: the product refused the call, or no answer came.
        """

    def tasks_between(self, start: float, end: float, seconds: float) -> int | None:
        """How many tasks were created between two moments, in epoch seconds; None where the answer does not tell.

        Only the command asks this. It takes the right LIST_RIGHT, which the function does not have.

        :raises CallRefused: the product refused the call, or no answer came.
        """

    def tasks(self, asked: "TaskList", seconds: float) -> "Listed":
        """A page of the list of tasks. Only the command asks this; it takes the right LIST_RIGHT too.

        Where the product has no filter for a task id, the page holds tasks with other ids.

        :raises CallRefused: the product refused the call, or no answer with a list of tasks came.
        """

    def preload_left(self, seconds: float) -> int | None:
        """How many URLs may still be preloaded today; None where the product does not tell.

        :raises CallRefused: the product refused the call, or no answer came.
        """

    def preload(self, urls: Sequence[str], seconds: float) -> tuple[str, ...]:
        """Preload URLs, once; returns the task ids.

        :raises CallRefused: it was not accepted, or no answer came.
        """

    def renew(self, refusal: CallRefused) -> None:
        """After a refusal of the credentials or of the time: use newly read credentials, or the product's time."""


class Product(Protocol):
    """A product: a folder beside this module, whose `__init__` has these names.

    NAME: its name in the configuration. TITLE: its name for people.
    RIGHTS: the RAM actions that the function needs, each with the part of its resource in a policy: `*`,
    `domain/{domain}` or `site/{site_id}`. REFRESH_RIGHT, QUOTA_RIGHT, LOOK_UP_RIGHT and PRELOAD_RIGHT are among them.
    NEEDS_SITE_ID: whether calls name a site of the product. QUOTA_CALLS: the object types that each quota call answers.
    """

    NAME: str
    TITLE: str
    LIMITS: Limits
    NEEDS_SITE_ID: bool
    QUOTA_CALLS: Sequence[Sequence[ObjectType]]
    RIGHTS: Mapping[str, str]
    REFRESH_RIGHT: str
    QUOTA_RIGHT: str
    LOOK_UP_RIGHT: str
    LIST_RIGHT: str
    PRELOAD_RIGHT: str

    @property
    def Client(self) -> Callable[[Peer, Target, str], ProductClient]:  # noqa: N802 - it is a class
        """The class of the client. The last argument is the configured name of IgnoreParams, which only CDN uses."""

    def endpoint(self, region: str) -> str:
        """The public base URL; `region` is that of the function, or ""."""

    def remedy_for_account(self, code: str) -> str:
        """What a person has to do if every call is refused with this code."""

    def remedy_for_request(self, code: str, object_type: ObjectType) -> str:
        """What a person has to do if a call is refused with this code as a whole, whatever its items are."""
