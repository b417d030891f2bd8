"""A logstore that answers the queries of infra/sls with DuckDB instead of SLS.

Records have the format that Function Compute writes; the bootstrap of the stand-in makes them. Facts of SLS: a search
splits texts at delimiters and ignores case ("Query syntax"); an analysis reads the first 2,048 bytes of a field ("Why
are field values truncated") and returns 100 rows without a LIMIT ("LIMIT clause").
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from oss_cdn_refresh.logs import logger
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.fc.bootstrap import Prefix

QUERIES = Path(__file__).parent.parent / "infra" / "sls" / "queries"
ANALYSED = 2_048  # bytes of a field
ROWS = 100  # of an answer, without a LIMIT
DELIMITERS = re.compile(r"""[ ,'";=()\[\]{}?@&<>/:\n\t\r]+""")
DIALECT = (  # functions with another name in Presto, and so in SLS
    "SET integer_division = true",
    "CREATE MACRO from_unixtime(seconds) AS make_timestamp(seconds::bigint * 1000000)",
    "CREATE MACRO approx_percentile(x, p) AS approx_quantile(x, p)",
    "CREATE MACRO regexp_extract(s, p, g) AS nullif(system.main.regexp_extract(s, p, g), '')",
)
COLUMNS = {"__time__": "BIGINT", "message": "VARCHAR", "__topic__": "VARCHAR", "functionName": "VARCHAR"}
METRICS = {"hasFunctionError": ""}  # for a line that is not a record of the platform

Record = Mapping[str, Any]
Row = dict[str, Any]


def query(name: str) -> str:
    """The text of a query in infra/sls/queries."""
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


class Logstore(logging.Handler):
    """The log of both functions, with the times of a clock; `function` is the one that writes the next records."""

    def __init__(self, clock: Clock, request_id: str = "1-abc") -> None:
        super().__init__()
        self._clock = clock
        self._prefix = Prefix()
        self._prefix.request_id = request_id
        self.function = "oss-cdn-refresh"
        self.records: list[Record] = []
        self._engine = duckdb.connect()
        for statement in DIALECT:
            self._engine.execute(statement)

    def close(self) -> None:
        """Close the database."""
        self._engine.close()
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        """Store a line of the library, with the platform's prefix."""
        record.created, record.msecs = self._clock.now(), 0.0
        written = {"__time__": int(record.created), "message": self._prefix.format(record)}
        self.records.append({**self._fields(), **written})

    def metrics(self, record: Record) -> None:
        """Store a record of the platform with the current time."""
        self.records.append({**self._fields(), "message": "", **record, "__time__": int(self._clock.now())})

    def _fields(self) -> Record:
        return {**METRICS, "functionName": self.function, "__topic__": f"FCLogs:{self.function}"}

    def ask(self, text: str, seconds: float = 86_400.0 * 30) -> list[Row]:
        """The answer to a query over the records of the last seconds."""
        search, _, sql = text.partition("|")
        since = self._clock.now() - seconds
        found = [record for record in self.records if record["__time__"] >= since and _matches(record, search)]
        rows = [{**record, "message": _cut(record["message"])} for record in found]
        # As JSON: DuckDB looks for pandas anew at each value that Python gives it.
        self._engine.execute(
            "CREATE OR REPLACE TABLE log AS SELECT unnest(from_json(?, ?), recursive := true)",
            [json.dumps(rows), json.dumps([COLUMNS])],
        )
        answer = self._engine.execute(sql)
        names = [column[0] for column in answer.description or ()]
        limit = None if " LIMIT " in sql else ROWS
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()[:limit]]


@contextmanager
def a_logstore(clock: Clock) -> Iterator[Logstore]:
    """A logstore with everything that is logged from now on."""
    logstore = Logstore(clock)
    logger.addHandler(logstore)
    try:
        yield logstore
    finally:
        logger.removeHandler(logstore)
        logstore.close()


def _cut(message: str) -> str:
    return message.encode()[:ANALYSED].decode(errors="ignore")


def _matches(record: Record, search: str) -> bool:
    """Whether a record contains any of the words before the `|`; `field: value` searches only in one field."""
    return any(_holds(record, term.strip()) for term in search.split(" or "))


def _holds(record: Record, term: str) -> bool:
    field, colon, value = term.partition(": ")
    texts = [record[field]] if colon else record.values()
    wanted = (value if colon else field).lower()
    return any(wanted in _words(str(text)) for text in texts)


@lru_cache(maxsize=4_096)
def _words(text: str) -> frozenset[str]:
    return frozenset(DELIMITERS.split(text.lower()))
