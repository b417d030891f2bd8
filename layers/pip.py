"""Runs pip with the machine's settings about where packages come from, and without its settings about where they go.

`python -m layers.pip install …` keeps the operator's settings about indexes, certificates and proxies, from a file of
pip or from the environment. It leaves out all others, such as `user`, `prefix`, `target` or `no-binary`: each of these
can stop an installation, or install into another place.

Facts: pip's documentation, "Configuration" (files, sections, `PIP_…` variables, their order; a PIP_CONFIG_FILE that is
the null device switches all files off). `pip config debug` names the files; `pip config list` fails with some settings.
"""

# ruff: noqa: T201, S603 - a command speaks to people; what it runs is this Python's own pip

import configparser
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

KEPT = (  # options of pip that say from where packages come, and nothing about where they go
    "index-url",
    "extra-index-url",
    "no-index",
    "find-links",
    "trusted-host",
    "proxy",
    "cert",
    "client-cert",
    "keyring-provider",
    "use-feature",  # such as truststore
    "timeout",
    "default-timeout",
    "retries",
    "cache-dir",
)
KINDS = ("global", "user", "site", "env")  # of files, as `pip config debug` calls them; a later one wins
SECTIONS = ("global", "install")  # of a file; a later one wins, over all files
VARIABLE = "PIP_"  # how the variables of pip begin


class UnreadableSettings(Exception):
    """`<where>: <what>: <remedy>`: pip cannot read its own settings."""


def environment(environ: Mapping[str, str], python: str = sys.executable) -> dict[str, str]:
    """The environment for pip: the given one, with only the kept settings of pip.

    :raises UnreadableSettings: a file of pip is broken.
    """
    command = [python, "-m", "pip", "--disable-pip-version-check", "config", "debug"]
    shown = subprocess.run(command, env=dict(environ), capture_output=True, text=True, check=False)
    if shown.returncode != 0:
        said = " ".join(shown.stderr.split()) or "nothing"
        raise UnreadableSettings(f"pip's settings: pip config debug said: {said}: fix the file that it names")
    return settled(environ, [read(file) for file in files(shown.stdout)])


def settled(environ: Mapping[str, str], parsers: Sequence[configparser.RawConfigParser]) -> dict[str, str]:
    """An environment in which pip reads no file, with the kept settings of the files and of the given environment."""
    told = chosen(parsers)
    told |= {option: environ[name] for option in KEPT if environ.get(name := variable(option))}
    ours = {name: value for name, value in environ.items() if not name.upper().startswith(VARIABLE)}
    ours |= {variable(option): value for option, value in told.items()}
    return {**ours, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def variable(option: str) -> str:
    """The variable of an option: `PIP_INDEX_URL` of `index-url`."""
    return VARIABLE + option.upper().replace("-", "_")


def files(debug: str) -> list[Path]:
    """The files that exist, of the text that `pip config debug` prints, in their order."""
    found: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    kind = ""
    for line in debug.splitlines():
        name, exists, _ = line.strip().rpartition(", exists: True")
        if not line.startswith(" "):
            kind = line.rstrip(":")
        elif exists and kind in found:
            found[kind].append(Path(name))
    return [file for kind in KINDS for file in found[kind]]


def read(file: Path) -> configparser.RawConfigParser:
    """The settings of one file of pip.

    :raises UnreadableSettings: it is not UTF-8, or no such file.
    """
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(file.read_text(encoding="utf-8-sig"), source=str(file))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        said = " ".join(str(error).split())
        raise UnreadableSettings(f"{file}: pip's settings: {said}: write lines NAME = VALUE below [global]") from error
    return parser


def chosen(parsers: Sequence[configparser.RawConfigParser]) -> dict[str, str]:
    """The kept options of some files; a later file wins."""
    told: dict[str, str] = {}
    for section in SECTIONS:
        for parser in parsers:
            written = dict(parser.items(section)) if parser.has_section(section) else {}
            named = {name.lower().replace("_", "-").removeprefix("--"): value for name, value in written.items()}
            told |= {option: named[option] for option in KEPT if named.get(option)}
    return told


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run pip with these arguments; returns its exit code."""
    try:
        ours = environment(environ)
    except UnreadableSettings as error:
        print(error, file=sys.stderr)
        return 2
    return subprocess.run([sys.executable, "-m", "pip", *arguments], env=ours, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
