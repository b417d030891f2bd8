"""docs/monitoring.md agrees with the schema, the queries, the dashboard and the alarms."""

import json
import re
from pathlib import Path

import pytest

from infra import monitoring, page

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
SCHEMA = json.loads((ROOT / "docs" / "log-lines.schema.json").read_text(encoding="utf-8"))
SOURCES = monitoring.read(ROOT / "infra" / monitoring.SOURCES)
BY_NAME = {alarm.name: alarm for alarm in SOURCES.alarms}


def section(alarm: str) -> str:
    (found,) = re.findall(rf"^### Alarm `{alarm}`\n(.*?)^##", TEXT, re.DOTALL | re.MULTILINE)
    return str(found)


def test_the_tables_of_the_page_are_up_to_date() -> None:
    """`make monitoring` writes the tables."""
    assert page.written(TEXT, SCHEMA, SOURCES) == TEXT


def test_the_stack_is_up_to_date_with_its_sources() -> None:
    """`make monitoring` writes the stack."""
    assert (ROOT / "infra" / monitoring.MADE).read_text(encoding="utf-8") == monitoring.template(SOURCES)


@pytest.mark.parametrize("event", [entry["$ref"].rpartition("/")[2] for entry in SCHEMA["oneOf"]])
def test_every_event_has_its_table(event: str) -> None:
    (table,) = re.findall(rf"^### `{event}`\n\n[^#]*?\n\| field \|.*?\n\n", TEXT, re.DOTALL | re.MULTILINE)
    fields = set(SCHEMA["$defs"][event]["properties"]) - {"event", "level", "request_id", "shortened"}
    assert [field for field in fields if f"\n| `{field}` | " not in table] == []


@pytest.mark.parametrize("name", SOURCES.queries)
def test_every_query_is_explained(name: str) -> None:
    assert f"[{name}.sql](../infra/sls/queries/{name}.sql)" in TEXT


@pytest.mark.parametrize("name", SOURCES.queries)
def test_every_query_is_used(name: str) -> None:
    assert name in {used.query for used in (*SOURCES.alarms, *SOURCES.charts)}


@pytest.mark.parametrize("chart", SOURCES.charts, ids=lambda chart: chart.title)
def test_every_chart_is_named_with_its_query(chart: monitoring.Chart) -> None:
    assert f"| {chart.title} | [{chart.query}.sql]" in TEXT


@pytest.mark.parametrize("chart", SOURCES.charts, ids=lambda chart: chart.title)
def test_a_chart_shows_columns_that_its_query_has(chart: monitoring.Chart) -> None:
    columns = re.findall(r" AS (\w+)(?:,\n|\nFROM|, )", SOURCES.queries[chart.query])
    assert [column for column in (*chart.x, *chart.y) if column not in columns] == []


@pytest.mark.parametrize("name", BY_NAME)
def test_every_alarm_says_its_threshold_and_what_to_do(name: str) -> None:
    thresholds = re.findall(r"(?:>=?) (\d+)", SOURCES.queries[BY_NAME[name].query].partition("|")[2]) or ["0"]
    said = section(name).replace("an hour", "60").replace("a tenth", "10").replace("below zero", "0")
    assert [value for value in thresholds if not re.search(rf"\b{value}\b", said)] == []


@pytest.mark.parametrize("alarm", SOURCES.alarms, ids=lambda alarm: alarm.name)
def test_the_titles_of_alarms_fit_into_what_sls_shows(alarm: monitoring.Alarm) -> None:
    assert 1 <= len(alarm.title) <= 64  # ROS, ALIYUN::SLS::Alert, DisplayName


def _exists(target: str) -> bool:
    return not target.startswith("#") and (ROOT / "docs" / target.partition("#")[0]).exists()


def test_every_link_has_a_target() -> None:
    headings = re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    anchors = {"#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", TEXT) if not target.startswith("https://")]
    assert [target for target in targets if target not in anchors and not _exists(target)] == []
