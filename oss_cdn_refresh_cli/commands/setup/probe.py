"""`probe`: tries the open questions of docs/unconfirmed.md on a real account."""

from pathlib import Path
from typing import Any, TextIO

import click

from oss_cdn_refresh.products import NAMES
from oss_cdn_refresh_cli.edge.audit.options import edge_options
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.probing import choosing, report, session
from oss_cdn_refresh_cli.probing.account import PREFIX
from oss_cdn_refresh_cli.probing.placing import Placed, place_of
from oss_cdn_refresh_cli.reporting.lines import Lines
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import counted

WHERE = "nothing says where to try the questions: give --bucket B and --domain D, or --from-logs FILE"


@click.command(cls=Command)
@click.option("--bucket", metavar="B", help=f"Write test objects below {PREFIX} of this bucket.")
@click.option("--domain", metavar="D", help="The accelerated domain that shows the bucket.")
@click.option(
    "--product", type=click.Choice(NAMES), help="The product of the domain.  [default: as configured, else cdn]"
)
@click.option("--esa-site-id", default="", metavar="ID", help="The ESA site of the domain, if it is not configured.")
@click.option("--queue", default="", metavar="NAME", help="A queue that gets OSS's notifications of the bucket only.")
@click.option("--only", multiple=True, metavar="NAME", help="Try this question only; repeatable. --list has the names.")
@click.option(
    "--from-logs",
    multiple=True,
    type=click.File(encoding="utf-8", errors="replace"),
    metavar="FILE",
    help="Read exported log lines for the questions that they answer.",
)
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Keep the progress in it."
)
@click.option("--list", "list_only", is_flag=True, help="List the questions, and how each is tried.")
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
    list_only: bool,
    clean_up: bool,
    cost_only: bool,
    **where: Any,
) -> Exit:
    """Answer open questions about the cloud on a real account.

    Does the cloud do what this project assumes? The probe writes test objects below a prefix of its own, refreshes
    them, and deletes them at the end. To continue an interrupted run, give the same command again.
    """
    questions = choosing.chosen(only)
    if list_only:
        report.show_questions(operation, questions)
        return Exit.DONE
    placed = _placed(operation, bucket, domain, where) if bucket or domain or not from_logs else None
    place = placed.place if placed else None
    if clean_up:
        if place is None:
            raise click.UsageError(WHERE)
        count = session.clean_up(operation, place, state)
        operation.output.say(f"{counted(count, 'object')} below {place.prefix}{PREFIX} deleted.")
        operation.output.document({"deleted": count})
        return Exit.DONE
    answers = choosing.without_trying(questions, place, only)
    if from_logs:
        answers |= choosing.answers_in(Lines(), from_logs, questions)
    tried = [question for question in questions if question.name not in answers]
    is_clean = True
    if placed and tried and not cost_only:
        found, is_clean = session.tried(operation, placed, state, tried)
        answers |= found
    elif cost_only:
        report.say_cost(operation, tried)
        return Exit.DONE
    report.show(operation, questions, answers, named=bool(only))
    operation.output.document(report.document(questions, answers, place, operation.settings.account))
    return report.code(answers, is_clean=is_clean)


def _placed(operation: Operation, bucket: str | None, domain: str | None, where: dict[str, Any]) -> Placed:
    if not bucket or not domain:
        raise click.UsageError(WHERE)
    return place_of(operation, bucket, domain.lower(), where)
