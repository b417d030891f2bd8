"""`wait` asks the edge until it serves what the bucket holds."""

import os
import pty
import re
import time
from collections import Counter

import pytest
from audited import DOMAIN, Audited, http
from command import start
from waited import Pausing, Waited

from oss_cdn_refresh_box.wire.serving import Reply, Request, Reset, Response
from oss_cdn_refresh_cli.edge.audit.answers import Seen
from oss_cdn_refresh_cli.edge.audit.edge import Edge, How, NotAsked

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # oss2, on Python 3.12
POLL = 10  # seconds, by default


@pytest.fixture
def late(site: Audited) -> Waited:
    """A site whose refreshes take effect late."""
    return Waited(site)


@pytest.fixture
def stale(late: Waited) -> Waited:
    """Two objects, of which `a.jpg` stays stale."""
    late.change({"a.jpg": b"old", "b.jpg": b"x"}, {"a.jpg": b"new"})
    return late


def test_fresh_objects_are_asked_for_once(late: Waited) -> None:
    late.site.hold({"a.jpg": b"x", "b.jpg": b"x"})
    with late.site.behind() as front:
        document = late.wait("oss://my-site", to=front)
    assert document == {"fresh": 2, "stale": [], "unreachable": [], "waited_s": 0, "exit": 0}
    assert [request.path for request in late.site.asked] == ["/a.jpg", "/b.jpg"]


@pytest.mark.parametrize("seconds", [3, 47, 200, 891])
def test_it_returns_within_one_poll_of_the_moment_when_the_last_object_is_fresh(late: Waited, seconds: float) -> None:
    late.change({"a.jpg": b"old", "b.jpg": b"old"}, {"a.jpg": b"new", "b.jpg": b"new"})
    late.refresh({"a.jpg": 1, "b.jpg": seconds})
    document = late.wait("oss://my-site")
    assert (document["fresh"], document["stale"], document["exit"]) == (2, [], 0)
    assert seconds <= document["waited_s"] <= seconds + POLL


def test_it_polls_as_often_as_asked(late: Waited) -> None:
    late.change({"a.jpg": b"old"}, {"a.jpg": b"new"})
    late.refresh({"a.jpg": 47})
    assert 47 <= late.wait("oss://my-site", "--every", "2")["waited_s"] <= 49


def test_an_object_that_stays_stale_is_named(stale: Waited) -> None:
    document = stale.wait("oss://my-site", "--within", "60")
    assert document == {"fresh": 1, "stale": [http("a.jpg")], "unreachable": [], "waited_s": 60, "exit": 1}


@pytest.mark.parametrize(("within", "polls"), [("0", [0]), ("25", [0, 10, 20, 25]), ("30", [0, 10, 20, 30])])
def test_the_last_poll_begins_when_the_time_is_over(stale: Waited, within: str, polls: list[int]) -> None:
    times: list[float] = []
    began = stale.world.clock.now()

    def note(request: Request) -> None:
        if (request.path, request.method) == ("/a.jpg", "HEAD"):
            times.append(stale.world.clock.now() - began)

    with stale.site.behind(note) as front:
        stale.run("oss://my-site", "--within", within, to=front)
    assert times == pytest.approx(polls, abs=0.1)


def test_an_edge_that_cannot_be_reached_exits_with_2(late: Waited) -> None:
    late.site.hold({"a.jpg": b"x"})
    document = late.wait("oss://my-site", "--within", "60", to="127.0.0.1:1")
    assert document == {"fresh": 0, "stale": [], "unreachable": [http("a.jpg")], "waited_s": 60, "exit": 2}


def test_an_edge_that_can_be_reached_again_is_asked_again(late: Waited) -> None:
    """An audit gives a domain up after three requests without an answer."""
    late.site.hold(dict.fromkeys(("a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"), b"x"))
    began = late.world.clock.now()

    def down(_request: Request) -> Reply | None:
        return Reset() if late.world.clock.now() - began < 25 else None

    with late.site.behind(down) as front:
        document = late.wait("oss://my-site", to=front)
    assert (document["fresh"], document["exit"], document["waited_s"]) == (5, 0, 30)


def test_a_busy_edge_does_not_make_the_wait_longer(late: Waited) -> None:
    """A busy edge is asked again after a pause; of 30 URLs these pauses would take half an hour."""
    late.site.hold({f"{number}.jpg": b"x" for number in range(30)})
    with late.site.behind(lambda _request: Response(503, headers={"Retry-After": "30"})) as front:
        document = late.wait("oss://my-site", "--within", "100", to=front)
    assert (len(document["unreachable"]), document["exit"]) == (30, 2)
    assert document["waited_s"] <= 101


def test_a_stale_url_decides_the_exit_code_before_an_unreachable_one(stale: Waited) -> None:
    with stale.site.behind(lambda request: Response(403) if request.path == "/b.jpg" else None) as front:
        document = stale.wait("oss://my-site", "--within", "0", to=front)
    assert (document["stale"], document["unreachable"], document["exit"]) == ([http("a.jpg")], [http("b.jpg")], 1)


def test_a_deleted_object_is_fresh_when_the_edge_has_dropped_it(late: Waited) -> None:
    late.site.hold({"a.jpg": b"x", "b.jpg": b"x"})
    late.site.visit("a.jpg")
    for key in ("a.jpg", "b.jpg"):
        late.site.delete(key)
    keys = "my-site/a.jpg\nmy-site/b.jpg\n"
    document = late.wait("--keys", "-", "--within", "30", stdin=keys)
    assert (document["fresh"], document["stale"], document["exit"]) == (1, [http("a.jpg")], 1)
    late.refresh({"a.jpg": 12})
    assert late.wait("--keys", "-", stdin=keys) == {
        "fresh": 2,
        "stale": [],
        "unreachable": [],
        "waited_s": 20,
        "exit": 0,
    }


def test_only_the_late_one_of_a_thousand_objects_is_asked_for_again(late: Waited) -> None:
    keys = [f"{number:03}.jpg" for number in range(1_000)]
    late.change({keys[500]: b"old"}, dict.fromkeys(keys, b"new"))
    late.refresh({keys[500]: 25})
    with late.site.behind() as front:
        document = late.wait("oss://my-site", to=front)
    asked = Counter(request.path for request in late.site.asked)
    assert (document["fresh"], document["exit"]) == (1_000, 0)
    assert {path for path, times in asked.items() if times > 1} == {f"/{keys[500]}"}


def test_only_the_stale_url_of_an_object_is_asked_for_again(late: Waited) -> None:
    late.site.hold({"d/index.html": b"old"})
    late.site.visit("d/")
    late.site.oss.stock("my-site", {"d/index.html": b"new"})
    with late.site.behind() as front:
        document = late.wait("oss://my-site", "--within", "30", to=front)
    asked = Counter(request.path for request in late.site.asked)
    assert (document["fresh"], document["stale"]) == (2, [http("d/")])
    assert (asked["/d/index.html"], asked["/d"], asked["/d/"]) == (1, 1, 8)


def test_a_url_that_was_fresh_stays_in_the_count(stale: Waited) -> None:
    """Another object changes during the wait: that is another change, and another wait."""
    clock = Pausing(stale.world.clock, lambda: stale.site.oss.stock("my-site", {"b.jpg": b"new"}))
    document = stale.wait("oss://my-site", "--within", "30", clock=clock)
    assert (document["fresh"], document["stale"]) == (1, [http("a.jpg")])


def test_an_object_that_changes_during_the_wait_is_compared_with_its_new_content(late: Waited) -> None:
    """The edge drops the first copy, a visitor lets it cache the second one, and then there is a third one."""
    late.change({"a.jpg": b"first"}, {"a.jpg": b"second"})
    late.refresh({"a.jpg": 5})

    def act() -> None:
        late.site.visit("a.jpg")
        late.site.oss.stock("my-site", {"a.jpg": b"third"})

    document = late.wait("oss://my-site", "--within", "20", clock=Pausing(late.world.clock, act))
    assert document["stale"] == [http("a.jpg")]


def test_an_object_that_is_deleted_during_the_wait_is_waited_for(stale: Waited) -> None:
    clock = Pausing(stale.world.clock, lambda: stale.site.delete("a.jpg"))
    assert stale.wait("oss://my-site", "--within", "30", clock=clock)["stale"] == [http("a.jpg")]


def test_an_object_that_is_deleted_during_a_poll_is_not_compared_by_it(stale: Waited) -> None:
    def delete(request: Request) -> None:
        if request.path == "/a.jpg":
            stale.site.delete("a.jpg")

    with stale.site.behind(delete) as front:
        document = stale.wait("oss://my-site", "--within", "0", to=front)
    assert (document["fresh"], document["unreachable"], document["exit"]) == (1, [http("a.jpg")], 2)


def test_an_object_of_the_future_is_compared(late: Waited) -> None:
    """The clock of this machine may be slower than OSS's."""
    late.world.clock.advance(30)
    late.site.oss.stock("my-site", {"a.jpg": b"x"})
    late.world.clock.advance(-30)
    assert late.wait("oss://my-site", "--within", "0")["fresh"] == 1


@pytest.mark.parametrize("product", [{"product": "dcdn"}, {"product": "esa", "esa_site_id": 123_456}])
def test_a_site_of_each_product_is_waited_for(stale: Waited, product: dict[str, object]) -> None:
    stale.world.configure({"bucket": "my-site", "domains": [DOMAIN], "scheme": "http", **product})
    assert stale.wait("oss://my-site", "--within", "0")["stale"] == [http("a.jpg")]


def test_keys_come_from_stdin_and_count_once(stale: Waited) -> None:
    keys = "my-site/a.jpg\noss://my-site/b.jpg\nmy-site/b.jpg\n"
    document = stale.wait("oss://my-site/b", "--keys", "-", "--within", "0", stdin=keys)
    assert (document["fresh"], document["stale"]) == (1, [http("a.jpg")])


def test_a_header_is_sent_to_a_protected_domain(late: Waited) -> None:
    late.site.hold({"a.jpg": b"x"})

    def protected(request: Request) -> Reply | None:
        return None if request.headers.get("Referer") else Response(403)

    with late.site.behind(protected) as front:
        assert late.wait("oss://my-site", "--within", "0", to=front)["exit"] == 2
        assert late.wait("oss://my-site", "--header", "Referer: https://x/", to=front)["exit"] == 0


# Nothing to compare


def test_a_prefix_without_objects_exits_with_2(late: Waited) -> None:
    late.site.hold({"a.jpg": b"x"})
    result = late.run("oss://my-site/img/")
    assert (result.exit_code, "no key begins with that prefix" in result.stderr) == (2, True)


def test_an_empty_list_of_keys_exits_with_2(late: Waited) -> None:
    result = late.run("--keys", "-", stdin="\n")
    assert (result.exit_code, "nothing was compared: no object was found" in result.stderr) == (2, True)


def test_ignored_objects_exit_with_2(stale: Waited) -> None:
    stale.world.configure({"bucket": "my-site", "domains": [DOMAIN], "scheme": "http", "exclude": ["*"]})
    result = stale.run("oss://my-site")
    assert (result.exit_code, "nothing was compared: 2 objects ignored" in result.stderr) == (2, True)


def test_a_url_that_the_cdn_refuses_is_not_waited_for(late: Waited) -> None:
    late.site.hold({"\u4f60" * 300: b"x"})
    document = late.wait("oss://my-site")
    assert (len(document["unreachable"]), document["waited_s"], document["exit"]) == (1, 0, 2)


@pytest.mark.parametrize("every", ["0.5", "0", "-1", "nan", "inf", "x"])
def test_a_wrong_time_between_polls_is_refused(stale: Waited, every: str) -> None:
    result = stale.run("oss://my-site", "--every", every)
    assert (result.exit_code, "--every" in result.stderr, result.stderr.count("\n")) == (2, True, 1)


@pytest.mark.parametrize("within", ["-1", "nan", "inf"])
def test_a_wrong_limit_is_refused(stale: Waited, within: str) -> None:
    result = stale.run("oss://my-site", "--within", within)
    assert (result.exit_code, "--within" in result.stderr, result.stderr.count("\n")) == (2, True, 1)


# OSS fails


def test_oss_may_fail_for_a_while(late: Waited) -> None:
    late.change({"a.jpg": b"old"}, {"a.jpg": b"new"})
    late.refresh({"a.jpg": 15})
    right, pauses = late.world.environ["OSS_ENDPOINT"], iter(range(99))

    def act() -> None:
        late.site.oss.public_forbidden = next(pauses) < 3

    document = late.wait("oss://my-site", clock=Pausing(late.world.clock, act))
    assert (document["fresh"], document["waited_s"], document["exit"], right) == (1, 40, 0, late.site.oss.url)


# What is said


def test_a_line_is_written_only_when_the_number_changes(late: Waited) -> None:
    late.change(dict.fromkeys(("a.jpg", "b.jpg", "c.jpg"), b"old"), dict.fromkeys(("a.jpg", "b.jpg", "c.jpg"), b"new"))
    late.refresh({"a.jpg": 1, "b.jpg": 55, "c.jpg": 95})
    assert late.run("oss://my-site").stderr.splitlines() == [
        f"Waiting for 3 of 3 URLs, 15 min 0 s left: {http('a.jpg')}, {http('b.jpg')}, {http('c.jpg')}",
        f"Waiting for 2 of 3 URLs, 14 min 50 s left: {http('b.jpg')}, {http('c.jpg')}",
        f"Waiting for 1 of 3 URLs, 14 min 0 s left: {http('c.jpg')}",
    ]


def test_people_see_the_reason_and_the_numbers(stale: Waited) -> None:
    shown = stale.run("oss://my-site", "--within", "60").stdout
    assert f"{http('a.jpg')}  other bytes than the bucket's: the ETag differs" in shown
    assert "After 1 min 0 s: 1 URL fresh, 1 stale, 0 could not be compared." in shown


def test_an_interruption_shows_what_is_still_stale(stale: Waited) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    document = stale.wait("oss://my-site", clock=Pausing(stale.world.clock, interrupt))
    assert (document["stale"], document["fresh"], document["exit"]) == ([http("a.jpg")], 1, 2)
    assert document["error"].startswith("interrupted")


@pytest.mark.parametrize(
    ("words", "keys"),
    [(("oss://my-site",), None), (("--keys", "-"), "my-site/a.jpg\nmy-site/b.jpg\nmy-site/c.jpg\n")],
)
def test_urls_that_an_interrupted_first_poll_did_not_ask_for_are_not_compared(
    late: Waited, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], keys: str | None
) -> None:
    late.site.hold({"a.jpg": b"x", "b.jpg": b"x", "c.jpg": b"x"})
    ask = Edge.ask

    def interrupted(edge: Edge, url: str, how: How) -> Seen | NotAsked:
        if "b.jpg" in url:
            raise KeyboardInterrupt
        return ask(edge, url, how)

    monkeypatch.setattr(Edge, "ask", interrupted)
    document = late.wait(*words, stdin=keys)
    assert (document["fresh"], document["unreachable"], document["exit"]) == (1, [http("b.jpg"), http("c.jpg")], 2)
    assert document["error"].startswith("interrupted")


def test_a_terminal_shows_what_it_waits_for(stale: Waited) -> None:
    stale.world.clock.advance(time.time() - stale.world.clock.now())
    stale.site.hold({"a-key/that/is/longer/than/the/line/of/any/terminal/that/has/80/columns.jpg": b"x"})
    reader, writer = pty.openpty()
    words = ("wait", "oss://my-site", "--within", "3", "--every", "1", "--connect-to", stale.site.address)
    with start(*words, environ=stale.world.environ, stderr=writer) as process:
        output, _ = process.communicate()
    os.close(writer)
    shown = os.read(reader, 65_536).decode()
    os.close(reader)
    assert (process.returncode, "1 stale" in output) == (1, True)
    assert re.search(f"Waiting for 1 of 3 URLs, [0-3] s left:\r\n  {http('a.jpg')}", shown)
