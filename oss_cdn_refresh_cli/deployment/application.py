"""Finds the deployment of a command: the nearest template.yml of this application, and the .env beside it.

The search goes from the working directory upwards. A template belongs to this application if it deploys
`code: ./functions`. That folder is the code root: REFRESH_CONFIG is relative to it, as for the function. A damaged
template beside such a folder ends the search too: the deployment of an outer folder would be another one.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from oss_cdn_refresh_cli.deployment import dotenv

TEMPLATE = "template.yml"
CODE_ROOT = "functions"

_deploys_our_code = re.compile(rf"^\s*code:\s*['\"]?\./{CODE_ROOT}/?['\"]?\s*(?:#.*)?$", re.MULTILINE).search


class Application(NamedTuple):
    """code_root: the folder of the function's code, None if no template was found; then `why` gives the remedy.

    variables: the variables in the .env beside the template. template: the file. why_no_template: in a few words, "" if
    there is one. problem: why the template cannot be read, or "".
    """

    code_root: Path | None
    variables: Mapping[str, str]
    why: str = ""
    template: Path | None = None
    why_no_template: str = ""
    problem: str = ""


NOT_LOOKED_FOR = Application(None, {}, "no template.yml was looked for: give --refresh-config FILE")
GONE = "the working directory is gone"


def find() -> Application:
    """The application of the working directory.

    :raises Failed: its .env cannot be read.
    """
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return Application(None, {}, f"{GONE}: change to one that is there", why_no_template=GONE)
    for template, problem in _templates(here):
        variables = dotenv.read(template.parent / ".env")
        return Application(template.parent / CODE_ROOT, variables, template=template, problem=problem)
    nowhere = f"no {TEMPLATE} of this application lies in {here} or above it"
    why = (
        f"it counts from {CODE_ROOT}/ beside {TEMPLATE}, and {nowhere}: run it where the template is, or give "
        "--refresh-config FILE"
    )
    return Application(None, {}, why, why_no_template=nowhere)


def _templates(here: Path) -> Iterator[tuple[Path, str]]:
    """The templates of this application from the nearest on, each with its problem, or ""."""
    for folder in (here, *here.parents):
        template = folder / TEMPLATE
        try:
            body = template.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            if _has_code(folder):
                yield template, f"{error.strerror or error}: let this user read it"
            continue
        ours = bool(_deploys_our_code(body.decode(errors="replace")))
        problem = _problem(body) if ours or _has_code(folder) else ""
        if ours or problem:
            yield template, problem


def _has_code(folder: Path) -> bool:
    try:
        return (folder / CODE_ROOT).is_dir()
    except OSError:  # no right to look into the folder
        return False


def _problem(body: bytes) -> str:
    """Why a template is no YAML with a mapping, or "". It may hold the tags of another application."""
    import yaml  # noqa: PLC0415 - `--help` reads no template

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        nodes = [event for event in yaml.parse(body, Loader=loader) if isinstance(event, yaml.NodeEvent)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return f"line {mark.line + 1}: {error.problem}: fix the YAML there" if mark else "it is no YAML: restore it"
    except (yaml.YAMLError, ValueError):
        return "it is no YAML: save it as UTF-8 text"
    if not nodes:
        return "it is empty: restore it"
    return "" if isinstance(nodes[0], yaml.MappingStartEvent) else "it is no mapping: restore it"
