"""`refresh` refreshes the URLs that the configuration maps objects to, through the backlog or at once."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command import run
from world import SITE, World, always, objects, url

from oss_cdn_refresh_box.cdn.ledger import QUOTA
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Response, Server

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
KEYS = [f"img/{number:03}.jpg" for number in range(30)]


@pytest.fixture
def oss(world: World) -> Iterator[Oss]:
    """OSS with some objects, at the time of this machine's clock, with which the SDKs sign."""
    world.clock.advance(time.time() - world.clock.now())
    with Oss(world.clock, ["my-site", "empty"]) as oss:
        oss.stock("my-site", dict.fromkeys((*KEYS, "index.html", "drafts/a.html", "页面/a b.html"), b"x"))
        world.environ |= {"OSS_ENDPOINT": oss.url, "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou"}
        yield oss


def call(world: World, *words: str, stdin: str | bytes | None = None) -> Result:
    """`refresh` in this process."""
    return run("refresh", *words, environ=world.environ, clock=world.clock, stdin=stdin)


def document(world: World, *words: str) -> Any:
    return json.loads(call(world, "--json", *words).stdout)


def waiting(world: World) -> set[str]:
    return {found for message in world.backlog for found in message["urls"]}


def of(*paths: str) -> set[str]:
    return {url(path) for path in paths}


@pytest.mark.usefixtures("oss")
def test_objects_under_a_prefix_go_into_the_backlog(world: World) -> None:
    result = call(world, "oss://my-site/img/")
    assert (result.exit_code, waiting(world)) == (0, of(*KEYS))
    assert {(message["reason"], message["attempts"]) for message in world.backlog} == {("Batched", 0)}
    assert world.refreshes == []
    assert 'put into the backlog "backlog"' in result.stdout


@pytest.mark.usefixtures("oss")
def test_a_whole_bucket_can_be_refreshed(world: World) -> None:
    call(world, "oss://my-site")
    assert waiting(world) == of(*KEYS, "index.html", "", "drafts/a.html", "%E9%A1%B5%E9%9D%A2/a%20b.html")


@pytest.mark.usefixtures("oss")
def test_now_calls_the_cdn(world: World) -> None:
    result = call(world, "oss://my-site/img/", "--now")
    assert (result.exit_code, world.cdn.accepted, world.backlog) == (0, {("File", item) for item in of(*KEYS)}, [])
    assert "30 accepted by the CDN." in result.stdout


@pytest.mark.usefixtures("oss")
def test_now_defers_and_reports_urls_beyond_the_rate_limit(world: World) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 20})
    result = call(world, "oss://my-site/img/", "--now")
    assert (result.exit_code, len(world.cdn.accepted), len(waiting(world))) == (1, 20, 10)
    assert "Pace" in result.stdout


@pytest.mark.usefixtures("oss")
def test_many_items_are_split_into_invocations(world: World, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("".join(f"my-site/{number}.jpg\n" for number in range(10_001)))
    assert document(world, "--keys", str(file))["deferred"] == 10_001
    assert len(waiting(world)) == 10_001


@pytest.mark.usefixtures("oss")
def test_a_dry_run_shows_the_cost_and_changes_nothing(world: World) -> None:
    result = call(world, "oss://my-site/img/", "--dry-run")
    assert (result.exit_code, world.backlog, world.refreshes) == (0, [], [])
    assert "30 items would be refreshed." in result.stdout
    assert url("img/000.jpg") in result.stdout


@pytest.mark.usefixtures("oss")
def test_the_cost_is_shown_beside_the_quota_that_is_left(world: World) -> None:
    world.cdn.quota = QUOTA._replace(urls=35)
    world.invoke(objects(10))
    result = call(world, "oss://my-site/img/", "--dry-run")
    (urls,) = (line.split() for line in result.stdout.splitlines() if line.startswith("URLs"))
    assert urls == ["URLs", "30", "25", "35"]
    assert "5 URLs are more than is left today" in result.stderr
    assert re.search(
        r"they wait for 00:00 UTC\+8 \([0-9]+ [A-Z][a-z]+ 00:00 local time, in [0-9]+ (h|min|s)\)", result.stderr
    )


@pytest.mark.usefixtures("oss")
@pytest.mark.parametrize(("left", "red"), [(29, True), (30, False)])
def test_a_cost_that_exceeds_the_quota_is_red(world: World, left: int, red: bool) -> None:
    world.cdn.quota = QUOTA._replace(urls=left)
    world.environ |= {"FORCE_COLOR": "1", "TERM": "xterm"}
    result = call(world, "oss://my-site/img/", "--dry-run")
    assert ("\x1b[31m30" in result.stdout) == red


@pytest.mark.usefixtures("oss")
def test_an_unknown_quota_does_not_stop_a_refresh(world: World) -> None:
    where = lambda request: request.headers["x-acs-action"] == "DescribeRefreshQuota"  # noqa: E731
    world.cdn.faults = Faults(rule=lambda _request: Refusal(403, "Forbidden.RAM"), where=where)
    result = call(world, "oss://my-site/img/")
    assert (result.exit_code, waiting(world)) == (0, of(*KEYS))
    assert "Note: the quota that is left is not known" in result.stderr


@pytest.mark.usefixtures("oss")
def test_ignored_objects_are_reported(world: World) -> None:
    world.configure({**SITE, "exclude": ["drafts/*"]})
    found = document(world, "oss://my-site", "--dry-run")
    assert found["ignored"] == {"excluded": 1}
    assert "1 object ignored: " in call(world, "oss://my-site", "--dry-run").stdout


@pytest.mark.usefixtures("oss")
def test_a_refresh_of_ignored_objects_only_exits_with_1(world: World) -> None:
    world.configure({**SITE, "exclude": ["*"]})
    result = call(world, "oss://my-site")
    assert (result.exit_code, "There is nothing to refresh." in result.stdout, world.backlog) == (1, True, [])


@pytest.mark.parametrize("line", ["my-site/a b.jpg\n", "oss://my-site/a b.jpg", "\n\nmy-site/a b.jpg\r\n"])
@pytest.mark.usefixtures("oss")
def test_keys_come_from_a_file_or_from_stdin(world: World, tmp_path: Path, line: str) -> None:
    (tmp_path / "keys").write_text("\ufeff" + line)
    call(world, "--keys", str(tmp_path / "keys"))
    assert waiting(world) == of("a%20b.jpg")
    call(world, "--keys", "-", stdin="my-site/b.jpg")
    assert waiting(world) == of("a%20b.jpg", "b.jpg")


@pytest.mark.usefixtures("oss")
def test_a_directory_becomes_one_item(world: World) -> None:
    call(world, "--directory", "https://WWW.example.com/img/", "--directory", url("a/"))
    assert [(message["object_type"], message["urls"]) for message in world.backlog] == [
        ("Directory", [url("img/"), url("a/")])
    ]


@pytest.mark.usefixtures("oss")
def test_all_sources_make_one_refresh_without_duplicates(world: World, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("my-site/img/000.jpg\nmy-site/index.html\n")
    words = ("oss://my-site/img/", "--keys", str(tmp_path / "keys"), "--directory", url("d/"))
    assert document(world, *words)["cost"] == {"Directory": 1, "File": 32}


@pytest.mark.usefixtures("oss")
def test_items_that_the_backlog_refuses_are_reported(world: World) -> None:
    world.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied"))
    result = call(world, "oss://my-site/img/")
    assert (result.exit_code, "30 could be put nowhere, AccessDenied" in result.stderr) == (2, True)


@pytest.mark.usefixtures("oss")
def test_an_item_that_the_cdn_refuses_for_good_exits_with_1(world: World) -> None:
    world.cdn.domains["www.example.com"] = "InvalidDomain.Offline"
    result = call(world, "oss://my-site/img/", "--now")
    assert (result.exit_code, len(world.dead_letters)) == (1, 1)
    assert "30 given up" in result.stdout


@pytest.mark.usefixtures("oss")
def test_the_librarys_log_stays_off_the_terminal(world: World) -> None:
    world.cdn.faults = always(Refusal(400, "MalformedURL"))
    result = call(world, "oss://my-site/img/", "--now")
    assert '{"event"' not in result.output


@pytest.mark.parametrize("level", ["DEBUG", "ERROR"])
@pytest.mark.usefixtures("oss")
def test_the_reasons_do_not_depend_on_the_level_of_the_log(world: World, level: str) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 20})
    world.environ["LOG_LEVEL"] = level
    found = document(world, "oss://my-site/img/", "--now")
    assert (found["refreshed"], found["deferred"], found["reasons"]) == (20, 10, {"Pace": 10})


def test_a_key_that_is_too_long_for_any_message_is_counted_as_lost(world: World, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(f"my-site/{70_000 * 'k'}\nmy-site/a.jpg\n")
    found = document(world, "--keys", str(tmp_path / "keys"), "--now")
    assert (found["items"], found["refreshed"], found["dead_lettered"], found["lost"]) == (2, 1, 0, 1)


@pytest.mark.usefixtures("oss")
def test_missing_queues_are_reported_before_the_first_call(world: World) -> None:
    for name in ("BACKLOG_QUEUE", "DEAD_LETTER_QUEUE"):
        del world.environ[name]
    result = call(world, "oss://my-site/img/", "--now")
    assert (result.exit_code, "BACKLOG_QUEUE and DEAD_LETTER_QUEUE are not both set" in result.stderr) == (0, True)


# Bad input: one line, exit code 2, and nothing half done


def fails(world: World, said: str, *words: str) -> None:
    result = call(world, *words)
    assert (result.exit_code, result.stderr.count("\n"), world.backlog, world.refreshes) == (2, 1, [], [])
    assert said in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing to refresh: give oss://bucket/prefix"),
        (("my-site/img/",), '"my-site/img/" is no place in OSS'),
        (("oss://",), "is no place in OSS"),
        (("oss://UPPER/",), "is no bucket of the configuration"),
        (("oss://nobody/img/",), "is no bucket of the configuration"),
        (("oss://my-site/nothing/",), "oss://my-site/nothing/: no key begins with that prefix"),
        (("oss://my-site//img/",), "it begins without a slash"),
        (("--directory", "https://www.example.com/img"), "a Directory must end with /"),
        (("--directory", "https://elsewhere.com/img/"), "elsewhere.com is no domain of the configuration"),
        (("--directory", "img/"), "does not begin with http"),
        (("--keys", "/nonexistent"), "/nonexistent"),
    ],
)
@pytest.mark.usefixtures("oss")
def test_a_place_without_an_object_is_refused(world: World, words: tuple[str, ...], said: str) -> None:
    if words:
        fails(world, said, *words)
    else:
        assert said in call(world).stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"my-site/a\nnothing\nmy-site/b\n", 'line 2: "nothing" names no object'),
        (b"my-site/a\nmy-site/\xff\n", "line 2: it is not UTF-8"),
    ],
)
@pytest.mark.usefixtures("oss")
def test_a_line_without_an_object_is_refused(world: World, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "keys").write_bytes(content)
    fails(world, said, "--keys", str(tmp_path / "keys"))


@pytest.mark.usefixtures("oss")
def test_a_bad_source_stops_the_refresh_of_a_good_one(world: World) -> None:
    fails(world, "no key begins with that prefix", "oss://my-site/img/", "oss://my-site/nothing/")


@pytest.mark.usefixtures("oss")
def test_a_backlog_without_a_name_is_reported(world: World) -> None:
    queues = {name: world.environ.pop(name) for name in ("BACKLOG_QUEUE",)}
    result = call(world, "oss://my-site/img/")
    world.environ |= queues
    assert (result.exit_code, "BACKLOG_QUEUE is not set" in result.stderr, world.backlog) == (2, True, [])


@contextmanager
def answering(world: World, status: int, body: bytes) -> Iterator[None]:
    """An OSS with the same answer to every request."""
    with Server(lambda _request: Response(status, body, {"Content-Type": "application/xml"})) as server:
        world.environ["OSS_ENDPOINT"] = server.url
        yield


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("AccessDenied", 403, "grant oss:ListObjects"),
        ("RequestTimeTooSkewed", 403, "set the clock"),
        ("InvalidAccessKeyId", 403, "check the credentials"),
        ("InternalError", 500, "InternalError"),
    ],
)
@pytest.mark.usefixtures("oss")
def test_every_refusal_of_oss_is_reported_in_one_line(world: World, code: str, status: int, said: str) -> None:
    refusal = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>No.</Message></Error>"
    with answering(world, status, refusal.encode()):
        fails(world, said, "oss://my-site/img/")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html>"),
        (200, b"<html></html>"),
        (200, b"<ListBucketResult><IsTruncated>perhaps</IsTruncated></ListBucketResult>"),
        (404, b"\xff\xfe"),
    ],
)
@pytest.mark.usefixtures("oss")
def test_an_answer_of_another_service_than_oss_is_reported(world: World, status: int, body: bytes) -> None:
    with answering(world, status, body):
        fails(world, "is not OSS's", "oss://my-site/img/")


@pytest.mark.usefixtures("oss")
def test_a_port_without_a_listener_is_reported(world: World) -> None:
    world.environ["OSS_ENDPOINT"] = "http://127.0.0.1:9"
    fails(world, "no answer of http://127.0.0.1:9", "oss://my-site/img/")


@pytest.mark.parametrize("key", ["图" * 341, "a/" + "é" * 510, "%" * 900])
def test_a_dry_run_says_which_urls_would_become_dead_letters(world: World, tmp_path: Path, key: str) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text(f"my-site/{key}\nmy-site/a.jpg\n", encoding="utf-8")
    found = document(world, "--keys", str(keys), "--dry-run")
    assert (found["items"], found["cost"], len(found["dead_letters"])) == (2, {"File": 1}, 1)
    result = call(world, "--keys", str(keys), "--dry-run")
    assert (result.exit_code, "1 item would be refreshed." in result.stdout) == (1, True)
    assert "would become a dead letter: the URL has " in result.stderr


def test_a_dry_run_shows_a_named_url_that_is_too_long_as_a_dead_letter(world: World) -> None:
    long = url("a.jpg?" + "x" * 4_000)
    found = document(world, long, "--dry-run")
    (letter,) = found["dead_letters"]
    assert (letter["url"], "characters, more than" in letter["reason"]) == (long, True)
    assert (found["items"], found["cost"]) == (2, {"File": 1})
    result = call(world, long, "--dry-run")
    assert (result.exit_code, world.backlog) == (1, [])
    assert "1 item would be refreshed." in result.stdout
    assert "would become a dead letter" in result.stderr
