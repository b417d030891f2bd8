"""Checks a query of SLS, the part behind the `|`, with a parser of Presto's SQL, the dialect of SLS.

The parser knows many dialects, so it also reads text that Presto does not have. So the query is written again as
Presto, and both texts are compared: a function of another dialect changes its name, and a needless comma disappears.
"""

import re
from collections.abc import Iterator, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError, SqlglotError
from sqlglot.optimizer.qualify import qualify

DIALECT = "presto"
TEXT = re.compile(r"'(?:[^']|'')*'")
CALLED = re.compile(r"\b(\w+)\(")


def complaints(query: str, columns: Mapping[str, str]) -> list[str]:
    """The errors in a query, by Presto's grammar, for a logstore with these columns and their types."""
    _search, _, sql = query.partition("|")
    try:
        parsed = [each for each in sqlglot.parse(sql, dialect=DIALECT) if each is not None]
    except SqlglotError as error:
        return [f"does not parse: {str(error).splitlines()[0]}"]
    if len(parsed) != 1 or not isinstance(parsed[0], exp.Query):
        return ["is not one SELECT"]
    return [*_foreign(sql, parsed[0]), *_unresolved(parsed[0], columns)]


def _foreign(sql: str, parsed: exp.Expr) -> Iterator[str]:
    """The parts of a query that the parser reads and Presto does not."""
    again = parsed.sql(dialect=DIALECT)
    for name in sorted(_functions(sql) - _functions(again)):
        yield f"{name} is a function of another dialect"
    for name in sorted({each.name.upper() for each in parsed.find_all(exp.Anonymous)}):
        yield f"{name} is no function of Presto"
    for kind in parsed.find_all(exp.DataType):
        if kind.this == exp.DataType.Type.USERDEFINED:
            yield f"{kind.sql(dialect=DIALECT)} is no type of Presto"
    if TEXT.sub("", sql).count(",") != TEXT.sub("", again).count(","):
        yield "has a comma too many"


def _functions(sql: str) -> set[str]:
    return {name.upper() for name in CALLED.findall(TEXT.sub("", sql))}


def _unresolved(parsed: exp.Expr, columns: Mapping[str, str]) -> Iterator[str]:
    """A name that is neither a column of the log nor one of a subquery."""
    try:
        qualify(parsed.copy(), schema={"log": dict(columns)}, dialect=DIALECT)
    except OptimizeError as error:
        yield str(error).splitlines()[0].partition(" Line")[0].rstrip(".")
