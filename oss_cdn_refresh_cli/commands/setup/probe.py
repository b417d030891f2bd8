"""`probe`: tries the open questions of docs/unconfirmed.md on a real account."""

from pathlib import Path
from typing import Any, TextIO

import click

from oss_cdn_refresh.products import NAMES
from oss_cdn_refresh_cli.edge.audit.options import edge_options
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.probing import choosing, report
from oss_cdn_refresh_cli.probing.account import PREFIX, Place
from oss_cdn_refresh_cli.probing.answers import Answer
from oss_cdn_refresh_cli.probing.placing import place_of
from oss_cdn_refresh_cli.probing.question import Question
from oss_cdn_refresh_cli.probing.questions import QUESTIONS
from oss_cdn_refresh_cli.probing.run import Probe
from oss_cdn_refresh_cli.probing.state import State, file_of, mark_of, version_of
from oss_cdn_refresh_cli.reporting.lines import Lines
from oss_cdn_refresh_cli.shared.errors import Exit, Failed
from oss_cdn_refresh_cli.shared.output import Output, counted

WHERE = "where? give --bucket B and --domain D, or --from-logs FILE"


@click.command(cls=Command)
@click.option("--bucket", metavar="B", help=f"Write test objects below {PREFIX} of this bucket.")
@click.option("--domain", metavar="D", help="The accelerated domain that shows the bucket.")
@click.option("--product", type=click.Choice(NAMES), help="What serves the domain.  [default: as configured, else cdn]")
@click.option("--esa-site-id", default="", metavar="ID", help="The ESA site of the domain, if it is not configured.")
@click.option("--queue", default="", metavar="NAME", help="A queue that gets OSS's notifications of the bucket only.")
@click.option("--only", multiple=True, metavar="NAME", help="Try this question only; may be repeated.")
@click.option(
    "--from-logs",
    multiple=True,
    type=click.File(encoding="utf-8", errors="replace"),
    metavar="FILE",
    help="Read exported log lines for the questions that they answer.",
)
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Keep progress there.")
@click.option("--clean-up", is_flag=True, help="Delete what an interrupted run left, and try nothing.")
@click.option("--cost", "cost_only", is_flag=True, help="Print the cost in quota and time, and try nothing.")
@edge_options
@click.pass_obj
def probe(
    operation: Operation,
    /,
    *,
    bucket: str | None,
    domain: str | None,
    only: tuple[str, ...],
    from_logs: tuple[TextIO, ...],
    state: Path | None,
    clean_up: bool,
    cost_only: bool,
    **where: Any,
) -> Exit:
    """Answer open questions about the cloud on a real account.

    Does the cloud do what this project assumes? The probe writes test objects below a prefix of its own, refreshes
    them, and deletes them at the end. To continue an interrupted run, give the same command again.
    """
    place = _place(operation, bucket, domain, where) if bucket or domain or not from_logs else None
    if clean_up:
        return _cleaned_up(operation, place, state)
    questions = choosing.chosen(only)
    answers = choosing.without_trying(questions, place, only)
    if from_logs:
        answers |= choosing.answers_in(Lines(), from_logs, questions)
    tried = [question for question in questions if question.name not in answers]
    is_clean = True
    if place and tried and not cost_only:
        found, is_clean = _tried(operation, place, state, tried)
        answers |= found
    else:
        report.say_cost(operation, tried)
    if cost_only:
        return Exit.DONE
    report.show(operation, questions, answers, named=bool(only))
    operation.output.document(report.document(questions, answers, place, operation.settings.account))
    return report.code(answers, is_clean=is_clean)


def _cleaned_up(operation: Operation, place: Place | None, state: Path | None) -> Exit:
    """Delete what earlier runs left."""
    if place is None:
        raise click.UsageError(WHERE)
    kept = _state(operation, place, state)
    with kept.locked():
        kept.check_place()
        count = Probe(operation, place, kept).clean_up()
    operation.output.say(f"{counted(count, 'object')} below {place.prefix}{PREFIX} deleted.")
    operation.output.document({"deleted": count})
    return Exit.DONE


def _place(operation: Operation, bucket: str | None, domain: str | None, where: dict[str, Any]) -> Place:
    if not bucket or not domain:
        raise click.UsageError(WHERE)
    return place_of(operation, bucket, domain.lower(), where)


def _state(operation: Operation, place: Place, file: Path | None) -> State:
    return State(file or file_of(place), operation.effects.now(), mark_of(place), version_of(place, QUESTIONS))


def _tried(
    operation: Operation, place: Place, file: Path | None, questions: list[Question]
) -> tuple[dict[str, Answer], bool]:
    """Try the questions, and clean up; returns the answers, and whether all objects were deleted."""
    state = _state(operation, place, file)
    with state.locked():
        state.begin()
        if state.resumed:
            operation.output.warn(f"continuing an interrupted run, from {state.file}; --clean-up ends it")
        run = Probe(operation, place._replace(run=state.run), state)
        left_out = run.unaffordable(questions)
        tried = [question for question in questions if question.name not in left_out]
        report.say_cost(operation, tried)
        try:
            with operation.output.progress("questions", len(tried)) as step:
                answers = run.answers(tried, step)
        except (KeyboardInterrupt, Failed):
            Output.complain(
                "not finished: to continue, give the same command again; --clean-up deletes the objects of the probe"
            )
            raise
        return answers | left_out, _ended(operation, run, tried)


def _ended(operation: Operation, run: Probe, questions: list[Question]) -> bool:
    """Delete what the questions have left; returns whether that was possible. Their answers are shown in any case."""
    try:
        run.end(questions)
    except Failed as error:
        operation.output.warn(f"the objects of the probe are still there: {error}; --clean-up deletes them")
        return False
    return True
