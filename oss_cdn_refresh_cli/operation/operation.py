"""The common part of every command: its options, its settings, and its end.

A command is a function under `@click.command(cls=Command)` that takes an `Operation` (`@click.pass_obj`) and returns an
`Exit`. The settings' options are added to each by the class.
"""

import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from oss_cdn_refresh.model.effects import Effects, real
from oss_cdn_refresh.model.errors import CdnRefreshError
from oss_cdn_refresh.transport.credentials import Source
from oss_cdn_refresh_cli.deployment import application
from oss_cdn_refresh_cli.operation.account import Caller
from oss_cdn_refresh_cli.operation.credentials import Chain
from oss_cdn_refresh_cli.operation.settings import GIVEN, JSON, PROFILE, TIMEOUT, VARIABLES, Settings, options, settings
from oss_cdn_refresh_cli.shared import streams
from oss_cdn_refresh_cli.shared.errors import Exit, Failed, Unanswered
from oss_cdn_refresh_cli.shared.interruptions import terminable
from oss_cdn_refresh_cli.shared.isolation import isolated, proxy_of
from oss_cdn_refresh_cli.shared.output import Output
from oss_cdn_refresh_cli.shared.waiting import begin

if TYPE_CHECKING:  # imported for a completion only
    from click.shell_completion import CompletionItem

SURROGATES = re.compile("[\ud800-\udfff]")  # bytes of an argument that are not UTF-8


class Surroundings(NamedTuple):
    """What a caller may replace: the clock, sleep and randomness, and the source of the credentials."""

    effects: Effects
    credentials: Source


class Operation(NamedTuple):
    """The settings, the output, the effects and the credentials of one run."""

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
        """Run the command with the options of all levels of the command tree."""
        given = ctx.meta.get(GIVEN, {})
        _in_utf_8((*given.values(), *_texts(ctx)))
        operation = ctx.obj = operation_of(ctx)
        if operation.settings.bad_template:
            operation.output.warn(operation.settings.bad_template)
        with isolated():
            return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The command's own options; the settings are in the help of the whole command."""
        _format_options(self, ctx, formatter)

    def settings(self, ctx: click.Context, given: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:  # noqa: ARG002 - for others
        """The settings, from options and environment; a subclass may accept wrong ones.

        :raises ConfigurationError: an endpoint is no base URL.
        """
        return settings(given, environ, application.find())


class Group(click.Group):
    """A group of such commands, which takes the same options before the command's name."""

    command_class = Command

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.params.extend(options())

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Their names, in the order in which they were added."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands first, then the options."""
        self.format_commands(ctx, formatter)
        _format_options(self, ctx, formatter)


def operation_of(context: click.Context) -> Operation:
    """The operation of a command's context: its settings and what the caller has replaced.

    :raises ConfigurationError: an endpoint is no base URL.
    """
    given = context.meta.get(GIVEN, {})
    surroundings: Surroundings = context.find_object(Surroundings) or Surroundings(
        real(), Chain(given.get(PROFILE, ""))
    )
    command = context.command
    if isinstance(command, Command):
        found = command.settings(context, given, os.environ)
    else:
        found = settings(given, os.environ, application.find())
    caller = Caller(surroundings.credentials, found.environ, surroundings.effects, found.seconds)
    return Operation(
        found._replace(caller=caller),
        Output(json=bool(given.get(JSON))),
        surroundings.effects,
        surroundings.credentials,
    )


def _format_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    own, general = _records(command, ctx)
    with formatter.section("Options"):
        formatter.write_dl(own)
    if isinstance(command, Root):
        with formatter.section("Settings; those with TEXT are also variables (--cdn-endpoint is CDN_ENDPOINT)"):
            formatter.write_dl(general)
    else:
        formatter.write_paragraph()
        formatter.write_text(f"Settings, such as --timeout: see {ctx.find_root().command.name} --help")


def _records(command: click.Command, ctx: click.Context) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The lines of a command's own options, and those of the settings."""
    own: list[tuple[str, str]] = []
    general: list[tuple[str, str]] = []
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record:
            (general if parameter.name in (*VARIABLES, PROFILE, TIMEOUT) else own).append(record)
    return own, general


class Root(Group):
    """The whole command: every run ends with an exit code, and every error is one line on stderr.

    lazily: the line of each command in the help, by the command's module below `package`, such as "edge.audit". The
        module has a function of the same name. It is imported when its command is called, because all of them take a
        third of a second.
    elsewhere: the full names of the modules of commands that are not below `package`, by the command's name.
    """

    def __init__(
        self, *arguments: Any, lazily: Mapping[str, str], package: str, elsewhere: Mapping[str, str], **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        modules = {module.rpartition(".")[2]: module for module in lazily}
        self._lazily = {name: lazily[module] for name, module in modules.items()}
        ours = {name: f"{package}.{module.replace('-', '_')}" for name, module in modules.items()}
        self._modules = {**ours, **elsewhere}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """The names of the commands, in the order of the help."""
        return list(self._lazily)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """A command by its name; None where there is none."""
        if cmd_name not in self._lazily:
            return None
        module = self._modules[cmd_name]
        command: click.Command = getattr(import_module(module), module.rpartition(".")[2])
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The commands with their lines of the help, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._lazily.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["CompletionItem"]:
        """The names of the commands, without importing them, or the options."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - few runs complete something

        names = [name for name in self._lazily if name.startswith(incomplete)]
        commands = [CompletionItem(name, help=self._lazily[name]) for name in names]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def main(self, args: Sequence[str] | None = None, *rest: Any, **named: Any) -> Any:
        """Run the command and exit."""
        words = list(sys.argv[1:] if args is None else args)
        named["standalone_mode"] = False
        why = ""
        try:
            code, why = self._ended(words, *rest, **named)
            if why:
                Output.complain(why)
            if why and "--json" in words:
                Output(json=True).document({"error": why})
            sys.stdout.flush()
        except OSError as error:
            code = Exit.COULD_NOT
            if not why and not isinstance(error, BrokenPipeError):  # a reader closes a pipe on purpose
                with suppress(OSError):
                    Output.complain(f"the output cannot be written: {error.strerror}: write it to somewhere else")
            streams.mute()
        sys.exit(int(code or 0))

    def _ended(self, words: list[str], *rest: Any, **named: Any) -> tuple[Any, str]:
        """The exit code of a run, and the error message or ""."""
        try:
            streams.prepare()
            begin()
            with terminable():
                return super().main(words, *rest, **named), ""
        except SystemExit as ended:  # of click, with 1, when the reader of a pipe has closed it
            return Exit.COULD_NOT if ended.code else Exit.DONE, ""
        except click.ClickException as error:
            why = _misuse(error, words)
        except Unanswered as error:
            proxy = proxy_of(os.environ)
            why = f"{error}; {proxy} is set, and no client of this command uses a proxy" if proxy else str(error)
        except (CdnRefreshError, Failed) as error:
            why = str(error)
        except (KeyboardInterrupt, click.Abort):
            why = "interrupted: run it again to go on"
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            why = f"{place}{error.strerror or error}: check the file or the device, and run it again"
        except Exception as error:  # noqa: BLE001 - a bug: Python exits with 1, which means FOUND
            traceback.print_exc()
            why = f"{type(error).__name__}, which is a bug: please report the traceback above"
        return Exit.COULD_NOT, why


def _misuse(error: click.ClickException, words: Sequence[str]) -> str:
    if not isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    if "--json" in words:
        return "no command is given: name one of those that --help shows"
    error.show()
    return ""


def _texts(context: click.Context) -> Iterator[Any]:
    """The values of all arguments but the names of files."""
    for parameter in context.command.params:
        if isinstance(parameter.type, click.types.StringParamType):
            value = context.params.get(parameter.name or "")
            yield from value if isinstance(value, tuple) else (value,)


def _in_utf_8(texts: Iterable[Any]) -> None:
    """Refuse arguments that are not UTF-8, because nothing could show or store them.

    :raises Failed: a text is not UTF-8.
    """
    wrong = next((text for text in texts if isinstance(text, str) and SURROGATES.search(text)), None)
    if wrong is not None:
        raise Failed(f'"{wrong}" is not UTF-8: write it in UTF-8, in a locale like C.UTF-8')
