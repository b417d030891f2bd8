"""`explain` names the right cause first, for the sites of each product."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from explained import Explained, a_world_to_explain, url
from given_up import dead_letter, give_up
from three import NAMES
from world import backlog_record, record

from oss_cdn_refresh_box.cdn import visit
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Request, Reset, Response

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
each_product = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Explained]:
    with a_world_to_explain(tmp_path) as found:
        yield found


@each_product
def test_a_fresh_url_is_fresh(world: Explained, name: str) -> None:
    world.hold("a.jpg", b"x")
    assert world.cause(url(name, "a.jpg")) == ("fresh", 0)


@each_product
def test_an_object_that_changed_without_an_event_is_stale(world: Explained, name: str) -> None:
    assert world.cause(world.stale(name, "a.jpg")) == ("no_event", 1)


@each_product
def test_a_deleted_object_without_an_event_is_stale(world: Explained, name: str) -> None:
    world.hold("a.jpg", b"x")
    visit(world.edge.url, url(name, "a.jpg"))
    world.delete("a.jpg")
    assert world.cause(url(name, "a.jpg")) == ("no_event", 1)


@each_product
def test_a_failed_refresh_is_the_cause(world: Explained, name: str) -> None:
    world.script(name, "Failed", description="Origin Timeout")
    stale = world.stale(name, "a.jpg")
    world.event("a.jpg")
    world.world.clock.advance(600)
    document = world.explain(stale)
    assert (document["cause"], document["exit"]) == ("failed", 1)
    assert "Origin Timeout" in document["says"]


@each_product
def test_a_failed_task_before_a_newer_one_is_not_the_cause(world: Explained, name: str) -> None:
    stale = world.stale(name, "a.jpg")
    world.script(name, "Failed")
    world.event("a.jpg")
    world.world.clock.advance(60)
    world.script(name, "Complete", seconds=300)
    world.event("a.jpg")
    assert world.cause(stale) == ("under_way", 1)


@each_product
def test_a_refresh_that_is_not_complete_is_the_cause(world: Explained, name: str) -> None:
    world.script(name, "Complete", seconds=300)
    stale = world.stale(name, "a.jpg")
    world.event("a.jpg")
    document = world.explain(stale)
    assert (document["cause"], document["exit"]) == ("under_way", 1)
    assert [task["status"] for task in document["tasks"]] == ["Refreshing"]


@each_product
def test_a_complete_task_of_a_stale_url_hints_at_a_cache_key(world: Explained, name: str) -> None:
    stale = world.stale(name, "a.jpg")
    world.event("a.jpg")
    world.world.clock.advance(600)
    answer = Response(200, b"old", {"ETag": '"0CC175B9C0F1B6A831C399E269772661"'})
    with world.behind(lambda _request: answer) as front:
        assert world.cause(stale, to=front) == ("cache_key", 1)


@each_product
def test_a_deferred_refresh_is_the_cause(world: Explained, name: str) -> None:
    stale = world.stale(name, "a.jpg")
    world.world.smq.queue("backlog").send(json.dumps(backlog_record(stale, reason="QuotaExceeded.Refresh")))
    document = world.explain(stale)
    assert (document["cause"], document["waiting"]) == ("waiting", ["QuotaExceeded.Refresh"])


@each_product
def test_a_notification_in_the_backlog_waits(world: Explained, name: str) -> None:
    stale = world.stale(name, "a.jpg")
    world.world.smq.queue("backlog").send(json.dumps({"events": [record("b.jpg")]}))
    world.world.smq.queue("backlog").send(json.dumps({"events": [record("a.jpg")]}))
    document = world.explain(stale)
    assert (document["cause"], document["waiting"]) == ("waiting", ["Batched"])


@each_product
def test_a_dead_letter_is_the_cause(world: Explained, name: str) -> None:
    stale = world.stale(name, "a.jpg")
    give_up(world.world, dead_letter("http://elsewhere.example/"), dead_letter(stale, reason="InvalidDomain.Offline"))
    document = world.explain(stale)
    assert (document["cause"], document["dead_letters"]) == ("dead_letter", ["InvalidDomain.Offline"])
    assert "dead-letters redrive --id" in document["next"]


def test_reading_the_dead_letters_leaves_them_visible(world: Explained) -> None:
    stale = world.stale("cdn", "a.jpg")
    give_up(world.world, dead_letter(stale))
    world.explain(stale)
    assert world.explain(stale)["cause"] == "dead_letter"


@each_product
def test_a_delayed_message_may_be_the_refresh(world: Explained, name: str) -> None:
    stale = world.stale(name, "a.jpg")
    world.world.smq.queue("backlog").send(json.dumps(backlog_record(stale)), delay=600)
    result = world.run(stale)
    assert "It may wait in the backlog: 1 of its messages cannot be seen" in result.stdout.splitlines()[0]


@each_product
def test_lower_case_hex_is_the_cause(world: Explained, name: str) -> None:
    stale = world.stale(name, "%e9%a1%b5.html", "页.html")
    world.event("页.html")
    assert world.cause(stale) == ("lower_case_hex", 1)


@each_product
def test_a_style_that_is_not_configured_is_the_cause(world: Explained, name: str) -> None:
    assert world.cause(world.stale(name, "a.jpg?x-oss-process=style/thumb", "a.jpg")) == ("style", 1)


@each_product
def test_a_style_at_the_end_of_the_name_that_is_not_configured_is_the_cause(world: Explained, name: str) -> None:
    stale = world.stale(name, "a.jpg!thumb", "a.jpg")
    assert world.cause(stale)[0] == "style"


@each_product
def test_a_query_that_is_not_configured_is_the_cause(world: Explained, name: str) -> None:
    assert world.cause(world.stale(name, "a.js?v=2", "a.js")) == ("query", 1)


@each_product
@pytest.mark.parametrize("path", ["docs/", "docs"])
def test_an_alias_is_explained_by_its_index_page(world: Explained, name: str, path: str) -> None:
    document = world.explain(world.stale(name, path, "docs/index.html"))
    existing = [each["object"] for each in document["objects"] if each["exists"]]
    assert (document["cause"], existing) == ("no_event", ["oss://my-site/docs/index.html"])


@each_product
def test_a_directory_with_a_dot_in_its_name_is_explained_by_its_index_page(world: Explained, name: str) -> None:
    document = world.explain(world.stale(name, "v1.2", "v1.2/index.html"))
    existing = [each["object"] for each in document["objects"] if each["exists"]]
    assert (document["cause"], existing) == ("no_event", ["oss://my-site/v1.2/index.html"])


@each_product
def test_an_alias_that_redirects_to_its_directory_is_fresh(world: Explained, name: str) -> None:
    world.hold("docs/index.html", b"x")
    redirect = Response(302, headers={"Location": url(name, "docs/")})
    with world.behind(lambda _request: redirect) as front:
        assert world.cause(url(name, "docs"), to=front) == ("fresh", 0)


@each_product
def test_a_redirect_elsewhere_is_the_cause(world: Explained, name: str) -> None:
    world.hold("a.jpg", b"x")
    redirect = Response(302, headers={"Location": "https://elsewhere.example/"})
    with world.behind(lambda _request: redirect) as front:
        assert world.cause(url(name, "a.jpg"), to=front) == ("redirect", 2)


@each_product
def test_a_configured_variant_is_compared_as_one(world: Explained, name: str) -> None:
    world.configure(variants=["!thumb"])
    world.hold("a.jpg", b"x")
    assert world.cause(url(name, "a.jpg!thumb")) == ("fresh", 0)


@each_product
def test_the_error_page_of_a_single_page_app_is_no_stale_copy(world: Explained, name: str) -> None:
    world.hold("index.html", b"x")
    page = Response(200, b"x", {"ETag": '"1"'})
    with world.behind(lambda _request: page) as front:
        assert world.cause(url(name, "some/route"), to=front) == ("missing", 0)


@each_product
def test_an_index_page_that_is_not_configured_is_the_cause(world: Explained, name: str) -> None:
    world.configure(index=[])
    assert world.cause(world.stale(name, "docs/", "docs/index.html")) == ("index", 1)


@each_product
def test_an_alias_of_also_is_explained_by_its_object(world: Explained, name: str) -> None:
    world.configure(also=[{"when": "*.html", "urls": ["{dir}{stem}"]}])
    world.hold("about.html", b"x")
    with world.behind(lambda request: _page(world, name, request)) as front:
        document = world.explain(url(name, "about"), to=front)
    assert [each["object"] for each in document["objects"] if each["exists"]] == ["oss://my-site/about.html"]
    assert document["cause"] == "fresh"


@each_product
def test_an_excluded_object_is_the_cause(world: Explained, name: str) -> None:
    world.configure(exclude=["drafts/*"])
    assert world.cause(world.stale(name, "drafts/a.html")) == ("excluded", 1)


@each_product
def test_a_domain_that_answers_403_is_the_cause(world: Explained, name: str) -> None:
    world.hold("a.jpg", b"x")
    with world.behind(lambda _request: Response(403)) as front:
        assert world.cause(url(name, "a.jpg"), to=front) == ("forbidden", 2)


@each_product
def test_an_edge_without_an_answer_is_unreachable(world: Explained, name: str) -> None:
    world.hold("a.jpg", b"x")
    with world.behind(lambda _request: Reset()) as front:
        document = world.explain(url(name, "a.jpg"), to=front)
    assert (document["cause"], document["edge"]["verdict"], document["exit"]) == ("unreachable", "unreachable", 2)


def test_a_header_that_the_domain_requires_is_sent(world: Explained) -> None:
    world.hold("a.jpg", b"x")
    refused = Response(403)
    with world.behind(lambda request: None if "Referer" in request.headers else refused) as front:
        assert world.cause(url("cdn", "a.jpg"), "--header", "Referer: https://x", to=front) == ("fresh", 0)


@each_product
def test_a_copy_that_browsers_keep_is_fresh(world: Explained, name: str) -> None:
    world.hold("a.jpg", b"x")
    with world.behind(Cache_Control="public, max-age=600") as front:
        result = world.run(url(name, "a.jpg"), to=front)
    assert (result.exit_code, "keeps it for up to 600 s" in result.stdout.splitlines()[0]) == (0, True)


@each_product
def test_a_copy_near_the_end_of_its_time_expires_by_itself(world: Explained, name: str) -> None:
    stale = world.stale(name, "a.jpg")
    with world.behind(Cache_Control="max-age=600", Age="550") as front:
        assert world.cause(stale, to=front) == ("expires", 1)


def test_the_time_that_a_node_of_the_cdn_keeps_a_copy_counts(world: Explained) -> None:
    stale = world.stale("cdn", "a.jpg")
    with world.behind(X_Swift_CacheTime="7200", Cache_Control="max-age=600, s-maxage=700", Age="550") as front:
        assert world.cause(stale, to=front) == ("no_event", 1)


def test_a_foreign_url_is_asked_of_nobody(world: Explained) -> None:
    document = world.explain("https://elsewhere.example/a.jpg")
    assert (document["cause"], document["site"], document["exit"]) == ("foreign", None, 2)
    assert not world.three.world.cdn.calls


@each_product
def test_a_path_below_no_site_is_told(world: Explained, name: str) -> None:
    world.configure(path="/assets/")
    assert world.cause(url(name, "a.jpg")) == ("no_site", 2)


@each_product
def test_a_directory_task_counts_for_the_urls_below_it(world: Explained, name: str) -> None:
    stale = world.stale(name, "docs/a.jpg")
    world.world.invoke(backlog_record(url(name, "docs/"), object_type="Directory"))
    document = world.explain(stale)
    assert [task["type"] for task in document["tasks"]] == ["directory"]


@each_product
def test_tasks_that_must_not_be_listed_do_not_stop_the_rest(world: Explained, name: str) -> None:
    stale = world.stale(name, "a.jpg")
    world.three.products[name].faults = Faults(rule=lambda _request: Refusal(403, "Forbidden.RAM"))
    document = world.explain(stale)
    assert (document["cause"], document["exit"]) == ("stale", 1)
    assert [f"grant {name}:" in what for what in document["not_asked"]] == [True]


def test_queues_that_are_not_set_are_told(world: Explained) -> None:
    stale = world.stale("cdn", "a.jpg")
    del world.world.environ["BACKLOG_QUEUE"], world.world.environ["DEAD_LETTER_QUEUE"]
    document = world.explain(stale)
    assert [what.partition(":")[0] for what in document["not_asked"]] == ["backlog", "dead letters"]


def test_without_the_queues_a_missing_event_is_no_fact(world: Explained) -> None:
    stale = world.stale("cdn", "a.jpg")
    del world.world.environ["BACKLOG_QUEUE"], world.world.environ["DEAD_LETTER_QUEUE"]
    document = world.explain(stale)
    assert (document["cause"], "no_event" in document["also"]) == ("perhaps_queued", False)
    assert document["says"].endswith("the backlog and the dead letters could not be asked.")


def test_a_bucket_that_cannot_be_asked_is_told(world: Explained) -> None:
    stale = world.stale("cdn", "a.jpg")
    world.world.environ["OSS_ENDPOINT"] = "http://127.0.0.1:1"
    document = world.explain(stale)
    assert (document["edge"]["verdict"], document["exit"]) == ("not compared", 2)
    assert [each["exists"] for each in document["objects"]] == [None]


def test_the_document_has_the_contracts_fields(world: Explained) -> None:
    document = world.explain(world.stale("dcdn", "docs/index.html"))
    etag = world.oss.objects("my-site")["docs/index.html"].etag
    assert document["objects"] == [
        {
            "object": "oss://my-site/docs/index.html",
            "exists": True,
            "etag": etag,
            "last_modified": "2026-11-22T05:00:00Z",
            "items": [url("cdn", path) for path in ("docs/index.html", "docs/", "docs")]
            + [url("dcdn", path) for path in ("docs/index.html", "docs/", "docs")]
            + [url("esa", path) for path in ("docs/index.html", "docs/", "docs")],
        }
    ]
    assert (document["site"], document["edge"]["verdict"], document["tasks"]) == (1, "stale", [])


def test_the_first_line_is_the_cause_and_the_last_line_the_next_step(world: Explained) -> None:
    lines = world.run(world.stale("cdn", "a.jpg?v=2", "a.jpg")).stdout.splitlines()
    assert lines[0].startswith("The query makes it another URL for the CDN")
    assert lines[-1].endswith(f"oss-cdn-refresh refresh '{url('cdn', 'a.jpg?v=2')}' --now")


def test_a_url_is_needed(world: Explained) -> None:
    result = world.run("my-site/a.jpg")
    assert (result.exit_code, '"my-site/a.jpg" is no URL' in result.stderr) == (2, True)


def _page(world: Explained, name: str, request: Request) -> Response | None:
    """The page about.html under /about, as a rule of a CDN serves it."""
    return visit(world.edge.url, url(name, "about.html")) if request.path == "/about" else None


def test_the_root_of_a_site_without_an_index_page_has_no_object(world: Explained) -> None:
    world.configure(index=[])
    assert world.cause(url("cdn", "")) == ("no_object", 2)


def test_while_smq_is_down_a_missing_event_is_no_fact(world: Explained) -> None:
    stale = world.stale("cdn", "a.jpg")
    world.world.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied"))
    document = world.explain(stale)
    assert document["cause"] == "perhaps_queued"
    assert document["says"].endswith("the backlog and the dead letters could not be asked.")


def test_dead_letters_that_were_read_in_part_are_not_known(world: Explained) -> None:
    stale = world.stale("cdn", "a.jpg")
    give_up(world.world, dead_letter("http://elsewhere.example/"))
    answers = iter([False])
    world.world.smq.faults = Faults(
        rule=lambda request: Refusal(403, "AccessDenied") if _reads(request) and next(answers, True) else None
    )
    assert world.explain(stale)["says"].endswith("the dead letters could not be asked.")


def _reads(request: Request) -> bool:
    return request.method == "GET" and "dead-letters/messages" in request.path and "peekonly" not in request.query
