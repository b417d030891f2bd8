"""`box`: runs a cloud on this machine, for the tests of other programs, until Ctrl-C or SIGTERM."""

import errno
import os
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oss_cdn_refresh_box.box import LONGEST_DELAY, MISSING, NEEDED, PORTS
from oss_cdn_refresh_cli.deployment.reading.variables import TemplateError
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.settings import Figure
from oss_cdn_refresh_cli.operation.sources import OPTION
from oss_cdn_refresh_cli.shared import streams
from oss_cdn_refresh_cli.shared.errors import Exit, Failed

if TYPE_CHECKING:
    from oss_cdn_refresh_box.box.opened import Box

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=Command)
@click.option("--bucket", "buckets", multiple=True, metavar="NAME", help="A bucket; repeatable.  [default: my-site]")
@click.option(
    "--domain",
    "domains",
    multiple=True,
    metavar="[PRODUCT:]DOMAIN[=BUCKET]",
    help="A domain of cdn, dcdn or esa, and the bucket that it shows (the first one); repeatable.  "
    "[default: www.example.com]",
)
@click.option("--queue", "queues", multiple=True, metavar="NAME", help="A queue of SMQ; repeatable.")
@click.option(
    "--notify", default="", metavar="QUEUE", help="Send a message about each change of an object to this queue."
)
@click.option("--base64", is_flag=True, help="Encode the bodies of these messages.")
@click.option("--template", type=A_FILE, metavar="FILE", help="Run the functions of this template of Serverless Devs.")
@click.option(
    "--delay",
    type=Figure(min=0, max=LONGEST_DELAY),
    default=1.0,
    metavar="SECONDS",
    help="How long an accepted refresh takes until it is complete.  [default: 1]",
)
@click.option(
    "--port",
    type=click.IntRange(PORTS[0], PORTS[-1]),
    metavar="NUMBER",
    help="The first of 8 ports, instead of free ones.",
)
@click.option("--quiet", is_flag=True, help="Do not write a line for each request to stderr.")
@click.pass_obj
def box(operation: Operation, /, *, quiet: bool, **chosen: Any) -> Exit:
    """Run OSS, CDN and SMQ on this machine, for tests.

    It prints the variables of its endpoints and credentials for a shell, closes its output, and serves on 127.0.0.1
    until Ctrl-C or SIGTERM. With --refresh-config FILE the sites come from a configuration.
    """
    config = operation.settings.found.settings["REFRESH_CONFIG"]
    chosen["refresh_config"] = operation.settings.config if config.origin == OPTION else None
    with ExitStack() as stack:
        opened = stack.enter_context(_opened(chosen))
        with suppress(KeyboardInterrupt):
            _serve(opened, operation, stack, quiet=quiet)
    return Exit.DONE


def _serve(opened: "Box", operation: Operation, stack: ExitStack, *, quiet: bool) -> None:
    from oss_cdn_refresh_box.box.calls import Lines, report  # noqa: PLC0415 - `--help` opens no box
    from oss_cdn_refresh_box.box.exports import document, exports, variables  # noqa: PLC0415 - `--help` opens no box
    from oss_cdn_refresh_box.box.running import Running  # noqa: PLC0415 - `--help` opens no box
    from oss_cdn_refresh_box.cloud.deployment import ignored  # noqa: PLC0415 - `--help` opens no box

    cloud = opened.cloud
    for trigger in ignored(cloud.deployment):
        operation.output.warn(f"{trigger} is never called in a box: only triggers of OSS and of SMQ queues are")
    say = Lines(quiet=quiet)
    report(cloud, say)
    stack.enter_context(Running(cloud.compute, cloud.clock))
    operation.output.line_by_line()
    operation.output.document(document(opened))
    if not operation.output.json:
        click.echo(exports(variables(opened)), nl=False)
    streams.release()
    say("the box serves until Ctrl-C or SIGTERM")
    threading.Event().wait()


def _opened(chosen: dict[str, Any]) -> "Box":
    """The open box.

    :raises Failed: it cannot be opened.
    """
    try:
        from oss_cdn_refresh_box.box.opened import Box  # noqa: PLC0415 - `--help` opens no box
        from oss_cdn_refresh_box.box.terms import Terms  # noqa: PLC0415 - `--help` opens no box
        from oss_cdn_refresh_box.cloud import SERVICES  # noqa: PLC0415 - `--help` opens no box
    except ModuleNotFoundError as error:
        if error.name != NEEDED:
            raise
        raise Failed(MISSING) from error
    try:
        return Box(Terms(**{**chosen, "port": chosen["port"] or 0}, variables=os.environ))
    except TemplateError as error:
        raise Failed(str(error)) from error
    except OSError as error:
        if error.errno != errno.EADDRINUSE or not chosen["port"]:
            raise
        last = chosen["port"] + len(SERVICES) - 1
        what = f"one of the ports {chosen['port']} to {last} of 127.0.0.1 is in use"
        raise Failed(f"{what}: give another --port, or none for free ones") from error
