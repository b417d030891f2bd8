"""Every page for people: its links have targets, and its commands, queries and messages are valid."""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from pages import PAGES, ROOT, anchors, calls, links, understood
from sls import a_logstore
from world import World

from oss_cdn_refresh import events
from oss_cdn_refresh.events import confirmations
from oss_cdn_refresh.events.message_format import BACKLOG, CONFIRMATION
from oss_cdn_refresh.planner import inventory
from oss_cdn_refresh.planner.inventory import KIND
from oss_cdn_refresh_cli.cli import main
from oss_cdn_refresh_cli.edge.explaining.causes import CAUSES, Cause

EACH = pytest.mark.parametrize("name", PAGES)
COMMANDS = sorted({call for text in PAGES.values() for call in calls(text, "oss-cdn-refresh")})
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
LIBRARY = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "functions").rglob("*.py"))
LOGGED = r'(?:\.(?:info|warning|error)\(\s*|kept=)"(\w+)"'
OPERATING = ["docs/operating.md", "docs/operating.zh-CN.md"]


@EACH
def test_every_link_has_a_target(name: str) -> None:
    here = ROOT / name
    astray = []
    for target in links(PAGES[name]):
        path, _, anchor = target.partition("#")
        file = (here.parent / path).resolve() if path else here
        known = anchors(file.read_text(encoding="utf-8")) if file.suffix == ".md" and file.is_file() else []
        if not file.exists() or (anchor and anchor not in known):
            astray.append(target)
    assert astray == []


@pytest.mark.parametrize("call", COMMANDS)
def test_every_shown_call_of_the_command_is_valid(call: str) -> None:
    """Optional parts are in brackets."""
    assert understood(shlex.split(re.sub(r"[][]", "", call), comments=True))


@EACH
def test_every_mentioned_make_target_exists(name: str) -> None:
    assert {call.split()[0] for call in calls(PAGES[name], "make")} <= TARGETS


def test_every_page_is_linked_from_the_readme_or_for_maintainers_from_contributing() -> None:
    english = {name for name in PAGES if ".zh-CN" not in name and name != "README.md"}
    linked = [target.partition("#")[0] for name in ("README.md", "CONTRIBUTING.md") for target in links(PAGES[name])]
    assert english - set(linked) == set()


@pytest.mark.parametrize("name", ["docs/monitoring.md", "docs/monitoring.zh-CN.md"])
@pytest.mark.parametrize("event", ["summary", "deferred", "dead_lettered", *sorted(set(re.findall(LOGGED, LIBRARY)))])
def test_every_log_line_is_explained(event: str, name: str) -> None:
    assert f"\n### `{event}`\n" in PAGES[name]


@pytest.mark.parametrize("name", ["docs/troubleshooting.md", "docs/troubleshooting.zh-CN.md"])
@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_every_cause_of_explain_has_its_row(cause: Cause, name: str) -> None:
    assert re.search(rf"^\| [^|]*`{cause.name}`[^|]* \|", PAGES[name], re.MULTILINE)


@pytest.mark.parametrize("name", OPERATING)
def test_the_shown_message_is_a_valid_message_of_the_backlog(name: str) -> None:
    messages = [block for block in re.findall(r"```json\n(.*?)```", PAGES[name], re.DOTALL) if BACKLOG in block]
    (waiting,) = events.read(json.dumps(json.loads(messages[0])).encode()).waiting
    assert (len(messages), [item.url for item in waiting.items]) == (1, json.loads(messages[0])["urls"])


@pytest.mark.parametrize("name", OPERATING)
def test_the_confirmation_that_is_shown_is_one_with_all_its_fields(name: str) -> None:
    (shown,) = [block for block in re.findall(r"```json\n(.*?)```", PAGES[name], re.DOTALL) if CONFIRMATION in block]
    (read,) = events.read(shown.encode()).confirmations
    assert (json.loads(shown).keys(), list(read.urls)) == (confirmations.FIELDS, json.loads(shown)["urls"])


@pytest.mark.parametrize("name", OPERATING)
def test_the_shown_inventory_is_valid(name: str) -> None:
    (shown,) = [block for block in re.findall(r"```json\n(.*?)```", PAGES[name], re.DOTALL) if KIND in block]
    assert inventory.parse(shown.encode(), name).buckets == json.loads(shown)["buckets"]


@pytest.mark.parametrize("name", OPERATING)
def test_the_shown_plan_is_the_output_of_the_command(tmp_path: Path, name: str) -> None:
    """60 of 80 pictures have changed, all objects of docs/api, and the home page."""
    changed = [f"img/2026/{number}.jpg" for number in range(60)] + [f"docs/api/{number}.html" for number in range(12)]
    live = [f"img/2026/{number}.jpg" for number in range(60, 80)] + [
        f"docs/guide/{number}.html" for number in range(30)
    ]
    changed.append("index.html")
    for file, keys in (("keys.txt", changed), ("live.txt", changed + live)):
        (tmp_path / file).write_text("".join(f"oss://my-site/{key}\n" for key in keys), encoding="utf-8")
    ((words, answer),) = re.findall(r"```text\n\$ oss-cdn-refresh (plan .*)\n((?:.*\n)*?)```", PAGES[name])
    call = [str(tmp_path / word) if word.endswith(".txt") else word for word in shlex.split(words)]
    config = str(ROOT / "functions" / "config.yml")
    result = CliRunner().invoke(main, call, env={"REFRESH_CONFIG": config})
    assert [line.rstrip() for line in result.stdout.splitlines()] == answer.splitlines()


@pytest.mark.parametrize("query", dict.fromkeys(re.findall(r"```sql\n(.*?)```", "".join(PAGES.values()), re.DOTALL)))
def test_every_shown_query_is_valid(world: World, query: str) -> None:
    with a_logstore(world.clock) as logstore:
        assert logstore.ask(query) == []
