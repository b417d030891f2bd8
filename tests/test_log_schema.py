"""The code writes exactly the log lines and fields that docs/log-lines.schema.json describes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from every_line import EVERY
from jsonschema import Draft202012Validator
from world import World, a_world

ROOT = Path(__file__).parent.parent
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "log-lines.schema.json").read_text(encoding="utf-8"))
EVENTS = [entry["$ref"].rpartition("/")[2] for entry in SCHEMA["oneOf"]]
LIBRARY = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "functions").rglob("*.py"))

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # oss2, on Python 3.12


def validator(event: str) -> Draft202012Validator:
    """The schema of a line about this event."""
    return Draft202012Validator({"$ref": f"#/$defs/{event}", "$defs": SCHEMA["$defs"]})


def complaints(line: dict[str, Any]) -> list[str]:
    if line["event"] not in EVENTS:
        return [f"the schema does not know the event {line['event']}"]
    return [f"{error.json_path}: {error.message}" for error in validator(line["event"]).iter_errors(line)]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return SCHEMA["$defs"][name] if name else schema


def fields(schema: dict[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """All fields of a definition, also nested ones."""
    for name, inner in schema.get("properties", {}).items():
        field = resolved(inner)
        yield f"{place}.{name}", field
        yield from fields(field, f"{place}.{name}")


FIELDS = dict(pair for event in EVENTS for pair in fields(SCHEMA["$defs"][event], event))


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """All lines that a world writes in each situation of `every_line`."""
    written: list[dict[str, Any]] = []
    for way in EVERY:
        with a_world(tmp_path_factory.mktemp(way.__name__)) as world:
            way(world)
            written += world.lines
    return written


def test_the_schema_is_a_valid_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_written_line_matches_the_schema(lines: list[dict[str, Any]]) -> None:
    assert [(line["event"], complaint) for line in lines for complaint in complaints(line)] == []


def test_every_event_of_the_schema_is_written(lines: list[dict[str, Any]]) -> None:
    assert {line["event"] for line in lines} == set(EVENTS)


def test_every_field_of_the_schema_is_written(lines: list[dict[str, Any]]) -> None:
    """A field that the code does not write must not be in the schema."""
    written = {f"{line['event']}.{name}" for line in lines for name in line}
    optional = {f"{event}.shortened" for event in EVENTS}
    assert {name for name in FIELDS if name.count(".") == 1} - written - optional == set()


def test_a_shortened_line_matches_the_schema(lines: list[dict[str, Any]]) -> None:
    shortened = [line for line in lines if line.get("shortened")]
    assert (bool(shortened), [complaint for line in shortened for complaint in complaints(line)]) == (True, [])


def test_both_levels_and_both_shapes_of_a_line_are_written(lines: list[dict[str, Any]]) -> None:
    assert {line["level"] for line in lines if line["event"] == "deferred"} == {"INFO", "WARNING"}
    assert {"url" in line for line in lines if line["event"] == "unaccounted"} == {True, False}


def test_every_call_that_writes_a_line_has_its_event_in_the_schema() -> None:
    called = set(re.findall(r'(?:\.(?:info|warning|error|debug)\(\s*|kept=)"(\w+)"', LIBRARY))
    assert called | {"summary", "deferred", "dead_lettered"} == set(EVENTS)


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_has_a_description_and_a_unit(name: str) -> None:
    assert (bool(FIELDS[name].get("description")), bool(FIELDS[name].get("unit"))) == (True, True)


@pytest.mark.parametrize("event", EVENTS)
def test_no_line_has_a_field_outside_its_definition(event: str) -> None:
    assert SCHEMA["$defs"][event]["additionalProperties"] is False


def renamed(line: dict[str, Any]) -> dict[str, Any]:
    return {("requests_made" if name == "requests" else name): value for name, value in line.items()}


def without(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "requests"}


def with_more(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "calls": 1}


def in_another_unit(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "duration_ms": 0.5}


@pytest.mark.parametrize("changed", [renamed, without, with_more, in_another_unit])
def test_a_changed_field_fails_the_schema(world: World, changed: Any) -> None:
    world.invoke([])
    summary = world.line("summary")
    assert (complaints(summary), bool(complaints(changed(summary)))) == ([], True)
