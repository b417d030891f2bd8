"""`report`: one page about exported lines of the function's log, or its figures as JSON. It asks no service."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import click

from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.queues.exports import texts
from oss_cdn_refresh_cli.reporting.figures import figures
from oss_cdn_refresh_cli.reporting.lines import Line, Lines
from oss_cdn_refresh_cli.reporting.page import charts
from oss_cdn_refresh_cli.reporting.values import epoch
from oss_cdn_refresh_cli.shared import times
from oss_cdn_refresh_cli.shared.errors import Exit, Failed
from oss_cdn_refresh_cli.shared.output import counted
from oss_cdn_refresh_cli.shared.replacing import check, replace

A_LOG = click.File("rb")


@click.command(cls=Command)
@click.option(
    "--from-logs",
    "logs",
    type=A_LOG,
    multiple=True,
    required=True,
    metavar="FILE…",
    help="Exported lines of the log; - is stdin.",
)
@click.argument("more", type=A_LOG, nargs=-1, metavar="[FILE]…")
@click.option(
    "-o", "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the page to this file."
)
@click.option(
    "--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="The language of the page."
)
@click.pass_obj
def report(
    operation: Operation, *, logs: Sequence[BinaryIO], more: Sequence[BinaryIO], file: Path | None, language: str
) -> Exit:
    """Make one page of HTML about exported lines of the log."""
    output = operation.output
    if file is None and not output.json:
        raise click.UsageError("nothing to write: give -o FILE, or --json for the figures alone")
    if file is not None:
        check(file)
        _refuse_a_log(file, (*logs, *more))
        charts.check()
    lines = Lines()
    read = figures(_lines((*logs, *more), lines), language)
    found = {"lines": lines.document(), **read}
    if not lines.read:
        raise Failed(_nothing(lines))
    if file is not None:
        from oss_cdn_refresh_cli.reporting.page.page import page  # noqa: PLC0415 - `--json` works without pygal

        replace(file, page(found, language).encode())
        now = operation.effects.now()
        begin, end = (times.local(epoch(found[name]), now) for name in ("from", "until"))
        output.say(f"{file}: {counted(lines.read, 'line')} of the log, {begin} to {end}.")
    if lines.broken or lines.untimed:
        output.warn(
            f"{counted(lines.broken, 'line')} of the functions cannot be read and {lines.untimed:,} without a time are "
            "not counted: export the log again, whole and one JSON object a line"
        )
    output.document({**found, "page": None if file is None else str(file)})
    return Exit.DONE


def _refuse_a_log(file: Path, logs: Sequence[BinaryIO]) -> None:
    """Refuse to replace a file of the log by the page about it.

    :raises Failed: the file is one of the log.
    """
    for stream in logs:
        try:
            same = file.is_file() and os.path.samestat(file.stat(), os.fstat(stream.fileno()))
        except OSError:  # a stream without a file
            continue
        if same:
            raise Failed(f"{file}: the page would replace this file of the log: give another file with -o")


def _lines(files: Sequence[BinaryIO], lines: Lines) -> Iterator[Line]:
    for stream in files:
        with closing(stream):
            yield from lines.of(texts(stream, getattr(stream, "name", "<stdin>")))


def _nothing(lines: Lines) -> str:
    if lines.untimed:
        return (
            f"none of the {lines.untimed:,} lines has a time: export them with their prefix, or with the field __time__"
        )
    if lines.broken:
        return f"none of the {lines.broken:,} lines of the functions can be read: export the log again, whole"
    return (
        f"no line of the functions among {counted(lines.others, 'line')}: export the logstore function-log, "
        "see docs/monitoring.md"
    )
