"""The probe's question about a bucket with versions."""

from collections.abc import Mapping
from typing import Any

from probed import Probed, Turn, nothing
from turns_events import WITH_A_QUEUE, notified, silent, with_versions


def answer(probed: Probed) -> tuple[str, str]:
    found = probed.answer("versions", Turn(nothing, words=WITH_A_QUEUE), nothing)
    return found["answer"], found["seen"]


def renamed(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """A delete has an event that the function does not know."""
    removed = record["eventName"] == "ObjectRemoved:DeleteObject"
    return {**record, "eventName": "ObjectRemoved:DeleteMarkerCreated"} if removed else record


def test_a_bucket_without_versions_is_not_tried(probed: Probed) -> None:
    notified()(probed)
    kind, seen = answer(probed)
    assert (kind, "the bucket has no versions" in seen) == ("not tried", True)


def test_a_delete_marker_without_an_event_is_told(probed: Probed) -> None:
    with_versions(silent("/hidden.txt"))(probed)
    kind, seen = answer(probed)
    assert (kind, seen) == ("otherwise", "no event that is refreshed for a delete without a version")


def test_an_event_that_the_function_does_not_take_is_none(probed: Probed) -> None:
    with_versions(renamed)(probed)
    assert answer(probed)[0] == "otherwise"
