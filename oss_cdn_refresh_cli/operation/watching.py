"""`--watch`: looks again and again, until Ctrl-C. The exit code is that of the last look."""

import sys
from collections.abc import Callable

import click

from oss_cdn_refresh.model.errors import CdnRefreshError
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.operation.settings import Figure
from oss_cdn_refresh_cli.shared import times
from oss_cdn_refresh_cli.shared.errors import Exit, Failed
from oss_cdn_refresh_cli.shared.waiting import LONGEST

EVERY = 10  # seconds by default: a look is a few requests, and services allow dozens a second

with_watch = click.option(
    "--watch",
    is_flag=False,
    flag_value=EVERY,
    type=Figure(min=1, max=LONGEST),
    metavar="[SECONDS]",
    help=f"Look again every SECONDS ({EVERY} if left out), until Ctrl-C.",
)


def watched(operation: Operation, seconds: float | None, look: Callable[[Operation], Exit]) -> Exit:
    """Look once, or every so many seconds. A look that fails is reported, and the next one follows.

    In a terminal each look replaces the one before. With --json each look is a document in one line.

    :raises Failed: the first look fails, for example because a setting is missing.
    """
    if seconds is None:
        return look(operation)
    output = operation.output
    output.line_by_line()
    code: Exit | None = None
    try:
        while True:
            output.begin_block(f"{times.clock(operation.effects.now())}, every {seconds:g} s, until Ctrl-C")
            try:
                code = look(operation)
            except (CdnRefreshError, Failed) as error:
                if code is None:
                    raise
                code = Exit.COULD_NOT
                output.say()
                output.complain(str(error))
                output.document({"error": str(error)})
            sys.stdout.flush()
            operation.effects.sleep(seconds)
    except KeyboardInterrupt:
        if code is None:
            raise
        return code
