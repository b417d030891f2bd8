"""The fixture `oss_cdn_box` in a project of somebody else, which has only pytest and the plugin."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from boxes import ENVIRON, PATHS, ROOT
from pages import PAGES

from oss_cdn_refresh_box.box import marked
from oss_cdn_refresh_box.box.terms import Terms

PLUGIN = "oss_cdn_refresh_box.box.pytest_plugin"
(SMALL,) = re.findall(r"```python\n(import oss2\n.*?)```", PAGES["docs/box.md"], re.DOTALL)


def project(folder: Path, source: str, *words: str, code: str = "pass") -> "subprocess.CompletedProcess[str]":
    """Run the tests of a project with the plugin, as pytest does where the package is installed."""
    (folder / "test_project.py").write_text(source, encoding="utf-8")
    starting = f"{code}; import pytest, sys; sys.exit(pytest.main(sys.argv[1:]))"
    return subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", starting, "-p", PLUGIN, "-p", "no:cacheprovider", "-q", *words],
        cwd=folder,
        env={**ENVIRON, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_small_project_of_the_page_uses_the_fixture(tmp_path: Path) -> None:
    done = project(tmp_path, SMALL)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True)


def test_the_marker_says_what_is_in_the_box(tmp_path: Path) -> None:
    source = """
import pytest

@pytest.mark.oss_cdn_box(buckets=["one"], domains=["dcdn:img.example.com"], queues=["work"])
def test_it(oss_cdn_box):
    assert oss_cdn_box.domains == {"img.example.com": ["one"]} and oss_cdn_box.queue("work")
"""
    done = project(tmp_path, source, "--strict-markers")
    assert (done.returncode, "1 passed" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('["my-site"]', "['my-site'] has no name: write such as buckets=["),
        ('bucket="my-site"', "bucket is no term: write one of buckets, domains,"),
        ('buckets="my-site"', "buckets is 'my-site': write a list of texts"),
        ('delay="5"', "delay is '5': write seconds, from 0 to 86400"),
        ("delay=-1", "delay is -1: write seconds"),
        ("port=65_530", "port is 65530: write a number from 1024 to 65528, or 0"),
        ("base64=True", "base64 encodes the messages about changes, and no queue gets any: name one with notify"),
        ('buckets=["X"]', '"X" is no name of a bucket'),
    ],
)
def test_a_wrong_marker_is_explained_in_one_line(tmp_path: Path, written: str, said: str) -> None:
    source = f"import pytest\n\n@pytest.mark.oss_cdn_box({written})\ndef test_it(oss_cdn_box): pass\n"
    done = project(tmp_path, source)
    assert (done.returncode, f"\nthe marker oss_cdn_box: {said}" in done.stdout) == (1, True), done.stdout


def test_every_term_can_be_written_in_the_marker() -> None:
    assert tuple(marked.TYPES) == Terms._fields


def test_a_project_without_the_fixture_imports_nothing_of_it(tmp_path: Path) -> None:
    source = """
import sys

def test_it():
    heavy = ("oss_cdn_refresh_cli", "oss_cdn_refresh.", "trustme", "requests", "yaml", "oss2")
    assert [name for name in sys.modules if name.startswith(heavy)] == []
"""
    done = project(tmp_path, source)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True)


def test_what_pip_left_in_a_clone_does_not_change_its_tests(tmp_path: Path) -> None:
    left = tmp_path / "oss_cdn_refresh.egg-info"
    left.mkdir()
    (left / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: oss-cdn-refresh\nVersion: 0.0.1\n", encoding="utf-8")
    (left / "entry_points.txt").write_text("[pytest11]\noss_cdn_refresh_box = a_module_of_before\n", encoding="utf-8")
    words = ("-m", "pytest", "--collect-only", "-q", "--no-cov", "-p", "no:cacheprovider", "tests/test_urls.py")
    environ = {**ENVIRON, "PYTHONPATH": f"{PATHS}:{tmp_path}"}
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, *words], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_without_the_extra_the_fixture_says_how_to_install_it(tmp_path: Path) -> None:
    source = "def test_it(oss_cdn_box): pass\n"
    done = project(tmp_path, source, code="import sys; sys.modules['trustme'] = None")
    said = "pip install 'oss-cdn-refresh[box]'"
    assert (done.returncode, said in done.stdout, "Traceback" in done.stdout) == (1, True, False)


def test_without_the_extra_the_command_says_how_to_install_it() -> None:
    code = "import sys; sys.modules['trustme'] = None; from oss_cdn_refresh_cli.cli import main; main(['box'])"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], env=ENVIRON, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.startswith("Error: "), done.stderr.count("\n")) == (2, True, 1)
    assert "pip install 'oss-cdn-refresh[box]'" in done.stderr
