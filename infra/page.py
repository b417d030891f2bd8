"""`make monitoring` writes infra/monitoring.yml and the tables of docs/monitoring.md, in English and in Chinese.

Their sources are infra/sls and, for the log lines, docs/log-lines.schema.json. infra/sls/chinese.yml translates the
sentences of the schema.
"""

# ruff: noqa: T201 - a command speaks to people

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from infra import monitoring
from infra.monitoring import Sources

ROOT = Path(__file__).parent.parent

CHINESE = "chinese.yml"  # beside the other sources
SEVERITIES = {2: "report", 4: "low", 6: "medium", 8: "high", 10: "critical"}  # SLS, "Data structure of an alert rule"


Say = Callable[[str], str]  # an English text in the language of the page


class Texts(dict[str, str]):
    """The Chinese texts by the English ones."""

    def __missing__(self, english: str) -> str:
        """A text that nobody has translated raises KeyError with the remedy."""
        raise KeyError(f"infra/{monitoring.SOURCES}/{CHINESE}: no Chinese text for {english!r}: add it there")


def chinese(folder: Path) -> Texts:
    """The Chinese texts in a folder such as infra/sls."""
    return Texts(yaml.safe_load((folder / CHINESE).read_text(encoding="utf-8")))


def written(page: str, schema: dict[str, Any], sources: Sources, texts: Mapping[str, str] | None = None) -> str:
    """The page with new tables; each stands between `<!-- name -->` and `<!-- end -->`. `texts` translates them."""
    say = _unchanged if texts is None else texts.__getitem__
    for name, lines in (("log lines", _events(schema, say)), ("alarms", _alarms(sources, say))):
        mark = f"<!-- {name} -->"
        table = "\n".join([mark, "", *lines, "", "<!-- end -->"])
        before, _, rest = page.partition(mark)
        page = before + table + rest.partition("<!-- end -->")[2]
    return page


def _unchanged(english: str) -> str:
    return english


def _events(schema: dict[str, Any], say: Say) -> Iterator[str]:
    events = [entry["$ref"].rpartition("/")[2] for entry in schema["oneOf"]]
    for number, event in enumerate(events):
        definition = schema["$defs"][event]
        level = definition["properties"]["level"]
        if number:
            yield ""
        yield f"### `{event}`"
        yield ""
        levels = say(" or ").join(level.get("enum", [level.get("const")]))
        yield f"{levels}{say('. ')}{say(definition['description'])}"
        yield ""
        yield from _head(say, "field", "type", "unit", "meaning")
        for name, field in definition["properties"].items():
            if name not in {"event", "level", "request_id", "shortened"}:
                yield from _rows(schema, say, name, field, required=name in definition["required"])


def _rows(schema: dict[str, Any], say: Say, name: str, field: dict[str, Any], *, required: bool) -> Iterator[str]:
    field = schema["$defs"].get(field.get("$ref", "").rpartition("/")[2], field)
    meaning = say(field["description"]) + ("" if required else say(" Not in every line."))
    yield f"| `{name}` | {_type(field, say)} | {say(field['unit'])} | {meaning} |"
    for inner, its in field.get("properties", {}).items():
        yield from _rows(schema, say, f"{name}.{inner}", its, required=inner in field.get("required", ()))


def _type(field: dict[str, Any], say: Say) -> str:
    if "enum" in field:
        return say(", ").join(f"`{value}`" for value in field["enum"])
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    return say(" or ").join(kinds)


def _alarms(sources: Sources, say: Say) -> Iterator[str]:
    yield from _head(say, "alarm", "query", "looks at the last", "every", "severity")
    for alarm in sources.alarms:
        link = f"[{alarm.query}.sql](../infra/sls/queries/{alarm.query}.sql)"
        severity = say(SEVERITIES[alarm.severity])
        yield f"| `{alarm.name}` | {link} | {alarm.window} | {alarm.every} | {severity} |"


def _head(say: Say, *columns: str) -> Iterator[str]:
    yield "| " + " | ".join(map(say, columns)) + " |"
    yield "|" + "---|" * len(columns)


def main() -> int:
    """Write the stack and both pages."""
    folder = ROOT / "infra" / monitoring.SOURCES
    sources = monitoring.read(folder)
    (ROOT / "infra" / monitoring.MADE).write_text(monitoring.template(sources), encoding="utf-8")
    schema = json.loads((ROOT / "docs" / "log-lines.schema.json").read_text(encoding="utf-8"))
    for name, texts in (("monitoring.md", None), ("monitoring.zh-CN.md", chinese(folder))):
        page = ROOT / "docs" / name
        page.write_text(written(page.read_text(encoding="utf-8"), schema, sources, texts), encoding="utf-8")
    print(f"infra/{monitoring.MADE}, docs/monitoring.md, docs/monitoring.zh-CN.md: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
