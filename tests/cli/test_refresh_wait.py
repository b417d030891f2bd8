"""`refresh --now --wait` waits until the edge serves what it has refreshed."""

from typing import Any

import pytest
from audited import DOMAIN, Audited, http
from waited import Pausing, Waited

from oss_cdn_refresh_cli.clients.listing import Lookup

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # oss2, on Python 3.12
NOW = ("--now", "--wait")


@pytest.fixture
def late(site: Audited) -> Waited:
    """Two stale objects, whose refreshes take effect after a while."""
    late = Waited(site)
    late.change({"a.jpg": b"old", "b.jpg": b"old"}, {"a.jpg": b"new", "b.jpg": b"new"})
    late.late({"a.jpg": 15, "b.jpg": 95})
    return late


def refresh(late: Waited, *words: str, **more: Any) -> dict[str, Any]:
    return late.wait(*words, command="refresh", **more)


def result(fresh: int = 0, stale: tuple[str, ...] = (), waited: int = 0) -> dict[str, Any]:
    return {"fresh": fresh, "stale": [http(path) for path in stale], "unreachable": [], "waited_s": waited}


@pytest.mark.parametrize(
    ("words", "keys"), [(("oss://my-site",), None), (("--keys", "-"), "my-site/a.jpg\nmy-site/b.jpg\n")]
)
def test_it_waits_for_the_objects_that_it_refreshed(late: Waited, words: tuple[str, ...], keys: str | None) -> None:
    document = refresh(late, *words, *NOW, stdin=keys)
    assert (document["refreshed"], document["wait"], document["exit"]) == (2, result(2, waited=100), 0)


def test_it_waits_for_no_other_objects(late: Waited) -> None:
    document = refresh(late, "oss://my-site/a", *NOW)
    assert (document["wait"], document["exit"]) == (result(1, waited=20), 0)


def test_the_exit_code_counts_what_is_stale_at_the_end(late: Waited) -> None:
    document = refresh(late, "oss://my-site", *NOW, "--within", "30", "--every", "5")
    assert (document["wait"], document["exit"]) == (result(1, ("b.jpg",), 30), 1)


def test_a_deferred_url_is_not_waited_for(late: Waited) -> None:
    site = {"bucket": "my-site", "domains": [DOMAIN], "scheme": "http"}
    late.world.configure(site, limits={"urls_per_minute_per_domain": 1})
    document = refresh(late, "oss://my-site", *NOW)
    assert (document["deferred"], document["wait"], document["exit"]) == (1, result(1, waited=20), 1)


def test_of_an_object_only_the_accepted_urls_are_waited_for(late: Waited) -> None:
    site = {"bucket": "my-site", "domains": [DOMAIN], "scheme": "http"}
    late.world.configure(site, limits={"urls_per_minute_per_domain": 1})
    late.change({"d/index.html": b"old"}, {"d/index.html": b"new"})
    document = refresh(late, "oss://my-site/d", *NOW)
    assert (document["refreshed"], document["deferred"], document["wait"]) == (1, 2, result(1))


def test_it_waits_for_a_named_url_with_a_query(late: Waited) -> None:
    """The edge caches it apart from the URL without a query."""
    late.site.visit("a.jpg?x=1")
    late.site.oss.stock("my-site", {"a.jpg": b"newer"})
    late.late({"a.jpg": 15, "a.jpg?x=1": 45})
    document = refresh(late, http("a.jpg?x=1"), *NOW)
    assert (document["refreshed"], document["wait"], document["exit"]) == (2, result(2, waited=50), 0)
    late.site.oss.stock("my-site", {"a.jpg": b"newest"})
    document = refresh(late, http("a.jpg?x=1"), *NOW, "--within", "20")
    assert (document["wait"], document["exit"]) == (result(1, ("a.jpg?x=1",), 20), 1)


def test_it_waits_for_a_named_url_of_an_excluded_object(late: Waited) -> None:
    site = {"bucket": "my-site", "domains": [DOMAIN], "scheme": "http", "exclude": ["a*"]}
    late.world.configure(site)
    document = refresh(late, http("a.jpg"), *NOW)
    assert (document["refreshed"], document["wait"], document["exit"]) == (1, result(1, waited=20), 0)


def test_a_named_url_without_an_object_is_not_compared(late: Waited) -> None:
    words = (http("none.jpg?x=1"), "oss://my-site/a", *NOW)
    document = refresh(late, *words)
    assert (document["wait"]["unreachable"], document["wait"]["stale"], document["exit"]) == (
        [http("none.jpg?x=1")],
        [],
        2,
    )
    shown = late.run(*words, command="refresh").stdout
    assert "no object that it can be compared with is behind it" in shown


def test_a_directory_beside_objects_is_left_out_with_a_note(late: Waited) -> None:
    words = ("oss://my-site/a", "--directory", http("img/"), *NOW)
    assert (
        "1 directory cannot be compared: a directory shows many objects" in late.run(*words, command="refresh").stderr
    )
    document = refresh(late, *words)
    assert (document["wait"]["fresh"], document["exit"]) == (1, 0)


def test_a_directory_alone_cannot_be_compared(late: Waited) -> None:
    words = ("--directory", http("img/"), *NOW)
    assert "nothing was compared: a directory shows many objects" in late.run(*words, command="refresh").stderr
    document = refresh(late, *words)
    assert (document["refreshed"], document["wait"], document["exit"]) == (1, result(), 2)


def test_wait_without_now_is_refused(late: Waited) -> None:
    found = late.run("oss://my-site", "--wait", command="refresh")
    assert (found.exit_code, late.world.backlog) == (2, [])
    assert "--wait needs --now: nobody knows when the function refreshes" in found.stderr


@pytest.mark.parametrize("option", ["--within", "--every"])
def test_a_time_of_a_wait_that_nobody_asked_for_is_refused(late: Waited, option: str) -> None:
    found = late.run("oss://my-site", "--now", option, "60", command="refresh")
    assert (found.exit_code, f"{option} needs --wait" in found.stderr, late.world.refreshes) == (2, True, [])


def test_a_dry_run_does_not_wait(late: Waited) -> None:
    document = refresh(late, "oss://my-site", *NOW, "--dry-run")
    assert ("wait" in document, document["exit"], late.world.refreshes) == (False, 0, [])


def test_a_refresh_without_wait_has_no_result_of_one(late: Waited) -> None:
    assert "wait" not in refresh(late, "oss://my-site", "--now")


def test_an_interruption_keeps_the_result_of_the_refresh(late: Waited) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    document = refresh(late, "oss://my-site", *NOW, clock=Pausing(late.world.clock, interrupt))
    assert (document["refreshed"], document["wait"]["stale"], document["exit"]) == (
        2,
        [http("a.jpg"), http("b.jpg")],
        2,
    )


def test_named_urls_that_an_interrupted_wait_did_not_look_up_are_not_compared(
    late: Waited, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    late.world.configure({"bucket": "my-site", "domains": [DOMAIN], "scheme": "http", "exclude": ["*"]})
    monkeypatch.setattr(Lookup, "__call__", interrupt)
    document = refresh(late, http("a.jpg"), http("b.jpg"), *NOW)
    assert (document["refreshed"], document["wait"]["unreachable"], document["exit"]) == (
        2,
        [http("a.jpg"), http("b.jpg")],
        2,
    )


def test_an_oss_that_refuses_keeps_the_result_of_the_refresh(late: Waited) -> None:
    late.site.oss.public_forbidden = True
    document = refresh(late, "--keys", "-", *NOW, stdin="my-site/a.jpg\n")
    assert (document["refreshed"], "PublicEndpointForbidden" in document["wait"]["error"], document["exit"]) == (
        1,
        True,
        2,
    )
