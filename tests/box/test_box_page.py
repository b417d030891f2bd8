"""docs/box.md: every program of the page, and every command, runs as the page says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from boxes import ENVIRON, PATHS, ROOT, started
from pages import PAGES, blocks

from oss_cdn_refresh_box.cdn import visit

PAGE = PAGES["docs/box.md"]
OUTPUTS = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)  # of pipeline.sh and of events.sh
PROGRAMS = dict(re.findall(r"[Ss]ave (?:it|this) as\s+`([a-z_.]+)`.*?```\w+\n(.*?)```", PAGE, re.DOTALL))
HTTPS = (
    'REQUESTS_CA_BUNDLE="$BOX_CERTIFICATES" oss-cdn-refresh wait oss://my-site --connect-to "$BOX_EDGE" '
    "--refresh-config config.yml"
)
PIPELINE = "mkdir -p public && echo hello > public/a.txt\nsh pipeline.sh"
CALLED = {
    "python3 -m pip install '.[box]'",  # tests/load/test_box_installed.py
    "oss-cdn-refresh box",
    "python3 -m pytest test_upload.py",
    PIPELINE,
    HTTPS,
    "sh events.sh",
    "oss-cdn-refresh box --template template.yml",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the programs of the page, a folder to upload, and the commands on the path."""
    for name, text in PROGRAMS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "a.txt").write_text("new", encoding="utf-8")
    (tmp_path / "bin").mkdir()
    for name, module in (("oss-cdn-refresh", "-m oss_cdn_refresh_cli"), ("python3", "-W ignore")):
        command = tmp_path / "bin" / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n', encoding="utf-8")
        command.chmod(0o755)
    return tmp_path


def run(folder: Path, command: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of the page in the folder."""
    environ = {
        **ENVIRON,
        "PATH": f"{folder / 'bin'}:{ENVIRON['PATH']}",
        "PYTHONPATH": PATHS,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "-p oss_cdn_refresh_box.box.pytest_plugin -p no:cacheprovider",
        "XDG_STATE_HOME": str(folder / "state"),
        **variables,
    }
    return subprocess.run(  # noqa: S603 - our own page
        ["/bin/sh", "-c", command], cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=90
    )


def test_every_command_of_the_page_is_run_by_a_test() -> None:
    shown = [block for block in re.findall(r"```sh\n(.*?)\n```", PAGE, re.DOTALL) if not block.startswith("set -eu")]
    assert set(shown) == CALLED


def test_the_page_has_a_name_for_each_program() -> None:
    assert list(PROGRAMS) == ["upload.py", "test_upload.py", "pipeline.sh", "consumer.py", "events.sh"]


def test_both_languages_show_the_same_programs() -> None:
    assert blocks(PAGE) == blocks(PAGES["docs/box.zh-CN.md"])


def test_the_upload_script_passes_its_test(folder: Path) -> None:
    done = run(folder, "python3 -m pytest test_upload.py")
    assert (done.returncode, "1 passed" in done.stdout) == (0, True)


def test_without_the_refresh_the_upload_script_fails_its_test(folder: Path) -> None:
    script = folder / "upload.py"
    script.write_text(re.sub(r"^cdn\.refresh.*$", "", PROGRAMS["upload.py"], flags=re.MULTILINE), encoding="utf-8")
    done = run(folder, "python3 -m pytest test_upload.py")
    assert (done.returncode, "1 failed" in done.stdout, "b'old' == b'new'" in done.stdout) == (1, True, True)


def test_the_upload_script_refreshes_a_name_that_a_url_has_to_escape(folder: Path) -> None:
    (folder / "test_upload.py").write_text(
        PROGRAMS["test_upload.py"].replace("a.txt", "ü 100%.txt").replace('/ü 100%.txt")', '/%C3%BC%20100%25.txt")'),
        encoding="utf-8",
    )
    done = run(folder, "python3 -m pytest test_upload.py")
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout


def test_the_pipeline_waits_until_the_edge_is_fresh(folder: Path) -> None:
    done = run(folder, PIPELINE)
    assert (done.returncode, done.stdout, done.stderr) == (0, OUTPUTS[0], "")


def test_the_pipeline_stops_where_the_box_cannot_start(folder: Path) -> None:
    script = folder / "pipeline.sh"
    script.write_text(PROGRAMS["pipeline.sh"].replace("--quiet", "--quiet --bucket X"), encoding="utf-8")
    done = run(folder, "sh pipeline.sh")
    assert (done.returncode != 0, '"X" is no name of a bucket' in done.stderr) == (True, True)


def test_a_configuration_with_https_is_waited_for(folder: Path) -> None:
    (folder / "config.yml").write_text("sites: [{bucket: my-site, domains: [www.example.com]}]", encoding="utf-8")
    with started("--delay", "0") as box:
        run(folder, "python3 upload.py public", **box.document["environment"])
        done = run(folder, HTTPS, **box.document["environment"])
    assert (done.returncode, done.stderr) == (0, "")


def test_the_consumer_prints_what_was_uploaded(folder: Path) -> None:
    done = run(folder, "sh events.sh")
    assert (done.returncode, done.stdout, done.stderr) == (0, OUTPUTS[1], "")


def test_the_fixture_of_the_page_passes(folder: Path) -> None:
    (marked,) = re.findall(r"```python\n(import pytest\n.*?)```", PAGE, re.DOTALL)
    (folder / "test_marked.py").write_text(marked, encoding="utf-8")
    done = run(folder, "python3 -m pytest --strict-markers test_marked.py")
    assert (done.returncode, "1 passed" in done.stdout) == (0, True)


def test_the_functions_of_a_clone_refresh_the_edge(folder: Path) -> None:
    url = "http://www.example.com/a.txt"
    with started("--template", "template.yml", "--delay", "0", cwd=ROOT) as box:
        edge = f"http://{box.document['edge']}"
        assert visit(edge, url).status == 404  # which the edge caches
        upload = "\n".join(line for line in PROGRAMS["upload.py"].splitlines() if not line.startswith("cdn.refresh"))
        (folder / "upload.py").write_text(upload, encoding="utf-8")
        run(folder, "python3 upload.py public", **box.document["environment"])
        waiting = 'oss-cdn-refresh wait oss://my-site --connect-to "$BOX_EDGE" --every 1 --within 60'
        environ = {**box.document["environment"], "REQUESTS_CA_BUNDLE": box.document["environment"]["BOX_CERTIFICATES"]}
        done = run(folder, waiting, **environ)
        assert (done.returncode, visit(edge, url).body) == (0, b"new")


def test_the_first_visit_of_the_page_is_answered(folder: Path) -> None:
    (visiting,) = re.findall(r"`(curl [^`]+)`", PAGE)
    with started() as box:
        command = visiting.replace("curl", "python3 curl.py")
        (folder / "curl.py").write_text(
            "import sys, urllib.request as u\n"
            "_, _, header, url = sys.argv\n"
            "request = u.Request(url, headers=dict([header.split(': ')]))\n"
            "try: u.urlopen(request)\n"
            "except u.HTTPError as error: print(error.code)\n",
            encoding="utf-8",
        )
        done = run(folder, command, **box.document["environment"])
    assert (done.stdout, done.stderr) == ("404\n", "")
