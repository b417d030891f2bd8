"""The description of the package for the registry: publish.yaml in Chinese and English, and version.md.

The version comes from pyproject.toml, the regions are those that `make check-template` knows, and the changes are the
newest part of CHANGELOG.md.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from infra.application.edits import OutOfDate
from oss_cdn_refresh_cli.deployment import regions

HERE = Path(__file__).parent / "package"
VERSION = re.compile(r'^version = "([^"]+)"$', re.MULTILINE)
NEWEST = re.compile(r"^## \[.*\n(?:(?!## ).*\n?)*", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]+\)")  # to a file that is not in the package


def version(root: Path) -> str:
    """The version of the project.

    :raises OutOfDate: pyproject.toml has none.
    """
    found = VERSION.search((root / "pyproject.toml").read_text(encoding="utf-8"))
    if found is None:
        raise OutOfDate('pyproject.toml: version is missing: write version = "…" below [project]')
    return found[1]


def publish(release: str) -> tuple[str, str]:
    """publish.yaml in Chinese and in English; the English file of the repository has only the texts that differ."""
    chinese: Any = yaml.safe_load((HERE / "publish.yaml").read_text(encoding="utf-8"))
    english: Any = yaml.safe_load((HERE / "publish_en.yaml").read_text(encoding="utf-8"))
    chinese["Version"] = release
    chinese["Parameters"]["properties"]["region"]["enum"] = list(regions.REGIONS)
    return _written(chinese), _written(_overlaid(chinese, english))


def changes(root: Path, release: str) -> str:
    """version.md: the newest part of the changelog, without links to files that are not in the package."""
    newest = NEWEST.search((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    if newest is None:
        raise OutOfDate("CHANGELOG.md: no version has a heading: write ## [Unreleased]")
    body = newest[0].partition("\n")[2]
    return f"# {release}\n" + LINK.sub(r"\1", body)


def _overlaid(below: Any, above: Any) -> Any:
    if not (isinstance(below, Mapping) and isinstance(above, Mapping)):
        return above
    return {**below, **{key: _overlaid(below.get(key), value) for key, value in above.items()}}


def _written(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)
