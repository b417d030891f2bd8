"""`plan` shows the requests for some changes, without any request."""

import gc
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command import run
from world import NOON, backlog_record, event, record, url

from oss_cdn_refresh.planner.inventory import written
from oss_cdn_refresh_box.clock import Clock

SITE: dict[str, Any] = {"bucket": "my-site", "domains": ["www.example.com"]}
BIG = [f"img/{number}.jpg" for number in range(40)]
SMALL = [f"docs/{number}.html" for number in range(5)]

Plan = Callable[..., Result]


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Plan]:
    """Runs the command with files of these contents; no service can be reached."""

    def call(*words: str, config: Any = None, **files: Any) -> Result:
        given = []
        for name, content in {"config": config or {"sites": [SITE]}, **files}.items():
            path = tmp_path / name
            path.write_bytes(content if isinstance(content, bytes) else _text(content).encode())
            given += [f"--{name}", str(path)]
        return run("plan", *given, *words, environ={"CDN_ENDPOINT": "http://127.0.0.1:9"}, clock=Clock(NOON))

    yield call
    gc.enable()


def _text(content: Any) -> str:
    return "".join(f"oss://my-site/{key}\n" for key in content) if isinstance(content, list) else json.dumps(content)


def document(result: Result) -> Any:
    return json.loads(result.stdout)


def test_changes_within_the_quota_are_sent_as_urls(plan: Plan) -> None:
    result = plan("--json", keys=["a.jpg", "b/index.html"])
    found = document(result)
    assert sorted(found.pop("files")) == sorted(url(path) for path in ("a.jpg", "b/index.html", "b/", "b"))
    rest = {"directories": [], "ignore_params": [], "deferred": [], "dead_letters": [], "calls": 1, "changes": 4}
    assert (found, result.exit_code) == ({**rest, "collateral": 0}, 0)


def test_directories_replace_urls_beyond_the_quota(plan: Plan) -> None:
    found = document(plan("--json", "--urls-left", "5", "--directories-left", "1", keys=BIG + SMALL))
    assert (found["directories"], sorted(found["files"])) == ([url("img/")], sorted(map(url, SMALL)))
    assert (found["deferred"], found["calls"], found["changes"]) == ([], 2, 45)


def test_a_plan_with_deferred_urls_exits_with_1(plan: Plan) -> None:
    result = plan("--json", "--urls-left", "7", "--directories-left", "0", keys=BIG)
    found = document(result)
    assert (len(found["files"]), len(found["deferred"]), result.exit_code) == (7, 33, 1)


@pytest.mark.parametrize("kind", ["list", "inventory"])
def test_the_collateral_comes_from_the_inventory(plan: Plan, kind: str) -> None:
    live = [*BIG, *SMALL, "img/unchanged.jpg", "docs/x.html", "docs/y.html", "other/z"]
    counts = written({"my-site": {"img/": 41, "docs/": 7, "other/": 1}}, "")
    found = document(plan("--json", "--urls-left", "0", keys=BIG + SMALL, inventory=live if kind == "list" else counts))
    assert (found["directories"], found["collateral"]) == ([url("docs/"), url("img/")], 3)


def test_the_inventory_may_be_a_gzipped_listing_of_ossutil(plan: Plan) -> None:
    listed = _text([*BIG, "img/unchanged.jpg"]) + f"Object Number is: {len(BIG) + 1}\n\n0.172532(s) elapsed\n"
    found = document(plan("--json", "--urls-left", "0", keys=BIG, inventory=gzip.compress(listed.encode())))
    assert (found["directories"], found["collateral"]) == ([url("img/")], 1)


def test_the_inventory_may_be_a_report_of_oss(plan: Plan, tmp_path: Path) -> None:
    rows = [f"my-site,img%2F{number}.jpg" for number in range(43)]
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    manifest = {"fileFormat": "CSV", "fileSchema": "Bucket, Key", "files": [{"key": "x/data/a.csv.gz"}]}
    found = document(plan("--json", "--urls-left", "0", keys=BIG, inventory=manifest))
    assert (found["directories"], found["collateral"]) == ([url("img/")], 3)


def test_the_collateral_of_a_list_counts_the_unchanged_objects_of_the_list(plan: Plan) -> None:
    """An inventory has only counts, so the planner assumes that each changed object is among them."""
    found = document(plan("--json", "--urls-left", "0", keys=BIG, inventory=["img/other.jpg"]))
    assert found["collateral"] == 1


def test_without_an_inventory_the_collateral_is_not_known(plan: Plan) -> None:
    assert document(plan("--json", "--urls-left", "0", keys=BIG))["collateral"] is None


def test_events_are_planned_as_the_function_reads_them(plan: Plan) -> None:
    found = document(plan("--json", events=event(record("a.jpg"), record("img/b.jpg"))))
    assert (sorted(found["files"]), found["changes"]) == ([url("a.jpg"), url("img/b.jpg")], 2)


def test_backlog_items_do_not_use_the_reserve(plan: Plan) -> None:
    waiting = json.dumps(backlog_record(*map(url, BIG))).encode()
    found = document(plan("--json", "--urls-left", "510", "--directories-left", "0", events=waiting))
    assert (len(found["files"]), len(found["deferred"])) == (10, 30)


def test_keys_and_events_are_planned_together(plan: Plan) -> None:
    found = document(plan("--json", keys=["a.jpg"], events=event(record("a.jpg"), record("b.jpg"))))
    assert sorted(found["files"]) == [url("a.jpg"), url("b.jpg")]


def test_changes_that_fit_are_sent_beside_a_directory_that_holds_them(plan: Plan) -> None:
    """The function plans only if the quota is short."""
    config = {"sites": [{**SITE, "also": [{"when": "x/c.html", "directories": ["/x/"]}]}]}
    found = document(plan("--json", config=config, keys=["x/c.html", "x/a.jpg"]))
    assert (found["directories"], found["files"]) == ([url("x/")], [url("x/c.html"), url("x/a.jpg")])


@pytest.mark.parametrize("site", [{}, {"exclude": ["nothing"]}], ids=["no rules", "a rule"])
def test_keys_with_every_kind_of_character_are_planned_as_they_are_mapped(plan: Plan, site: dict[str, Any]) -> None:
    keys = ["a.jpg", "d/index.html", "d/b (1).jpg", "d/e/c.jpg", "d/e/.hidden", "d/e/../f.jpg", "\u4e2d/x.jpg"]
    found = document(plan("--json", config={"sites": [{**SITE, **site}]}, keys=keys))
    expected = ["a.jpg", "d/index.html", "d/", "d", "d/b%20(1).jpg", "d/b%20%281%29.jpg", "d/e/c.jpg", "d/e/.hidden"]
    assert sorted(found["files"]) == sorted(map(url, [*expected, "%E4%B8%AD/x.jpg"]))


def test_priorities_decide_which_urls_are_deferred(plan: Plan) -> None:
    config = {"sites": [SITE], "collapse": {"mode": "never", "priority": ["*.html"]}}
    found = document(plan("--json", "--urls-left", "5", config=config, keys=BIG + SMALL))
    assert sorted(found["files"]) == sorted(map(url, SMALL))


LONG = f"{340 * chr(0x4E2D)}.md"  # 1,023 bytes, which OSS takes, and a URL of 3,087 characters


@pytest.mark.parametrize("kind", ["keys", "events"])
def test_a_url_that_is_too_long_is_shown_as_the_dead_letter_that_it_becomes(plan: Plan, kind: str) -> None:
    changes = [LONG, "a.jpg"] if kind == "keys" else event(record(LONG), record("a.jpg"))
    result = plan("--json", **{kind: changes})
    found = document(result)
    (dead,) = found["dead_letters"]
    assert (len(dead["url"]), "characters, more than" in dead["reason"]) == (3_087, True)
    assert (found["files"], found["deferred"], result.exit_code) == ([url("a.jpg")], [], 1)


def test_people_see_which_urls_become_dead_letters(plan: Plan) -> None:
    shown = plan(keys=[LONG]).stdout
    assert "1 URL becomes a dead letter" in shown
    assert "characters, more than 2048" in shown


def test_a_url_that_is_too_long_because_of_the_path_of_its_site_becomes_a_dead_letter(plan: Plan) -> None:
    config = {"sites": [{**SITE, "path": f"/{1_100 * 'p'}/"}]}
    found = document(plan("--json", config=config, keys=[f"d/{1_000 * 'k'}", "d/a.jpg"]))
    assert (len(found["dead_letters"]), len(found["files"])) == (1, 1)


def test_people_see_a_tree_with_the_price_of_each_directory(plan: Plan) -> None:
    shown = plan("--urls-left", "5", keys=BIG + SMALL, inventory=[*BIG, *SMALL, "img/x.jpg"]).stdout
    assert "https://www.example.com/" in shown
    assert "/img/  40 changed, 1 unchanged" in shown


def test_the_text_marks_an_estimated_collateral(plan: Plan) -> None:
    shown = plan("--urls-left", "5", keys=BIG + SMALL).stdout
    assert ("/img/  40 changed, ~40 unchanged" in shown, "an estimate" in shown) == (True, True)


def test_the_text_counts_ignored_objects(plan: Plan) -> None:
    config = {"sites": [{**SITE, "exclude": ["img/*"]}]}
    shown = plan(config=config, keys=[*BIG, *SMALL]).stdout
    assert "40 objects ignored: include and exclude of its site leave it out." in shown


def test_control_characters_and_markup_in_names_have_no_effect(plan: Plan) -> None:
    result = plan("--urls-left", "0", "--directories-left", "0", keys=["[red]x[/red].jpg", "\x1b[31m.jpg"])
    assert ("\x1b" in result.stdout, "%5Bred%5Dx" in result.stdout) == (False, True)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "nothing to plan: give --keys FILE or --events FILE"),
        ({"keys": b"oss://my-site/\n"}, '"oss://my-site/" names no object: write oss://bucket/key, one a line'),
        ({"keys": b"\xff\n"}, "it is not UTF-8"),
        ({"events": b"neither fish nor fowl"}, "a record cannot be read: "),
        ({"keys": b"oss://my-site/a", "inventory": b'{"kind": "x"}'}, "kind: is not"),
        ({"keys": b"oss://my-site/a", "config": b"sites: 1"}, "sites: is a whole number"),
    ],
    ids=["nothing", "no key", "not UTF-8", "no event", "no inventory", "no configuration"],
)
def test_bad_input_is_reported_in_one_line(plan: Plan, files: dict[str, bytes], said: str) -> None:
    result = plan(**files)
    assert (result.exit_code, result.stdout, said in result.stderr) == (2, "", True)


def test_keys_may_come_through_a_pipe(tmp_path: Path) -> None:
    config = tmp_path / "config.yml"
    config.write_text(json.dumps({"sites": [SITE]}))
    words = ("plan", "--json", "--config", str(config), "--keys", "-")
    result = run(*words, environ={}, clock=Clock(NOON), stdin=b"oss://my-site/a.jpg\n")
    assert document(result)["files"] == [url()]


def test_a_configuration_in_oss_is_not_asked_for() -> None:
    result = run("plan", "--keys", "-", environ={"REFRESH_CONFIG": "oss://b/c.yml"}, clock=Clock(NOON))
    assert (result.exit_code, "plan calls no service: give a copy with --config" in result.stderr) == (2, True)


@pytest.mark.parametrize("name", ["keys", "inventory", "events"])
def test_a_missing_file_is_refused(plan: Plan, name: str) -> None:
    result = plan("--keys" if name == "inventory" else f"--{name}", "nowhere", f"--{name}", "nowhere")
    assert (result.exit_code, "nowhere: No such file" in result.stderr) == (2, True)


WAITS: list[tuple[tuple[str, ...], dict[str, Any], str]] = [
    (("--urls-left", "7", "--directories-left", "0"), {}, "the day's quota of URLs of cdn: 7 left, 40 needed"),
    (("--urls-left", "7", "--directories-left", "0"), {}, "directories that could replace them: 0 left"),
    (("--urls-left", "7"), {"mode": "never"}, "collapse.mode is never"),
    (("--urls-left", "7"), {"max_collateral": 10}, "over 10 unchanged ones each (collapse.max_collateral)"),
]


@pytest.mark.parametrize(("words", "collapse", "said"), WAITS, ids=["URLs", "directories", "never", "collateral"])
def test_the_text_says_why_urls_wait(plan: Plan, words: tuple[str, ...], collapse: dict[str, Any], said: str) -> None:
    result = plan(*words, config={"sites": [SITE], "collapse": collapse}, keys=BIG)
    assert said in result.stdout


def test_the_text_says_that_only_the_root_could_replace_urls(plan: Plan) -> None:
    shown = plan("--urls-left", "1", keys=["a.jpg", "b.jpg", "c.jpg"]).stdout
    assert "2  URLs  only the root of the domain could replace them, and collapse.root is false" in shown


def test_the_text_says_that_the_reserve_is_kept_for_new_changes(plan: Plan) -> None:
    waiting = json.dumps(backlog_record(*map(url, BIG))).encode()
    shown = plan("--urls-left", "510", "--directories-left", "0", events=waiting).stdout
    assert "the reserve of 500 URLs and 10 directories is for new changes" in shown


def test_directories_that_wait_are_said_to_lack_directories(plan: Plan) -> None:
    site = {**SITE, "also": [{"when": "*.jpg", "directories": ["/x/", "/y/", "/z/"]}]}
    config = {"sites": [site], "collapse": {"mode": "never"}}
    shown = plan("--directories-left", "1", config=config, keys=["a.jpg"]).stdout
    assert "the day's quota of directories of cdn: 1 left, 3 needed" in shown
