"""`doctor`: checks whether everything is set up right."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from oss_cdn_refresh_cli.deployment import application
from oss_cdn_refresh_cli.deployment.expectations import NAME
from oss_cdn_refresh_cli.doctor import places
from oss_cdn_refresh_cli.doctor.account import GROUPS, Account
from oss_cdn_refresh_cli.doctor.checks import CHECKS
from oss_cdn_refresh_cli.doctor.findings import FAILURE, OK, WARNING, Finding, run
from oss_cdn_refresh_cli.doctor.problems import Problem
from oss_cdn_refresh_cli.doctor.reader import Reader
from oss_cdn_refresh_cli.operation import sources
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.settings import NAMES_OF_ALL, TIMEOUT, Settings, settings_of
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Cell, Column, Kind, counted
from oss_cdn_refresh_cli.shared.waiting import SECONDS

WRONG = "oss_cdn_refresh_cli.doctor.wrong"  # endpoints that are no base URLs, in click's `Context.meta`
SHOWN = {OK: ("OK", "green"), WARNING: ("warning", "yellow"), FAILURE: ("failure", "bold red")}


class Lenient(Command):
    """A command that reports wrong settings instead of stopping at them."""

    def settings(self, ctx: click.Context, given: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
        """The settings without the wrong endpoints, which are stored in the context's `meta`."""
        here = application.find()
        found = sources.find(NAMES_OF_ALL, given, environ, here)
        bad = ctx.meta[WRONG] = places.wrong({name: setting.value for name, setting in found.settings.items()})
        right = {name: value for name, value in environ.items() if name not in bad}
        return settings_of(found.without(bad), right, here, given.get(TIMEOUT) or SECONDS)


@click.command(cls=Lenient)
@click.option("--function-name", metavar="NAME", help="The function; else REFRESH_NAME, else oss-cdn-refresh.")
@click.pass_context
def doctor(context: click.Context, *, function_name: str | None) -> Exit:
    """Check that everything is set up right. Nothing is changed."""
    operation: Operation = context.obj
    output = operation.output
    bad: Mapping[str, Problem] = context.meta[WRONG]
    reader = Reader(operation.credentials, places.endpoints(operation.settings, bad), operation.effects.sleep)
    name = function_name or operation.settings.environ.get("REFRESH_NAME") or NAME
    with output.progress("Asking", GROUPS) as step:
        facts = Account(operation, reader, operation.settings.seconds, bad).facts(name, step)
    found = [(name, finding) for name, check in CHECKS.items() for finding in run(check, facts)]
    output.table((Column("", kind=Kind.ID), Column("", kind=Kind.ID), ""), _rows(found))
    output.say()
    output.say(_summary(found))
    output.document([{"check": name, **finding._asdict()} for name, finding in found])
    return Exit.of(found=any(finding.status == FAILURE for _, finding in found))


def _rows(found: Iterable[tuple[str, Finding]]) -> Iterator[Sequence[object]]:
    """A row for each finding, with its remedy below it."""
    for name, finding in found:
        yield Cell(*SHOWN[finding.status]), name, finding.detail
        if finding.remedy:
            yield "", "", Cell(f"→ {finding.remedy}", "bold")


def _summary(found: Iterable[tuple[str, Finding]]) -> str:
    statuses = [finding.status for _, finding in found]
    failures, warnings = counted(statuses.count(FAILURE), "failure"), counted(statuses.count(WARNING), "warning")
    return f"{len(CHECKS)} checks: {failures}, {warnings}."
