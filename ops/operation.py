"""One run of a command: what every command has in common, and how it ends.

A command is a function under `@click.command(cls=Command)` that takes an `Operation` (`@click.pass_obj`) and returns an
`Exit`. The settings' options are added to each by the class.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import click

from ops.credentials import source
from ops.errors import Exit, Failed
from ops.interruptions import terminable
from ops.output import Output, complain
from ops.settings import GIVEN, JSON, Settings, options, settings
from oss_cdn_refresh.credentials import Source
from oss_cdn_refresh.effects import Effects, real
from oss_cdn_refresh.errors import CdnRefreshError


class Surroundings(NamedTuple):
    """What a command gets from the world: time and chance, and who it acts for."""

    effects: Effects
    credentials: Source


class Operation(NamedTuple):
    """What a command works with."""

    settings: Settings
    output: Output
    effects: Effects
    credentials: Source


class Command(click.Command):
    """A command that has all settings as options, and gets an `Operation` as click's object."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.params.extend(options())

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, with what all levels of the command tree were given."""
        given = ctx.meta.get(GIVEN, {})
        around: Surroundings = ctx.find_object(Surroundings) or Surroundings(real(), source())
        ctx.obj = Operation(
            self.settings(ctx, given, os.environ),
            Output(json=bool(given.get(JSON))),
            around.effects,
            around.credentials,
        )
        return super().invoke(ctx)

    def settings(self, ctx: click.Context, given: Mapping[str, str], environ: Mapping[str, str]) -> Settings:  # noqa: ARG002
        """The settings, from options and environment; a command may look at them more leniently.

        :raises ConfigurationError: an endpoint is no base URL.
        """
        return settings(given, environ)


class Group(click.Group):
    """A group of such commands, which takes the same options before the command's name."""

    command_class = Command

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.params.extend(options())


class Root(Group):
    """The whole command: whatever happens ends in an exit code, and in one line on stderr where it went wrong."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **named: Any) -> Any:
        """Run the command and exit."""
        words = list(sys.argv[1:] if args is None else args)
        named["standalone_mode"] = False
        try:
            with terminable():
                code = super().main(words, *rest, **named)
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            code = Exit.COULD_NOT
        except (click.ClickException, CdnRefreshError, Failed) as error:
            code = _failed(error.format_message() if isinstance(error, click.ClickException) else str(error), words)
        except BrokenPipeError:  # whoever read the output has seen enough
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - what is still to be flushed
            code = Exit.COULD_NOT
        except (KeyboardInterrupt, click.Abort):
            code = _failed("interrupted: run it again to go on", words)
        sys.exit(int(code or 0))


def _failed(why: str, words: Sequence[str]) -> Exit:
    complain(why)
    if "--json" in words:
        Output(json=True).document({"error": why})
    return Exit.COULD_NOT
