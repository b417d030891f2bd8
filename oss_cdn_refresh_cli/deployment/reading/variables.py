"""Resolves the `${…}` of a Serverless Devs file, edition 3.0.0.

Facts: Serverless Devs, "YAML specification", edition 3.0.0. Supported are `vars`, `env`, `config('AccountID')`
and `path`; `resources.<name>.output.<key>` is refused, as `s` keeps no outputs from one command to the next.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings import yaml_text

EXPRESSION = re.compile(r"\$\{([^}]*)\}")
CALL = re.compile(r"(env|config|path)\(\s*(.*?)\s*\)")
ARGUMENT = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)")\s*(?:,|$)""")
OUTPUT = re.compile(r"resources\.[^.]+\.output\..+")


class TemplateError(Exception):
    """`<file>: <place>: <what>: <remedy>`; a person must fix the file."""

    def __init__(self, file: str, place: str, what: str, remedy: str) -> None:
        super().__init__(f"{file}: {place}: {what}: {remedy}")


def read_yaml(file: Path, remedy: str) -> dict[str, Any]:
    """The mapping that a file of the deployment holds; `remedy` is for a file that holds none.

    :raises TemplateError: it is no YAML, no mapping, or too much of it.
    """
    try:
        document = yaml_text.read(file.read_bytes(), file.name)
    except ConfigurationError as error:
        raise TemplateError(file.name, error.place, error.what, error.remedy) from error
    if not isinstance(document, dict):
        raise TemplateError(file.name, "the whole file", "is no mapping", remedy)
    return document


def mapping(file: str, place: str, value: Any) -> Mapping[str, Any]:
    """A value that has to be a mapping.

    :raises TemplateError: it is none.
    """
    if not isinstance(value, Mapping):
        raise TemplateError(file, place, "is no mapping", "write lines `name: value` below it")
    return value


class Scope(NamedTuple):
    """The sources of the values of variables."""

    file: str  # the name of the file in errors
    folder: Path  # where it lies; `path()` starts there
    variables: Mapping[str, Any]  # its `vars`
    environ: Mapping[str, str]
    account: str  # "" if it is not known

    def resolve(self, value: Any, place: str) -> Any:
        """Put values for every `${…}` in a text, a list or a mapping.

        :raises TemplateError: for a variable that nothing defines, and for an output.
        """
        if isinstance(value, Mapping):
            return {key: self.resolve(inner, f"{place}.{key}") for key, inner in value.items()}
        if isinstance(value, list):
            return [self.resolve(inner, f"{place}[{number}]") for number, inner in enumerate(value)]
        return self._text(value, place) if isinstance(value, str) else value

    def asked(self, value: Any) -> Iterator[str]:
        """The names of the environment that decide a value, also those that its variables ask for.

        :raises RecursionError: a variable is defined by itself, which `resolve` refuses.
        """
        yield from asked(value)
        for code in EXPRESSION.findall(value) if isinstance(value, str) else ():
            head, *keys = code.strip().split(".")
            if head == "vars" and keys:
                yield from self.asked(self._defined(keys))

    def _text(self, text: str, place: str) -> Any:
        whole = EXPRESSION.fullmatch(text)
        if whole:  # alone, a variable keeps its type
            return self._expression(whole[1].strip(), place)
        return EXPRESSION.sub(lambda match: str(self._expression(match[1].strip(), place)), text)

    def _expression(self, code: str, place: str) -> Any:
        call = CALL.fullmatch(code)
        if call and not ARGUMENT.match(call[2]):
            raise TemplateError(self.file, place, f"${{{code}}} names nothing", "write the name between quotes")
        if call:
            functions: Mapping[str, Callable[[list[str], str], str]] = {
                "env": self._env,
                "config": self._config,
                "path": self._path,
            }
            arguments = [single or double for single, double in ARGUMENT.findall(call[2])]
            return functions[call[1]](arguments, place)
        if OUTPUT.fullmatch(code):
            what = f"${{{code}}} is known to `s deploy` only, so logs and remove would fail"
            raise TemplateError(self.file, place, what, "write the value itself")
        return self._variable(code, place)

    def _variable(self, code: str, place: str) -> Any:
        head, *keys = code.split(".")
        found = self._defined(keys) if head == "vars" and keys else None
        if found is None:
            raise TemplateError(self.file, place, f"${{{code}}} is not defined", "define it under vars")
        try:
            return self.resolve(found, code)
        except RecursionError:
            what = f"${{{code}}} is defined by itself"
            raise TemplateError(self.file, place, what, "write its value under vars") from None

    def _defined(self, keys: list[str]) -> Any:
        """What `vars` says under a path of keys, or None."""
        found: Any = self.variables
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def _env(self, arguments: list[str], place: str) -> str:
        name, *default = arguments
        value = self.environ.get(name)
        if value:  # an empty one counts as unset
            return value
        if not default:
            raise TemplateError(self.file, place, f"{name} is not set", f"write {name}=… into .env")
        return default[0]

    def _config(self, arguments: list[str], place: str) -> str:
        if arguments != ["AccountID"]:
            raise TemplateError(self.file, place, f"config({arguments}) is not known", "only AccountID is")
        if not self.account:
            what = "the id of the account is not known here"
            raise TemplateError(self.file, place, what, "set ALIBABA_CLOUD_ACCOUNT_ID")
        return self.account

    def _path(self, arguments: list[str], place: str) -> str:
        path = self.folder / arguments[0]
        if not path.exists():
            raise TemplateError(self.file, place, f"{arguments[0]} does not exist", "name a file beside the template")
        return str(path)


def asked(value: Any) -> Iterator[str]:
    """The names of the environment that the `${env(…)}` of a text, a list or a mapping ask for."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from asked(inner)
    elif isinstance(value, str):
        calls = [CALL.fullmatch(code.strip()) for code in EXPRESSION.findall(value)]
        for name in [ARGUMENT.match(call[2]) for call in calls if call and call[1] == "env"]:
            if name:
                yield name[1] or name[2]
