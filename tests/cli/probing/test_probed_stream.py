"""The probe's questions about the event stream: what decides nothing, and what stays as it was."""

import json

import pytest
from asking import ask
from probed import Probed, Turn, Turned, nothing
from turns_stream import OLD, WITH_A_BACKLOG, drained, gave_up

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)

GIVEN_UP = '{"kind": "oss-cdn-refresh/dead-letter", "version": 1, "reason": "InvalidItem", "urls": ["x"]}'


def plain_bodies(probed: Probed, meanwhile: Turned = nothing) -> tuple[str, str]:
    found = probed.answer("plain-bodies", Turn(nothing, words=WITH_A_BACKLOG), meanwhile)
    return found["answer"], found["seen"]


def lost(probed: Probed) -> None:
    """Something else takes the messages from the backlog."""
    queue = probed.smq.queue("backlog")
    for message in queue.receive(16):
        queue.delete(message.receipt)


def test_a_message_that_no_stream_reads_does_not_show_how_bodies_come(probed: Probed) -> None:
    kind, seen = plain_bodies(probed)
    assert (kind, "reads-the-backlog asks about that" in seen) == ("not tried", True)


def test_a_message_that_is_gone_without_a_trace_does_not_show_how_bodies_come(probed: Probed) -> None:
    assert plain_bodies(probed, lost)[0] == "unclear"


def given_up(probed: Probed) -> None:
    """The function reads the messages, and the CDN refuses their URLs for good."""
    probed.refuse("cdn", "RefreshObjectCaches", "InvalidObjectPath.Malformed")
    drained()(probed)


def test_a_message_whose_url_was_given_up_was_read(probed: Probed) -> None:
    kind, seen = plain_bodies(probed, given_up)
    assert (kind, "gave its URL up (InvalidObjectPath.Malformed)" in seen) == ("as assumed", True)


def test_the_dead_letter_of_the_probe_is_deleted_and_all_others_stay(probed: Probed) -> None:
    gave_up("of somebody else")(probed)
    assert plain_bodies(probed, drained(lambda body: body.replace('"', "")))[0] == "otherwise"
    probed.clock.advance(60.0)
    assert [message.body for message in probed.smq.queue("dead-letters").peek(16)] == ['"of somebody else"']


def test_without_a_dead_letter_of_the_stream_its_records_are_not_known(probed: Probed) -> None:
    gave_up(json.loads(GIVEN_UP))(probed)
    kind, seen = ask(probed, "dead-records")
    assert (kind, "none of the dead letters (1)" in seen) == ("not tried", True)


def test_an_unknown_dead_letter_without_a_message_of_the_backlog_is_not_taken_for_one_of_the_stream(
    probed: Probed,
) -> None:
    gave_up({"something": "else"})(probed)
    assert ask(probed, "dead-records")[0] == "not tried"


@pytest.mark.parametrize(
    ("record", "form"),
    [
        (json.loads(OLD), "bare message: 1"),
        ({"messageBody": OLD}, "RawData: 1"),
        ([{"specversion": "1.0", "data": {"messageBody": OLD}}], "array of CloudEvent: 1"),
    ],
)
def test_each_known_form_of_a_dead_record_is_told(probed: Probed, record: object, form: str) -> None:
    gave_up(record)(probed)
    assert ask(probed, "dead-records") == ("as assumed", form)


def test_the_dead_letters_that_are_looked_at_stay(probed: Probed) -> None:
    gave_up(json.loads(OLD))(probed)
    ask(probed, "dead-records")
    assert len(probed.smq.queue("dead-letters").peek(16)) == 1


def test_without_a_deployment_its_trigger_is_not_asked_for(probed: Probed) -> None:
    kind, seen = ask(probed, "maximum-tasks")
    assert (kind, "it needs a deployment" in seen) == ("not tried", True)


def test_a_deployment_of_another_name_is_asked_for_by_its_name(probed: Probed) -> None:
    probed.deploy()
    probed.world.environ["REFRESH_NAME"] = "other"
    kind, seen = ask(probed, "maximum-tasks")
    assert (kind, "there is no function other-drain" in seen) == ("not tried", True)


def test_a_missing_right_to_see_triggers_is_named(probed: Probed) -> None:
    probed.deploy().denied.add("ListTriggers")
    kind, seen = ask(probed, "maximum-tasks")
    assert (kind, "fc:ListTriggers" in seen) == ("unclear", True)


def test_a_trigger_without_options_of_a_run_is_no_event_stream(probed: Probed) -> None:
    drain = probed.deploy().functions["oss-cdn-refresh-drain"]
    drain.triggers[0]["triggerConfig"] = {}
    kind, seen = ask(probed, "maximum-tasks")
    assert (kind, "has no event stream" in seen) == ("not tried", True)
