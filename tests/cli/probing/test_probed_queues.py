"""The probe's questions about queues: what decides nothing, and what becomes of the messages."""

import pytest
from asking import ask
from probed import EXCLUDE, Probed, Turn, nothing
from three import HOST
from turns_queues import WITH_A_QUEUE

from oss_cdn_refresh_box.smq import Manner

QUESTIONS = ("characters-outside-xml", "batch-bytes", "partial-failures")


def answer(probed: Probed, name: str) -> tuple[str, str]:
    found = probed.answer(name, Turn(nothing, words=WITH_A_QUEUE), nothing)
    return found["answer"], found["seen"]


@pytest.mark.parametrize("name", QUESTIONS)
def test_without_a_queue_a_question_about_queues_is_not_tried(probed: Probed, name: str) -> None:
    kind, seen = ask(probed, name)
    assert (kind, "give --queue NAME" in seen) == ("not tried", True)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_messages_of_the_probe_are_deleted_and_all_others_stay(probed: Probed, name: str) -> None:
    queue = probed.smq.add("notified")
    probed.smq.manner = Manner(characters="kept", bad_message="refused alone")
    queue.send("of somebody else")
    answer(probed, name)
    probed.clock.advance(60.0)
    assert [message.body for message in queue.peek(16)] == ["of somebody else"]


def test_a_batch_that_is_refused_as_a_whole_shows_no_partial_failure(probed: Probed) -> None:
    probed.smq.add("notified")
    kind, seen = answer(probed, "partial-failures")
    assert (kind, "refuses the whole batch (400)" in seen) == ("not tried", True)


def test_a_queue_that_takes_small_messages_only_does_not_show_how_a_batch_is_counted(probed: Probed) -> None:
    queue = probed.smq.add("notified")
    queue.attributes = queue.attributes._replace(maximum_message_size=1_024)
    kind, seen = answer(probed, "batch-bytes")
    assert (kind, "MaximumMessageSize is 65,536" in seen) == ("unclear", True)


@pytest.mark.parametrize("name", ["characters-outside-xml", "batch-bytes"])
def test_a_refusal_that_is_not_about_the_message_decides_nothing(probed: Probed, name: str) -> None:
    probed.smq.add("notified")
    probed.smq.denied.add("BatchSendMessage")
    assert answer(probed, name)[0] == "unclear"


def test_a_message_that_smq_changes_is_told_as_it_came(probed: Probed) -> None:
    queue = probed.smq.add("notified")
    probed.smq.manner = Manner(characters="kept")
    send = queue.send
    queue.send = lambda body, *rest: send(body.replace("\x01", "?"), *rest)  # type: ignore[method-assign]
    assert "came as 'a?b'" in answer(probed, "characters-outside-xml")[1]


def test_a_batch_of_which_both_messages_are_taken_shows_no_partial_failure(
    probed: Probed, monkeypatch: pytest.MonkeyPatch
) -> None:
    probed.smq.add("notified")
    monkeypatch.setattr("oss_cdn_refresh_box.smq.queue.PRIORITIES", (1, 17))
    kind, seen = answer(probed, "partial-failures")
    assert (kind, "takes both messages (201)" in seen) == ("not tried", True)


def test_a_prefix_that_xml_escapes_is_no_part_of_the_messages(probed: Probed) -> None:
    site = {"bucket": "my-site", "prefix": "a&b/", "domains": [HOST["cdn"]], "exclude": [f"a&b/{EXCLUDE}"]}
    probed.world.configure(site)
    probed.smq.add("notified")
    assert answer(probed, "batch-bytes")[0] == "otherwise"
