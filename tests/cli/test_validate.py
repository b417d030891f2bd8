"""`validate` checks the configuration, and shows what a change of an object refreshes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command import run
from world import SITE, World

PAGES = {**SITE, "exclude": ["drafts/*"], "variants": ["?v=1"]}


def call(world: World, *words: str) -> Result:
    """`validate` in this process."""
    return run("validate", *words, environ=world.environ, clock=world.clock)


def document(world: World, *words: str) -> Any:
    return json.loads(call(world, "--json", *words).stdout)


def test_a_valid_configuration_is_shown_site_by_site(world: World) -> None:
    world.configure(SITE, {"bucket": "images", "domains": ["d1.example.com", "d2.example.com"], "prefix": "img/"})
    result = call(world)
    assert result.exit_code == 0
    assert ["1", "images", "img/", "d1.example.com,", "d2.example.com", "/", "index.html"] in [
        line.split() for line in result.stdout.splitlines()
    ]
    assert "2 sites, 3 domains, all right." in result.stdout


def test_the_document_holds_the_sites(world: World) -> None:
    (site,) = document(world)["sites"]
    assert (site["bucket"], site["domains"], site["index"]) == ("my-site", ["www.example.com"], ["index.html"])


@pytest.mark.parametrize("key", ["my-site/d/index.html", "oss://my-site/d/index.html"])
def test_a_key_is_shown_with_all_that_it_refreshes(world: World, key: str) -> None:
    (shown,) = document(world, "--key", key)["keys"]
    assert [(item["object_type"], item["url"].partition(".com")[2]) for item in shown["items"]] == [
        ("File", "/d/index.html"),
        ("File", "/d/"),
        ("File", "/d"),
    ]
    assert call(world, "--key", key).exit_code == 0


@pytest.mark.parametrize(
    ("key", "why"),
    [("my-site/drafts/a", "excluded"), ("other/a", "no_site"), ("my-site/a/../b", "unreachable")],
)
def test_a_key_that_refreshes_nothing_exits_with_1(world: World, key: str, why: str) -> None:
    world.configure(PAGES)
    assert [shown["ignored"] for shown in document(world, "--key", "my-site/a", "--key", key)["keys"]] == ["", why]
    result = call(world, "--key", key)
    assert (result.exit_code, "ignored: " in result.stdout) == (1, True)


@pytest.mark.parametrize("key", ["my-site", "my-site/", "/a", "oss://my-site", ""])
def test_a_key_without_a_bucket_names_no_object(world: World, key: str) -> None:
    result = call(world, "--key", key)
    assert (result.exit_code, "names no object: write bucket/key" in result.stderr) == (2, True)


def test_a_wrong_configuration_is_reported_in_one_line_with_its_place(world: World) -> None:
    world.configure({**SITE, "domains": ["*.example.com"]})
    result = call(world)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "sites[0].domains[0]" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_missing_file_is_reported(world: World, tmp_path: Path) -> None:
    world.environ["REFRESH_CONFIG"] = str(tmp_path / "nothing.yml")
    result = call(world)
    assert (result.exit_code, "nothing.yml" in result.stderr, result.stderr.count("\n")) == (2, True, 1)


def test_a_wrong_environment_is_reported(world: World) -> None:
    world.environ["DELIVERY"] = "sometimes"
    result = call(world)
    assert (result.exit_code, "write direct or batched" in result.stderr) == (2, True)


def test_control_characters_in_a_key_have_no_effect(world: World) -> None:
    result = call(world, "--key", "my-site/[red]\x1b[31m\u202e.jpg")
    assert "my-site/[red]\\x1b[31m\\u202e.jpg" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize("key", ["图" * 341, "a/" + "é" * 510, "\x01" * 700])
def test_a_url_that_is_too_long_is_shown_as_the_dead_letter_that_it_becomes(world: World, key: str) -> None:
    (shown,) = document(world, "--key", f"my-site/{key}")["keys"]
    assert [letter["url"] for letter in shown["dead_letters"]] == [item["url"] for item in shown["items"]]
    result = call(world, "--key", f"my-site/{key}")
    assert (result.exit_code, "becomes a dead letter: the URL has " in result.stdout) == (1, True)


def test_a_url_that_is_as_long_as_the_cdn_takes_is_no_dead_letter(world: World) -> None:
    assert document(world, "--key", f"my-site/{'a' * 1_023}")["keys"][0]["dead_letters"] == []


@pytest.mark.parametrize("level", ["debug", "WARN", "TRACE"])
def test_an_unknown_log_level_is_reported(world: World, level: str) -> None:
    result = call(world, "--log-level", level)
    told = f'environment: LOG_LEVEL: "{level}" is no level, and INFO is taken: write DEBUG, INFO, WARNING or ERROR'
    assert (result.exit_code, told in result.stderr) == (0, True)
