"""The options of each command that waits for the edge."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from oss_cdn_refresh_cli.edge.audit.options import edge_options
from oss_cdn_refresh_cli.operation.settings import Figure

WITHIN = 900  # seconds: "takes effect in about 5 to 6 minutes", RefreshObjectCaches, and a while in the backlog
EVERY = 10  # seconds
LEAST_EVERY = 1  # second

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def wait_options(command: Decorated) -> Decorated:
    """Add the parameters of `Terms`: `within`, `every`, `added` and `connect_to`."""
    within = click.option(
        "--within", type=Figure(min=0), default=WITHIN, metavar="SECONDS", show_default=True,
        help="The longest wait: no poll of the edge begins later.",
    )  # fmt: skip
    every = click.option(
        "--every", type=Figure(min=LEAST_EVERY), default=EVERY, metavar="SECONDS", show_default=True,
        help="The time from one poll of the edge to the next, at least 1.",
    )  # fmt: skip
    return within(every(edge_options(command)))


def refuse_without_wait(context: click.Context) -> None:
    """Refuse the times of a wait that nobody asked for, which would have no effect.

    :raises UsageError: the command line has one of them.
    """
    for name in ("within", "every"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} needs --wait: without it the command does not wait for the edge")
