"""`make demo` tells the truth: exit 0 when all of it happened, 1 when anything did not."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from oss_cdn_refresh_box.cloud import TEMPLATE
from oss_cdn_refresh_box.demo.__main__ import main
from oss_cdn_refresh_box.demo.site import CONFIG

ROOT = TEMPLATE.parent
LIAR = """
import json
def initialize(context): pass
def handler(event, context):
    return {"changes": 1, "urls": 2, "refreshed": 2, "deferred": 0, "dead_lettered": 0, "task_ids": ["1"]}
"""


def sabotaged(folder: Path, *without: str, **changed: Any) -> str:
    """A copy of the template whose functions are others; those named in `without` have no trigger."""
    document = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))
    for name, stack in (("infra", "ros.yml"), ("monitoring", "monitoring.yml")):
        document["resources"][name]["props"]["template"] = str(ROOT / "infra" / stack)
    for name in ("refresh", "drain"):
        document["resources"][name]["props"] |= {"code": str(ROOT / "functions"), **changed}
    for name in without:
        document["resources"][name]["props"]["triggers"] = []
    (folder / "template.yml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return str(folder / "template.yml")


def test_the_demo_shows_the_main_job_in_plain_text_where_there_is_no_terminal() -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "oss_cdn_refresh_box.demo"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "MISS Summer sale" in done.stdout
    assert "HIT  About us all           HIT  About us and you" in done.stdout
    assert "2 URLs complete, 1 failed (Origin Return StatusCode 5XX)" in done.stdout
    assert "only the URL that failed is submitted again" in done.stdout
    assert "1 URL complete, then preloaded" in done.stdout
    assert "3 URLs of ESA, none of the CDN" in done.stdout
    assert "Directory: https://www.example.com/blog/" in done.stdout
    assert "InvalidItem: www.exmaple.com is no domain of the configuration" in done.stdout
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


@pytest.mark.parametrize("without", [["refresh", "drain"], ["drain"], ["refresh"]])
def test_the_demo_fails_without_either_trigger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], without: list[str]
) -> None:
    assert main(["--template", sabotaged(tmp_path, *without)]) == 1
    assert "expected" in capsys.readouterr().out


def test_the_demo_fails_where_nothing_is_confirmed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = [{name: value for name, value in site.items() if name != "preload"} for site in CONFIG["sites"]]
    monkeypatch.setattr(
        "oss_cdn_refresh_box.demo.__main__.CONFIG", {**CONFIG, "sites": sites, "confirm": {"mode": "never"}}
    )
    assert main(["--template", sabotaged(tmp_path)]) == 1
    assert "✗ only the URL that failed is submitted again" in capsys.readouterr().out


def test_the_demo_believes_the_edge_and_not_the_function(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Here the function only says that it has refreshed."""
    (tmp_path / "refresh.py").write_text(LIAR, encoding="utf-8")
    assert main(["--template", sabotaged(tmp_path, code=str(tmp_path))]) == 1
    assert "✗" in capsys.readouterr().out


@pytest.mark.load
def test_the_picture_of_the_demo_needs_no_network(tmp_path: Path) -> None:
    picture = tmp_path / "demo.svg"
    assert main(["--picture", str(picture)]) == 0
    text = picture.read_text(encoding="utf-8")
    assert ("accepted&#160;is&#160;not&#160;fresh" in text, "@font-face" in text) == (True, False)
