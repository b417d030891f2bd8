"""Finds the deployment of a command: the nearest template.yml of this application, and the .env beside it.

The search goes from the working directory upwards. A template belongs to this application if it deploys
`code: ./functions`. That folder is the code root: REFRESH_CONFIG is relative to it, as for the function.
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
    there is one.
    """

    code_root: Path | None
    variables: Mapping[str, str]
    why: str = ""
    template: Path | None = None
    why_no_template: str = ""


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
    for template in _templates(here):
        return Application(template.parent / CODE_ROOT, dotenv.read(template.parent / ".env"), template=template)
    nowhere = f"no {TEMPLATE} of this application lies in {here} or above it"
    why = (
        f"it counts from {CODE_ROOT}/ beside {TEMPLATE}, and {nowhere}: run it where the template is, or give "
        "--refresh-config FILE"
    )
    return Application(None, {}, why, why_no_template=nowhere)


def _templates(here: Path) -> Iterator[Path]:
    for folder in (here, *here.parents):
        template = folder / TEMPLATE
        try:
            text = template.read_text(encoding="utf-8", errors="replace")
        except OSError:  # no such file, or no right to read it
            continue
        if _deploys_our_code(text):
            yield template
