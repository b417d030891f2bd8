"""The changelog has the form of Keep a Changelog, and the version of pyproject.toml."""

import re
from datetime import date

from pages import PAGES, ROOT, headings, without_blocks

TEXT = PAGES["CHANGELOG.md"]
SEMVER = r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)"  # without pre-releases
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
VERSIONS = [title for level, title in headings(TEXT) if level == "##"]
RELEASES = re.findall(rf"^## \[({SEMVER})\] - (\d{{4}}-\d\d-\d\d)( \[YANKED\])?$", TEXT, re.MULTILINE)
ENTRIES = {part.partition("\n")[0]: part for part in re.split(r"^## ", without_blocks(TEXT), flags=re.MULTILINE)[1:]}


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_the_version_of_the_package_is_released_or_to_be_released() -> None:
    (version,) = re.findall(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert "[Unreleased]" in VERSIONS or version in {released for released, _, _ in RELEASES}


def test_the_package_is_not_older_than_the_last_release() -> None:
    (version,) = re.findall(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert numbers(version) >= numbers(RELEASES[0][0])


def test_every_version_has_a_number_and_a_date_but_the_unreleased_one_which_comes_first() -> None:
    dated = VERSIONS[1:] if VERSIONS[0] == "[Unreleased]" else VERSIONS
    assert dated == [f"[{version}] - {day}{yanked}" for version, day, yanked in RELEASES]


def test_the_newest_version_comes_first() -> None:
    released = [numbers(version) for version, _, _ in RELEASES]
    assert released == sorted(set(released), reverse=True)


def test_every_date_is_one_of_the_calendar_and_none_is_before_that_of_an_older_version() -> None:
    days = [date.fromisoformat(day) for _, day, _ in RELEASES]
    assert days == sorted(days, reverse=True)


def test_the_changes_of_a_version_stand_under_known_kinds_each_once_in_order() -> None:
    found = {name: re.findall(r"^### (.*)$", entry, re.MULTILINE) for name, entry in ENTRIES.items()}
    assert found == {name: [kind for kind in KINDS if kind in kinds] for name, kinds in found.items()}


def test_every_kind_has_changes() -> None:
    sections = [part for entry in ENTRIES.values() for part in re.split(r"^### ", entry, flags=re.MULTILINE)[1:]]
    assert [section for section in sections if not re.search(r"^- ", section, re.MULTILINE)] == []


def test_no_heading_of_another_level_or_kind_hides_changes() -> None:
    assert {level for level, _ in headings(TEXT)} == {"#", "##", "###"}
