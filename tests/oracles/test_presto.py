"""Oracle: the Presto parser of `sqlglot`. It must accept the queries of the dashboard and of the alarms."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from presto import complaints

from oss_cdn_refresh_cli.deployment.reading import ros
from oss_cdn_refresh_cli.deployment.reading.template import load

ROOT = Path(__file__).parents[2]
QUERIES = ROOT / "infra" / "sls" / "queries"
ACCOUNT = "1234567890123456"
ALWAYS = {"__time__": "bigint", "__topic__": "varchar", "__source__": "varchar"}  # of each log of SLS, without an index
TYPES = {"text": "varchar", "long": "bigint", "double": "double"}


def made() -> list[tuple[str, Any]]:
    """The resources of the stack with log, dashboard and alarms."""
    return ros.resources(load(ROOT / "template.yml", environ={}, account=ACCOUNT).stack("monitoring"), ACCOUNT)


def deployed() -> Iterator[tuple[str, str]]:
    """The queries of the stack: the title of a chart or the name of an alarm, and the text."""
    for kind, properties in made():
        for chart in properties.get("Charts", []):
            yield chart["display"]["displayName"], chart["search"]["query"]
        if kind == "ALIYUN::SLS::Alert":
            for asked in properties["Detail"]["Configuration"]["QueryList"]:
                yield properties["Detail"]["Name"], asked["Query"]


def columns() -> Mapping[str, str]:
    """The columns that the log's index lets a query read."""
    (index,) = [properties for kind, properties in made() if kind == "ALIYUN::SLS::Index"]
    analysed = {key["Name"]: TYPES[key["Type"]] for key in index["KeyIndices"] if key["EnableAnalytics"]}
    return {**ALWAYS, **analysed}


COLUMNS = columns()
DEPLOYED = dict(deployed())
FILES = {file.name: file.read_text(encoding="utf-8") for file in sorted(QUERIES.iterdir())}


def test_the_stack_has_the_queries_of_the_files() -> None:
    assert {" ".join(text.split()) for text in DEPLOYED.values()} == {" ".join(text.split()) for text in FILES.values()}


@pytest.mark.parametrize("name", FILES)
def test_a_query_is_presto_and_names_columns_of_the_log(name: str) -> None:
    """SLS's own dialect needs no exception: no query uses it behind the `|`."""
    assert complaints(FILES[name], COLUMNS) == []


@pytest.mark.parametrize("name", DEPLOYED)
def test_a_query_of_the_stack_is_presto_and_names_columns_of_the_log(name: str) -> None:
    assert complaints(DEPLOYED[name], COLUMNS) == []


FAULTS = [  # the file, what is replaced, its replacement, what is reported
    ("refreshed.sql", "SELECT", "SELEKT", "does not parse"),
    ("refreshed.sql", "AS bigint)) AS urls", "AS bigint) AS urls", "does not parse"),
    ("refreshed.sql", "GROUP BY 1", "GRUP BY 1", "does not parse"),
    ("refreshed.sql", "%'", "%", "does not parse"),
    ("refreshed.sql", "AS requests\n", "AS requests,\n", "has a comma too many"),
    ("refreshed.sql", "regexp_extract", "regexp_extrakt", "REGEXP_EXTRAKT is no function of Presto"),
    ("refreshed.sql", "AS bigint", "AS bignt", "bignt is no type of Presto"),
    ("refreshed.sql", "regexp_extract(message", "regexp_extract(massage", "Column 'massage' could not be resolved"),
    ("refreshed.sql", "FROM log", "FROM logs", "Column '__time__' could not be resolved"),
    ("refreshed.sql", "summary |", "summary", "is not one SELECT"),
    ("refreshed.sql", "LIMIT 1000", "LIMIT 1000; SELECT 1", "is not one SELECT"),
    ("refreshed.sql", " SELECT from_unixtime", " DELETE FROM log; SELECT from_unixtime", "is not one SELECT"),
    ("attention.sql", "functionName AS", "function_name AS", "Column 'function_name' could not be resolved"),
    ("attention.sql", "coalesce(", "ifnull(", "IFNULL is a function of another dialect"),
    ("dead-letters.sql", "items + records", "items + rekords", "Column 'rekords' could not be resolved"),
    ("lag.sql", ", 0.95)", ")", "does not parse"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"), FAULTS, ids=[" ".join(fault[2].split()) for fault in FAULTS]
)
def test_a_fault_in_a_query_is_reported(name: str, old: str, new: str, complaint: str) -> None:
    assert old in FILES[name]
    said = complaints(FILES[name].replace(old, new, 1), COLUMNS)
    assert [each for each in said if each.startswith(complaint)]


@pytest.mark.parametrize("column", ["message", "functionName"])
def test_a_column_without_an_index_for_analyses_is_reported(column: str) -> None:
    without = {name: kind for name, kind in COLUMNS.items() if name != column}
    assert f"Column '{column.lower()}' could not be resolved" in complaints(FILES["attention.sql"], without)
