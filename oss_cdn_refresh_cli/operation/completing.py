"""Values that a shell completes by asking a service: within a second, without an error, and without a note.

Values come from messages, which are untrusted input, and the shell puts them into the command line of a person. So only
values that no shell interprets are offered.
"""

import re
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

import click
from click.shell_completion import CompletionItem

from oss_cdn_refresh_cli.operation.operation import Operation, operation_of
from oss_cdn_refresh_cli.shared import streams
from oss_cdn_refresh_cli.shared.isolation import isolated
from oss_cdn_refresh_cli.shared.output import Output, visible

MOST_SECONDS = 1.0  # that a person waits after Tab
HARMLESS = re.compile(r"[A-Za-z0-9._:/@-]+", re.ASCII)

Values = Iterable[tuple[str, str]]
"""Values, each with a line of help, which zsh and fish show."""
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def live(read: Callable[[Operation], Values]) -> Completer:
    """A completer of an option with values that `read` gets from a service; without an answer there are none."""

    def complete(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        found: list[tuple[str, str]] = []

        def look() -> None:
            with suppress(Exception), isolated():
                found.extend(read(_impatient(operation_of(context))))

        streams.mute_errors()
        thread = threading.Thread(target=look, daemon=True)  # a daemon: the process ends without it
        thread.start()
        thread.join(MOST_SECONDS)
        offered = [(value, text) for value, text in found if value.startswith(incomplete) and HARMLESS.fullmatch(value)]
        return [CompletionItem(value, help=visible(text)) for value, text in offered]

    return complete


def _impatient(operation: Operation) -> Operation:
    settings = operation.settings
    seconds = min(settings.seconds, MOST_SECONDS)
    return operation._replace(settings=settings._replace(seconds=seconds), output=Output(json=True))
