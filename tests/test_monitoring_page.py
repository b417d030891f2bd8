"""docs/monitoring.md and its translation agree with the schema, the queries, the dashboard and the alarms."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra import monitoring, page

ROOT = Path(__file__).parent.parent
PAGES = {
    language: (ROOT / "docs" / name).read_text(encoding="utf-8")
    for language, name in (("en", "monitoring.md"), ("zh", "monitoring.zh-CN.md"))
}
EACH = pytest.mark.parametrize("language", PAGES)
SCHEMA = json.loads((ROOT / "docs" / "log-lines.schema.json").read_text(encoding="utf-8"))
SOURCES = monitoring.read(ROOT / "infra" / monitoring.SOURCES)
TEXTS = page.chinese(ROOT / "infra" / monitoring.SOURCES)
BY_NAME = {alarm.name: alarm for alarm in SOURCES.alarms}


class Asked(dict[str, str]):
    """Remembers which texts were looked up."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__(texts)
        self.seen: set[str] = set()

    def __getitem__(self, english: str) -> str:
        self.seen.add(english)
        return super().__getitem__(english)


def section(text: str, alarm: str) -> str:
    (found,) = re.findall(rf"^### (?:Alarm|告警) `{alarm}`\n(.*?)^##", text, re.DOTALL | re.MULTILINE)
    return str(found)


@pytest.mark.parametrize(("language", "texts"), [("en", None), ("zh", TEXTS)], ids=["en", "zh"])
def test_the_tables_of_the_page_are_up_to_date(language: str, texts: Mapping[str, str] | None) -> None:
    """`make monitoring` writes the tables."""
    assert page.written(PAGES[language], SCHEMA, SOURCES, texts) == PAGES[language]


def test_every_chinese_text_is_used() -> None:
    """A text whose English sentence has changed must not stay behind."""
    asked = Asked(TEXTS)
    page.written(PAGES["zh"], SCHEMA, SOURCES, asked)
    assert set(TEXTS) - asked.seen - set(page.SEVERITIES.values()) == set()


def test_a_text_without_translation_stops_the_page_with_its_remedy() -> None:
    schema = json.loads(json.dumps(SCHEMA).replace("The item's URL.", "The URL of the item."))
    with pytest.raises(KeyError, match=r"chinese\.yml: no Chinese text for 'The URL of the item\.'"):
        page.written(PAGES["zh"], schema, SOURCES, TEXTS)


def test_the_stack_is_up_to_date_with_its_sources() -> None:
    """`make monitoring` writes the stack."""
    assert (ROOT / "infra" / monitoring.MADE).read_text(encoding="utf-8") == monitoring.template(SOURCES)


@EACH
@pytest.mark.parametrize("event", [entry["$ref"].rpartition("/")[2] for entry in SCHEMA["oneOf"]])
def test_every_event_has_its_table(language: str, event: str) -> None:
    (table,) = re.findall(
        rf"^### `{event}`\n\n[^#]*?\n\| (?:field|字段) \|.*?\n\n", PAGES[language], re.DOTALL | re.MULTILINE
    )
    fields = set(SCHEMA["$defs"][event]["properties"]) - {"event", "level", "request_id", "shortened"}
    assert [field for field in fields if f"\n| `{field}` | " not in table] == []


@EACH
@pytest.mark.parametrize("name", SOURCES.queries)
def test_every_query_is_explained(language: str, name: str) -> None:
    assert f"[{name}.sql](../infra/sls/queries/{name}.sql)" in PAGES[language]


@pytest.mark.parametrize("name", SOURCES.queries)
def test_every_query_is_used(name: str) -> None:
    assert name in {used.query for used in (*SOURCES.alarms, *SOURCES.charts)}


@EACH
@pytest.mark.parametrize("chart", SOURCES.charts, ids=lambda chart: chart.title)
def test_every_chart_is_named_with_its_query(language: str, chart: monitoring.Chart) -> None:
    """The dashboard is in English, so the Chinese page names both titles."""
    row = rf"^\| {re.escape(chart.title)}(?:（.*）)? \| \[{re.escape(chart.query)}\.sql\]"
    assert re.search(row, PAGES[language], re.MULTILINE)


@pytest.mark.parametrize("chart", SOURCES.charts, ids=lambda chart: chart.title)
def test_a_chart_shows_columns_that_its_query_has(chart: monitoring.Chart) -> None:
    columns = re.findall(r" AS (\w+)(?:,\n|\nFROM|, )", SOURCES.queries[chart.query])
    assert [column for column in (*chart.x, *chart.y) if column not in columns] == []


@EACH
@pytest.mark.parametrize("name", BY_NAME)
def test_every_alarm_says_its_threshold_and_what_to_do(language: str, name: str) -> None:
    thresholds = re.findall(r"(?:>=?) (\d+)", SOURCES.queries[BY_NAME[name].query].partition("|")[2]) or ["0"]
    said = section(PAGES[language], name)
    for words, figure in (("an hour", "60"), ("a tenth", "10"), ("一小时", "60"), ("十分之一", "10")):
        said = said.replace(words, figure)
    assert [value for value in thresholds if not re.search(rf"(?<!\d){value}(?!\d)", said)] == []


@pytest.mark.parametrize("alarm", SOURCES.alarms, ids=lambda alarm: alarm.name)
def test_the_titles_of_alarms_fit_into_what_sls_shows(alarm: monitoring.Alarm) -> None:
    assert 1 <= len(alarm.title) <= 64  # ROS, ALIYUN::SLS::Alert, DisplayName
