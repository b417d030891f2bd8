"""Makes the stand-in give each of the two answers to the questions about preloads."""

from probed import Lines, Probed, Turn, nothing

from oss_cdn_refresh_box.cdn import Quota, Script
from oss_cdn_refresh_box.cdn.edge import Behaviour


def brings_back_old_copies(probed: Probed) -> None:
    """A preload brings back the old copy."""
    probed.edge.behaviour = Behaviour(preloads_old=True)


def fails_without_an_object(probed: Probed) -> None:
    """The task of a preload fails where there is no object."""
    probed.cdn.tasks.script = lambda _type, url, _times: Script("Failed") if "missing" in url else None


def keeps_encodings_apart(probed: Probed) -> None:
    """A preload warms the copy for gzip."""
    probed.edge.behaviour = Behaviour(encodings_apart=True)


def has_few_left(probed: Probed) -> None:
    """Five preloads are left."""
    probed.cdn.quota = Quota(preloads=5)


def says_that_the_queue_is_full(probed: Probed) -> None:
    """Five preloads are left, and the refusal of a sixth speaks of the queue."""
    has_few_left(probed)
    probed.refuse("cdn", "PushObjectCache", "PreloadQueueFull")


TURNS: dict[str, Turn | Lines] = {
    "preload-after-complete": Turn(brings_back_old_copies, setting="preload: []"),
    "preload-task": Turn(fails_without_an_object),
    "preload-encoding": Turn(nothing, assumed=keeps_encodings_apart),
    "preload-quota-code": Turn(says_that_the_queue_is_full, assumed=has_few_left),
}
