"""Items, their histories, and which of them must never be submitted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import an_item

from oss_cdn_refresh.mapping.from_url import domain_of, fault
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS

DOMAINS = {"www.example.com"}
WWW = "https://www.example.com"


@pytest.mark.parametrize(
    "url",
    [
        f"{WWW}/a",
        WWW,
        f"{WWW}?a=/",
        f"{WWW}#x",
        "HTTP://WWW.Example.com/a",
        "http://www.example.com/a://b",
        f"{WWW}/?u=https://b.com/",
    ],
)
def test_the_domain_of_an_item_is_its_host_in_lower_case(url: str) -> None:
    assert domain_of(url) == "www.example.com"


@pytest.mark.parametrize(
    "url",
    [f"{WWW}/", f"{WWW}/a%20b", "http://www.example.com/a", f"{WWW}/a?b=c", f"{WWW}/中文", f"{WWW}/" + "x" * 2_024],
)
def test_a_url_of_a_configured_domain_may_be_submitted(url: str) -> None:
    assert fault(an_item(FILE, url), DOMAINS) is None


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "the URL does not begin with http:// or https://"),
        ("/a", "the URL does not begin with http:// or https://"),
        ("www.example.com/a", "the URL does not begin with http:// or https://"),
        ("ftp://www.example.com/a", "the URL does not begin with http:// or https://"),
        (f" {WWW}/a", "the URL does not begin with http:// or https://"),
        ("https:/www.example.com/a", "the URL does not begin with http:// or https://"),
        (f"{WWW}/a\n{WWW}/b", "the URL has control characters or is more than one line"),
        (f"{WWW}/a\r", "the URL has control characters or is more than one line"),
        (f"{WWW}/a\x00", "the URL has control characters or is more than one line"),
        (f"{WWW}/a\x7f", "the URL has control characters or is more than one line"),
        (f"{WWW}/a\x85b", "the URL has control characters or is more than one line"),
        (f"{WWW}/a\u2028b", "the URL has control characters or is more than one line"),
        (f"{WWW}/a\ud800", "the URL has control characters or is more than one line"),
        ("https://other.example.com/a", "other.example.com is no domain of the configuration"),
        ("https://www.example.com.evil.org/a", "www.example.com.evil.org is no domain of the configuration"),
        ("https://www.example.com:443/a", "www.example.com:443 is no domain of the configuration"),
        ("https://u@www.example.com/a", "u@www.example.com is no domain of the configuration"),
        ("https://evil.org\\www.example.com/a", "evil.org\\www.example.com is no domain of the configuration"),
        ("https://evil.org/www.example.com", "evil.org is no domain of the configuration"),
        ("https:///a", "its host is no domain of the configuration"),
        ("https://", "its host is no domain of the configuration"),
        (f"{WWW}/" + "x" * 2_025, "the URL has 2049 characters, more than 2048"),
    ],
    ids=lambda value: ascii(value)[:50],
)
def test_a_url_that_must_not_be_submitted_has_a_reason(url: str, complaint: str) -> None:
    assert fault(an_item(FILE, url), DOMAINS) == complaint


@pytest.mark.parametrize("object_type", [FILE, IGNORE_PARAMS])
def test_only_a_directory_must_end_with_a_slash(object_type: Any) -> None:
    assert fault(an_item(object_type, f"{WWW}/a"), DOMAINS) is None
    assert fault(an_item(DIRECTORY, f"{WWW}/a"), DOMAINS) == "a Directory must end with / and has no query"
    assert fault(an_item(DIRECTORY, f"{WWW}/a/"), DOMAINS) is None


def test_merged_histories_keep_the_highest_attempts_and_the_earliest_first_seen() -> None:
    assert History(100.0, attempts=7).merged(History(50.0, attempts=2)) == History(50.0, attempts=7)


def test_merged_histories_span_all_their_changes() -> None:
    merged = History(0.0, 5.0, 6.0).merged(History(0.0, 3.0, 4.0)).merged(History(0.0))
    assert (merged.changed_at, merged.changed_last) == (3.0, 6.0)


def test_merged_histories_have_force_if_one_of_them_has() -> None:
    assert History(0.0, force=True).merged(History(0.0)).force
    assert History(0.0).merged(History(0.0, force=True)).force
    assert not History(0.0).merged(History(1.0)).force


def test_merged_histories_keep_the_last_ten_refusals_in_the_order_of_time_each_once() -> None:
    refusals = [{"at": f"2026-11-22T03:{minute:02}:00Z", "reason": "Throttling"} for minute in range(14)]
    one, other = History(0.0, refusals=tuple(refusals[0:9])), History(0.0, refusals=tuple(refusals[5:14]))
    assert one.merged(other).refusals == tuple(refusals[4:])
    assert other.merged(one).refusals == tuple(refusals[4:])


def test_merged_histories_keep_the_unknown_fields_of_both() -> None:
    assert History(0.0, kept={"a": 1}).merged(History(1.0, kept={"b": 2})).kept == {"a": 1, "b": 2}


def test_histories_with_an_entry_without_a_time_can_be_merged() -> None:
    assert (
        len(History(0.0, refusals=({"x": 1},)).merged(History(1.0, refusals=({"at": 7}, {"at": None}))).refusals) == 3
    )


times = st.one_of(st.none(), st.floats(0, 1e9))
histories = st.builds(
    History,
    st.floats(0, 1e9),
    times,
    times,
    st.integers(0, 20),
    st.booleans(),
    refusals=st.just(()),
    kept=st.just({}),
    resubmissions=st.integers(0, 3),
    preload=st.just(value=False),  # the last change decides, and of changes at one time the one that is read last
)


@given(histories, histories)
def test_the_order_of_merging_histories_does_not_matter(one: History, other: History) -> None:
    assert one.merged(other) == other.merged(one)


@pytest.mark.parametrize("written_last", [True, False])
def test_the_last_change_decides_whether_an_object_is_preloaded(*, written_last: bool) -> None:
    earlier, later = History(0.0, 5.0, 5.0, preload=not written_last), History(0.0, 6.0, 6.0, preload=written_last)
    assert (earlier.merged(later).preload, later.merged(earlier).preload) == (written_last, written_last)


@pytest.mark.parametrize("at", [None, 5.0])
@pytest.mark.parametrize("written_last", [True, False])
def test_of_changes_at_one_time_the_one_read_last_decides(at: float | None, *, written_last: bool) -> None:
    one, other = History(0.0, at, at, preload=not written_last), History(0.0, at, at, preload=written_last)
    assert one.merged(other).preload is written_last


@given(histories)
def test_a_history_merged_with_itself_is_unchanged(history: History) -> None:
    assert history.merged(history) == history


@pytest.mark.parametrize("path", ["x?y/", "x#y/"])
def test_a_directory_has_no_query(path: str) -> None:
    """Without its query, it would be another directory, in the worst case the whole domain."""
    assert fault(an_item(DIRECTORY, f"{WWW}/{path}"), DOMAINS) == "a Directory must end with / and has no query"
