"""One run of the probe, from the lock of its state to the clean-up."""

from pathlib import Path

from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.probing import report
from oss_cdn_refresh_cli.probing.account import Place
from oss_cdn_refresh_cli.probing.answers import Answer
from oss_cdn_refresh_cli.probing.placing import Placed
from oss_cdn_refresh_cli.probing.question import Question
from oss_cdn_refresh_cli.probing.questions import QUESTIONS
from oss_cdn_refresh_cli.probing.run import Probe
from oss_cdn_refresh_cli.probing.state import State, file_of, mark_of, version_of
from oss_cdn_refresh_cli.shared.errors import Failed
from oss_cdn_refresh_cli.shared.output import Output


def clean_up(operation: Operation, place: Place, file: Path | None) -> int:
    """Delete what earlier runs left; returns the number of objects.

    :raises Failed: another probe uses the state, or OSS did not delete the objects.
    """
    state = _state(operation, place, file)
    with state.locked():
        state.check_place()
        return Probe(operation, place, state).clean_up()


def tried(
    operation: Operation, placed: Placed, file: Path | None, questions: list[Question]
) -> tuple[dict[str, Answer], bool]:
    """Try the questions, and clean up; returns the answers, and whether all objects were deleted.

    :raises Failed: nothing may be tried at the place, or the probe cannot continue.
    """
    place = placed.place
    if placed.problem:
        raise Failed(placed.problem)
    state = _state(operation, place, file)
    with state.locked():
        state.begin()
        if state.resumed:
            operation.output.warn(f"continuing an interrupted run, from {state.file}; --clean-up ends it")
        run = Probe(operation, place._replace(run=state.run), state)
        left_out = run.unaffordable(questions)
        affordable = [question for question in questions if question.name not in left_out]
        report.say_cost(operation, affordable)
        try:
            with operation.output.progress("questions", len(affordable)) as step:
                answers = run.answers(affordable, step)
        except (KeyboardInterrupt, Failed):
            Output.complain(
                "not finished: to continue, give the same command again; --clean-up deletes the objects of the probe"
            )
            raise
        return answers | left_out, _ended(operation, run, affordable)


def _ended(operation: Operation, run: Probe, questions: list[Question]) -> bool:
    """Delete what the questions have left; returns whether that was possible. Their answers are shown in any case."""
    try:
        run.end(questions)
    except Failed as error:
        operation.output.warn(f"the objects of the probe are still there: {error}; --clean-up deletes them")
        return False
    return True


def _state(operation: Operation, place: Place, file: Path | None) -> State:
    return State(file or file_of(place), operation.effects.now(), mark_of(place), version_of(place, QUESTIONS))
