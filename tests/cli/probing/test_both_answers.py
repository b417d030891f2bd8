"""For every question that the probe can try, it finds each of the two answers that a cloud can give."""

import pytest
import turns_dcdn
import turns_deployment
import turns_esa
import turns_events
import turns_function_compute
import turns_inventory
import turns_preloads
import turns_queues
import turns_quotas
import turns_refreshes
import turns_stream
import turns_tasks
from probed import Lines, Probed, Turn

from oss_cdn_refresh_cli.probing.questions import QUESTIONS

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)

TURNS: dict[str, Turn | Lines] = {
    **turns_refreshes.TURNS,
    **turns_tasks.TURNS,
    **turns_preloads.TURNS,
    **turns_quotas.TURNS,
    **turns_dcdn.TURNS,
    **turns_esa.TURNS,
    **turns_events.TURNS,
    **turns_queues.TURNS,
    **turns_stream.TURNS,
    **turns_function_compute.TURNS,
    **turns_deployment.TURNS,
    **turns_inventory.TURNS,
}


def answer(probed: Probed, name: str, *, other: bool) -> dict[str, str]:
    turn = TURNS[name]
    if isinstance(turn, Lines):
        return probed.answer_from_logs(name, turn.other if other else turn.assumed)
    (turn.other if other else turn.assumed)(probed)
    return probed.answer(name, turn, turn.instead if other else turn.meanwhile)


def test_every_question_that_can_be_tried_is_tried_in_both_answers() -> None:
    tried = {name for name, question in QUESTIONS.items() if question.steps or question.from_lines}
    assert set(TURNS) == tried


@pytest.mark.parametrize("name", TURNS)
def test_the_assumed_answer_is_found(probed: Probed, name: str) -> None:
    found = answer(probed, name, other=False)
    assert (found["answer"], found["setting"], found["exit"]) == ("as assumed", "", 0), found["seen"]


@pytest.mark.parametrize("name", TURNS)
def test_the_other_answer_is_found_with_its_setting(probed: Probed, name: str) -> None:
    found = answer(probed, name, other=True)
    assert (found["answer"], found["setting"], found["exit"]) == ("otherwise", TURNS[name].setting, 1), found["seen"]
