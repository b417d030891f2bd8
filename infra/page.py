"""`make monitoring` writes infra/monitoring.yml and the tables of docs/monitoring.md.

Their sources are infra/sls and, for the log lines, docs/log-lines.schema.json.
"""

# ruff: noqa: T201 - a command speaks to people

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra import monitoring
from infra.monitoring import Sources

ROOT = Path(__file__).parent.parent

SEVERITIES = {2: "report", 4: "low", 6: "medium", 8: "high", 10: "critical"}  # SLS, "Data structure of an alert rule"


def written(page: str, schema: dict[str, Any], sources: Sources) -> str:
    """The page with new tables; each stands between `<!-- name -->` and `<!-- end -->`."""
    for name, lines in (("log lines", _events(schema)), ("alarms", _alarms(sources))):
        mark = f"<!-- {name} -->"
        table = "\n".join([mark, "", *lines, "", "<!-- end -->"])
        before, _, rest = page.partition(mark)
        page = before + table + rest.partition("<!-- end -->")[2]
    return page


def _events(schema: dict[str, Any]) -> Iterator[str]:
    events = [entry["$ref"].rpartition("/")[2] for entry in schema["oneOf"]]
    for number, event in enumerate(events):
        definition = schema["$defs"][event]
        level = definition["properties"]["level"]
        if number:
            yield ""
        yield f"### `{event}`"
        yield ""
        yield f"{' or '.join(level.get('enum', [level.get('const')]))}. {definition['description']}"
        yield ""
        yield "| field | type | unit | meaning |"
        yield "|---|---|---|---|"
        for name, field in definition["properties"].items():
            if name not in {"event", "level", "request_id", "shortened"}:
                yield from _rows(schema, name, field, required=name in definition["required"])


def _rows(schema: dict[str, Any], name: str, field: dict[str, Any], *, required: bool) -> Iterator[str]:
    field = schema["$defs"].get(field.get("$ref", "").rpartition("/")[2], field)
    meaning = field["description"] + ("" if required else " Not in every line.")
    yield f"| `{name}` | {_type(field)} | {field['unit']} | {meaning} |"
    for inner, its in field.get("properties", {}).items():
        yield from _rows(schema, f"{name}.{inner}", its, required=inner in field.get("required", ()))


def _type(field: dict[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    return " or ".join(kinds)


def _alarms(sources: Sources) -> Iterator[str]:
    yield "| alarm | query | looks at the last | every | severity |"
    yield "|---|---|---|---|---|"
    for alarm in sources.alarms:
        link = f"[{alarm.query}.sql](../infra/sls/queries/{alarm.query}.sql)"
        yield f"| `{alarm.name}` | {link} | {alarm.window} | {alarm.every} | {SEVERITIES[alarm.severity]} |"


def main() -> int:
    """Write the stack and the page."""
    sources = monitoring.read(ROOT / "infra" / monitoring.SOURCES)
    (ROOT / "infra" / monitoring.MADE).write_text(monitoring.template(sources), encoding="utf-8")
    schema = json.loads((ROOT / "docs" / "log-lines.schema.json").read_text(encoding="utf-8"))
    page = ROOT / "docs" / "monitoring.md"
    page.write_text(written(page.read_text(encoding="utf-8"), schema, sources), encoding="utf-8")
    print(f"infra/{monitoring.MADE}, docs/{page.name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
