"""`audit` compares the answers of the edge with the objects of the bucket."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from audited import Audited, a_site, http, report
from world import World

from oss_cdn_refresh_box.wire.serving import Request
from oss_cdn_refresh_cli.shared.output import Output

SDK = "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
pytestmark = pytest.mark.filterwarnings(SDK)


def test_a_fresh_object_is_checked_and_not_reported(site: Audited) -> None:
    site.hold({f"img/{number}.jpg": b"x" for number in range(30)})
    assert site.audit("oss://my-site/img/") == report(30)


def test_a_change_that_caused_no_refresh_is_found(site: Audited) -> None:
    site.hold({"a.jpg": b"old", "b.jpg": b"same"})
    site.visit("a.jpg", "b.jpg")
    site.hold({"a.jpg": b"new"})
    assert site.audit("oss://my-site") == report(2, ("a.jpg",))


def test_a_change_with_the_same_length_in_the_same_second_is_found(site: Audited) -> None:
    site.oss.stock("my-site", {"a.jpg": b"old"})
    site.visit("a.jpg")
    site.oss.stock("my-site", {"a.jpg": b"new"})
    assert site.audit("oss://my-site", "--grace", "0") == report(1, ("a.jpg",))


def test_changed_headers_of_unchanged_bytes_are_found(site: Audited) -> None:
    site.hold({"a.jpg": b"x"})
    site.visit("a.jpg")
    with site.bucket() as bucket:
        bucket.update_object_meta("a.jpg", {"Content-Type": "image/png"})
    assert site.audit("oss://my-site") == report(1, ("a.jpg",))


def test_the_edge_is_asked_for_each_alias_of_an_index_page(site: Audited) -> None:
    site.hold({"d/index.html": b"old"})
    site.visit("d/")
    site.hold({"d/index.html": b"new"})
    assert site.audit("oss://my-site") == report(3, ("d/",))


def test_the_edge_is_asked_for_each_spelling_of_a_url(site: Audited) -> None:
    site.hold({"a+b.jpg": b"old"})
    site.visit("a%2Bb.jpg")
    site.hold({"a+b.jpg": b"new"})
    assert site.audit("oss://my-site") == report(2, ("a%2Bb.jpg",))


@pytest.mark.parametrize("variant", ["?x-oss-process=style/thumb", "!thumb"])
def test_a_variant_is_compared_by_its_date(site: Audited, variant: str) -> None:
    site.world.configure({"bucket": "my-site", "domains": ["www.example.com"], "scheme": "http", "variants": [variant]})
    site.hold({"a.jpg": b"old"})
    site.visit("a.jpg" + variant)
    assert site.audit("oss://my-site") == report(2)
    site.hold({"a.jpg": b"new"})
    assert site.audit("oss://my-site")["stale"] == [http("a.jpg"), http("a.jpg" + variant)]


def test_a_cached_404_of_an_existing_object_is_found(site: Audited) -> None:
    site.visit("a.jpg")
    site.hold({"a.jpg": b"x"})
    assert site.audit("oss://my-site") == report(1, ("a.jpg",))


def test_an_object_of_a_site_that_ignores_queries_is_compared_too(site: Audited) -> None:
    site.world.configure({"bucket": "my-site", "domains": ["www.example.com"], "scheme": "http", "query": "ignore"})
    site.hold({"a.jpg": b"old"})
    site.visit("a.jpg")
    site.hold({"a.jpg": b"new"})
    assert site.audit("oss://my-site", "--repair") == report(1, ("a.jpg",), repaired=1)
    assert {kind for kind, _ in site.world.cdn.accepted} == {"IgnoreParams"}


def test_a_symbolic_link_is_compared_with_its_target(site: Audited) -> None:
    site.hold({"a.jpg": b"old"})
    with site.bucket() as bucket:
        bucket.put_symlink("a.jpg", "link.jpg")
    assert site.audit("oss://my-site") == report(2)
    site.hold({"a.jpg": b"new"})
    assert site.audit("oss://my-site") == report(2, ("a.jpg", "link.jpg"))


def test_the_edge_is_asked_once_for_a_fresh_symbolic_link(site: Audited) -> None:
    site.hold({"a.jpg": b"x"})
    with site.bucket() as bucket:
        bucket.put_symlink("a.jpg", "link.jpg")
    with site.behind() as front:
        site.run("oss://my-site/link", to=front)
    assert [request.path for request in site.asked] == ["/link.jpg"]


def test_an_empty_object_and_a_folder_object_are_not_reported(site: Audited) -> None:
    """A console makes an empty object for each folder, and its URL shows the index page."""
    site.hold({"d/": b"", "d/index.html": b"page", "empty.txt": b""})
    assert site.audit("oss://my-site") == report(4)


# The grace


def test_an_object_younger_than_the_grace_is_passed_over(site: Audited) -> None:
    site.hold({"a.jpg": b"old"})
    site.visit("a.jpg")
    site.oss.stock("my-site", {"a.jpg": b"new"})
    site.world.clock.advance(359)
    result = site.run("oss://my-site")
    assert (result.exit_code, "1 object passed over" in result.stdout) == (2, True)
    site.world.clock.advance(1)
    assert site.audit("oss://my-site") == report(1, ("a.jpg",))


def test_an_object_that_changes_during_the_audit_is_not_reported_as_stale(site: Audited) -> None:
    """The edge serves the new object, and the listing has the old one."""
    site.hold({"a.jpg": b"old"})

    def change(_request: Request) -> None:
        site.oss.stock("my-site", {"a.jpg": b"new"})

    with site.behind(change) as front:
        result = site.run("oss://my-site", to=front)
    assert (result.exit_code, "1 object passed over" in result.stdout) == (2, True)


def test_an_object_that_is_deleted_during_the_audit_is_not_reported_as_stale(site: Audited) -> None:
    site.hold({"a.jpg": b"old"})

    def delete(_request: Request) -> None:
        with site.bucket() as bucket:
            bucket.delete_object("a.jpg")

    with site.behind(delete) as front:
        assert site.audit("oss://my-site", to=front) == report(0)


# Keys from a file


def test_a_deleted_object_that_is_still_served_is_found_by_its_key(site: Audited) -> None:
    site.hold({"a.jpg": b"x", "b.jpg": b"x", "c.jpg": b"x"})
    site.visit("a.jpg", "b.jpg")
    for key in ("a.jpg", "c.jpg"):
        site.delete(key)
    keys = "my-site/a.jpg\noss://my-site/b.jpg\n\nmy-site/c.jpg\n"
    assert site.audit("--keys", "-", stdin=keys) == report(3, ("a.jpg",))


def test_an_error_page_with_status_200_is_not_a_stale_object(world: World, tmp_path: Path) -> None:
    """Single-page applications answer everything with a page of status 200."""
    with a_site(world, tmp_path, error_page="index.html") as site:
        site.hold({"index.html": b"app", "a.jpg": b"x", "b.jpg": b"x"})
        site.visit("a.jpg")
        for key in ("a.jpg", "b.jpg"):
            site.delete(key)
        assert site.audit("--keys", "-", stdin="my-site/a.jpg\nmy-site/b.jpg\n") == report(2, ("a.jpg",))


def test_one_audit_covers_places_and_keys(site: Audited, tmp_path: Path) -> None:
    site.hold({"a.jpg": b"x", "b.jpg": b"x"})
    (tmp_path / "keys").write_text("my-site/b.jpg\n")
    assert site.audit("oss://my-site/a", "--keys", str(tmp_path / "keys")) == report(2)


# A sample


def test_a_sample_has_the_requested_size(site: Audited) -> None:
    site.hold({f"{number:03}.jpg": b"x" for number in range(100)})
    assert site.audit("oss://my-site", "--sample", "7") == report(7)
    assert site.audit("oss://my-site", "--sample", "500") == report(100)


def test_the_edge_is_asked_for_the_sample_only(site: Audited) -> None:
    site.hold({f"{number:03}.jpg": b"x" for number in range(100)})
    with site.behind() as front:
        site.run("oss://my-site", "--sample", "7", to=front)
        assert len(site.asked) == 7


def test_a_sample_has_no_object_that_would_be_passed_over(site: Audited) -> None:
    site.hold({f"{number:03}.jpg": b"x" for number in range(10)})
    site.oss.stock("my-site", {f"new{number:03}.jpg": b"x" for number in range(100)})
    assert site.audit("oss://my-site", "--sample", "10") == report(10)


def test_a_sample_of_keys_asks_oss_only_for_those(site: Audited) -> None:
    site.hold({f"{number:03}.jpg": b"x" for number in range(50)})
    site.delete("049.jpg")
    keys = "".join(f"my-site/{number:03}.jpg\n" for number in range(50))
    assert site.audit("--keys", "-", "--sample", "5", stdin=keys)["checked"] == 5


# Repairing


def test_a_repair_makes_visitors_see_what_the_bucket_holds(site: Audited) -> None:
    site.hold({"a.jpg": b"old", "d/index.html": b"old"})
    site.visit("a.jpg", "d/")
    site.hold({"a.jpg": b"new", "d/index.html": b"new"})
    assert site.audit("oss://my-site", "--repair") == report(4, ("a.jpg", "d/"), repaired=2)
    assert site.visit("a.jpg", "d/") == [b"new", b"new"]
    assert site.audit("oss://my-site") == report(4)


def test_a_deferred_repair_is_not_counted_as_repaired(site: Audited) -> None:
    site.world.configure(
        {"bucket": "my-site", "domains": ["www.example.com"], "scheme": "http"},
        limits={"urls_per_minute_per_domain": 2},
    )
    keys = [f"{number}.jpg" for number in range(5)]
    site.hold(dict.fromkeys(keys, b"old"))
    site.visit(*keys)
    site.hold(dict.fromkeys(keys, b"new"))
    assert site.audit("oss://my-site", "--repair") == report(5, tuple(keys), repaired=2)
    assert sum(len(message["urls"]) for message in site.world.backlog) == 3


def test_an_audit_without_repair_refreshes_nothing(site: Audited) -> None:
    site.hold({"a.jpg": b"old"})
    site.visit("a.jpg")
    site.hold({"a.jpg": b"new"})
    result = site.run("oss://my-site")
    assert (site.world.refreshes, site.world.backlog) == ([], [])
    assert "run it again with --repair" in result.stdout


# What is told


def test_the_table_gives_the_reason_of_each_finding(site: Audited) -> None:
    site.hold({"a.jpg": b"old"})
    site.visit("a.jpg")
    site.hold({"a.jpg": b"new"})
    shown = site.run("oss://my-site").stdout
    assert f"{http('a.jpg')}  other bytes than the bucket's: the ETag differs" in shown
    assert "1 URL checked, 1 stale, 0 could not be compared." in shown


def test_the_progress_bar_has_the_findings_so_far(site: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[str] = []

    @contextmanager
    def progress(*_: object) -> Iterator[Callable[..., None]]:
        yield lambda _steps, note="": notes.append(note)

    monkeypatch.setattr(Output, "progress", progress)
    site.hold(dict.fromkeys(("a.jpg", "b.jpg", "c.jpg"), b"old"))
    site.visit("a.jpg", "c.jpg")
    site.hold(dict.fromkeys(("a.jpg", "b.jpg", "c.jpg"), b"new"))
    site.run("oss://my-site")
    assert notes == [f"{stale} stale, 0 not compared" for stale in (1, 1, 2)]


def test_the_table_shows_fifty_findings_and_json_shows_all(site: Audited) -> None:
    keys = [f"{number}.jpg" for number in range(60)]
    site.hold(dict.fromkeys(keys, b"old"))
    site.visit(*keys)
    site.hold(dict.fromkeys(keys, b"new"))
    assert "… and 10 more" in site.run("oss://my-site").stdout
    assert len(site.audit("oss://my-site")["stale"]) == 60


def test_ignored_objects_are_reported_and_are_no_success(site: Audited) -> None:
    site.world.configure({"bucket": "my-site", "domains": ["www.example.com"], "exclude": ["*"]})
    site.hold({"a.jpg": b"x"})
    result = site.run("oss://my-site")
    assert (result.exit_code, "1 object ignored: " in result.stdout) == (2, True)
    assert "nothing was compared" in result.stderr


def test_the_report_says_that_directories_are_left_out(site: Audited) -> None:
    site.world.configure(
        {
            "bucket": "my-site",
            "domains": ["www.example.com"],
            "scheme": "http",
            "also": [{"when": "*.html", "directories": ["/"]}],
        }
    )
    site.hold({"a.html": b"x"})
    assert "1 item left out" in site.run("oss://my-site").stdout


def test_requests_go_out_at_the_requested_rate(site: Audited) -> None:
    site.hold({f"{number}.jpg": b"x" for number in range(21)})
    began = site.world.clock.now()
    site.run("oss://my-site", "--rate", "2")
    assert site.world.clock.now() - began == pytest.approx(10, abs=0.01)


def test_one_connection_serves_a_whole_audit(site: Audited) -> None:
    site.hold({f"{number}.jpg": b"x" for number in range(50)})
    site.run("oss://my-site")
    assert site.edge.connections == 1
