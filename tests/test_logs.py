"""Log lines that a query can find, also with untrusted input in them."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import World, event, record

from oss_cdn_refresh.logs import Log

LINE = 32 * 1_024


class Lines(logging.Handler):
    """The lines that the platform would write."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Store a record, and its message as printed."""
        self.records.append(record)
        self.texts.append(record.getMessage())

    @property
    def last(self) -> Any:
        """The fields of the last line."""
        return json.loads(self.texts[-1])


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, logger = Lines(), logging.getLogger("oss_cdn_refresh")
    level = logger.level
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_a_line_is_one_json_object_with_its_event_level_and_request_id(lines: Lines, level: str) -> None:
    getattr(Log("1-abc", "DEBUG"), level)("accepted", items=3)
    assert lines.last == {"event": "accepted", "level": level.upper(), "request_id": "1-abc", "items": 3}
    assert lines.records[0].levelname == level.upper()


def test_the_summary_is_a_line_at_info(lines: Lines) -> None:
    Log("1-abc", "INFO").summary(urls=0, lag_ms={"newest": None})
    assert lines.last == {
        "event": "summary",
        "level": "INFO",
        "request_id": "1-abc",
        "urls": 0,
        "lag_ms": {"newest": None},
    }
    assert lines.records[0].levelname == "INFO"


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        ("DEBUG", ["debug", "info", "warning", "error"]),
        ("INFO", ["info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("WARNING", ["warning", "error"]),
        ("WARN", ["info", "warning", "error"]),
        ("ERROR", ["error"]),
        ("CRITICAL", ["info", "warning", "error"]),
        ("LOUD", ["info", "warning", "error"]),
        ("", ["info", "warning", "error"]),
        ("20", ["info", "warning", "error"]),
    ],
)
def test_lines_below_the_level_are_left_out(lines: Lines, level: str, seen: list[str]) -> None:
    log = Log("1-abc", level)
    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)(name)
    assert [json.loads(text)["event"] for text in lines.texts] == seen


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "LOUD"])
def test_the_summary_is_written_at_every_level(lines: Lines, level: str) -> None:
    Log("1-abc", level).summary(urls=0)
    assert lines.last["event"] == "summary"


@pytest.mark.parametrize(
    ("level", "events"), [("INFO", ["accepted", "summary"]), ("ERROR", ["summary"]), ("", ["accepted", "summary"])]
)
def test_the_level_of_an_invocation_comes_from_the_environment(world: World, level: str, events: list[str]) -> None:
    world.environ["LOG_LEVEL"] = level
    world.invoke(event(record()))
    assert [line["event"] for line in world.lines] == events


ODD = ["a\nb", "a\r\nb", "\u2028\u2029\x85", "\x00\x1b[31m", "🙂", "\ud800", '"}', "%s %d %(x)s %", "{0} {x}"]


@pytest.mark.parametrize("text", ODD, ids=ascii)
@pytest.mark.parametrize("write", ["info", "error", "summary"])
def test_no_untrusted_text_breaks_a_line(lines: Lines, text: str, write: str) -> None:
    log = Log(text, "INFO")
    getattr(log, write)(*([] if write == "summary" else ["refused"]), first_url=text, domains=[text])
    (line,) = lines.texts
    assert line.isascii()
    assert line.isprintable()
    assert (lines.last["first_url"], lines.last["domains"], lines.last["request_id"]) == (text, [text], text)


LONG: dict[str, Any] = {
    "a text": "x" * 100_000,
    "a text of emoji": "🙂" * 100_000,
    "a list of texts": ["x" * 1_000] * 1_000,
    "a list of emoji": ["🙂" * 1_000] * 1_000,
    "a tuple of texts": ("x" * 1_000,) * 1_000,
}


@pytest.mark.parametrize("value", LONG.values(), ids=LONG)
@pytest.mark.parametrize("write", ["info", "summary"])
def test_every_line_fits_into_32_kilobytes(lines: Lines, value: Any, write: str) -> None:
    log = Log("1-abc", "INFO")
    getattr(log, write)(*([] if write == "summary" else ["refused"]), first=value, second=value, urls=7)
    (line,) = lines.texts
    assert len(line.encode()) <= LINE
    assert lines.last["request_id"] == "1-abc"
    assert lines.last["urls"] == 7
    assert lines.last["event"] == ("summary" if write == "summary" else "refused")


def test_a_shortened_line_has_a_field_that_says_so(lines: Lines) -> None:
    log = Log("1-abc", "INFO")
    log.info("unreadable", payload="x" * 100_000)
    log.info("unreadable", payload="x" * 100)
    assert [json.loads(text).get("shortened", False) for text in lines.texts] == [True, False]


def test_a_shortened_line_shows_the_beginning_of_long_values(lines: Lines) -> None:
    Log("1-abc", "INFO").info("refused", first_url="abc" * 50_000, domains=[f"d{number}" for number in range(100)])
    assert lines.last["first_url"].startswith("abcabc")
    assert lines.last["domains"][:2] == ["d0", "d1"]


@given(
    st.dictionaries(
        st.sampled_from(["message", "payload", "domains", "task_ids", "items"]),
        st.one_of(
            st.integers(),
            st.integers(0, 50_000).map("x".__mul__),
            st.tuples(st.integers(0, 400), st.text(max_size=30)).map(lambda pair: [pair[1] * 20] * pair[0]),
        ),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_fields_make_a_line_of_json_that_fits(lines: Lines, fields: dict[str, Any]) -> None:
    Log("1-abc", "INFO").info("refused", **fields)
    assert len(lines.texts[-1].encode()) <= LINE
    assert lines.last.keys() >= {"event", "level", "request_id", *fields}


def test_lines_near_the_limit_are_never_too_long(lines: Lines) -> None:
    """The platform adds its own prefix, and both together must fit."""
    log = Log("1-abc", "INFO")
    for length in range(29_000, 33_500, 50):
        log.info("refused", first_url="x" * length)
    assert max(map(len, lines.texts)) <= LINE - 1_024
    assert max(map(len, lines.texts)) > 29_000
