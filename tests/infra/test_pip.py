"""The operator's settings of pip choose the source of packages, and never their destination."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest
from seeding import ROOT

from layers import pip

Told = Callable[..., Mapping[str, str]]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """The variables of pip that are left of a pip.conf and an environment."""

    def read(conf: str = "", **environ: str) -> Mapping[str, str]:
        (tmp_path / "pip.conf").write_text(conf, encoding="utf-8")
        left = pip.settled(environ, [pip.read(tmp_path / "pip.conf")])
        return {name: value for name, value in left.items() if name.startswith("PIP_")}

    return read


@pytest.mark.parametrize(
    "setting",
    [
        "user = true",
        "prefix = /nowhere",
        "target = /nowhere",
        "root = /nowhere",
        "require-virtualenv = true",
        "require_virtualenv = true",
        "no-compile = true",
        "no-binary = :all:",
        "only-binary = :none:",
        "constraint = /nowhere/constraints.txt",
        "require-hashes = true",
        "no-deps = true",
        "dry-run = true",
        "platform = win32",
        "isolated = true",
        "quiet = 3",
        "log = /nowhere/pip.log",
    ],
)
@pytest.mark.parametrize("section", ["global", "install"])
def test_a_setting_that_says_where_or_how_to_install_is_left_out(told: Told, setting: str, section: str) -> None:
    name = "PIP_" + setting.partition(" ")[0].upper().replace("-", "_")
    assert name not in told(f"[{section}]\n{setting}\n")


@pytest.mark.parametrize(
    ("setting", "variable", "value"),
    [
        ("index-url = https://me:p%40ss@example.com/simple", "PIP_INDEX_URL", "https://me:p%40ss@example.com/simple"),
        ("index_url = https://example.com/simple", "PIP_INDEX_URL", "https://example.com/simple"),
        ("extra-index-url =\n  https://a.example\n  https://b.example", "PIP_EXTRA_INDEX_URL", None),
        ("cert = /own/ca.pem", "PIP_CERT", "/own/ca.pem"),
        ("client-cert = /own/me.pem", "PIP_CLIENT_CERT", "/own/me.pem"),
        ("trusted-host = example.com", "PIP_TRUSTED_HOST", "example.com"),
        ("proxy = http://proxy.example:3128", "PIP_PROXY", "http://proxy.example:3128"),
        ("find-links = /wheels", "PIP_FIND_LINKS", "/wheels"),
        ("no-index = true", "PIP_NO_INDEX", "true"),
        ("timeout = 60", "PIP_TIMEOUT", "60"),
        ("cache-dir = /cache", "PIP_CACHE_DIR", "/cache"),
    ],
)
@pytest.mark.parametrize("section", ["global", "install"])
def test_a_setting_that_says_where_packages_come_from_is_kept(
    told: Told, setting: str, variable: str, value: str | None, section: str
) -> None:
    expected = (value or "https://a.example https://b.example").split()
    assert told(f"[{section}]\n{setting}\n").get(variable, "").split() == expected


def test_the_section_of_install_wins_over_the_global_one(told: Told) -> None:
    conf = "[install]\nindex-url = https://install.example\n[global]\nindex-url = https://global.example\n"
    assert told(conf)["PIP_INDEX_URL"] == "https://install.example"


def test_the_environment_wins_over_the_file(told: Told) -> None:
    left = told("[install]\nindex-url = https://file.example\n", PIP_INDEX_URL="https://environment.example")
    assert left["PIP_INDEX_URL"] == "https://environment.example"


@pytest.mark.parametrize("name", ["PIP_USER", "PIP_PREFIX", "PIP_TARGET", "PIP_REQUIRE_VIRTUALENV", "PIP_NO_BINARY"])
def test_a_variable_that_says_where_or_how_to_install_is_left_out(told: Told, name: str) -> None:
    assert name not in told(**{name: "1"})


def test_no_file_is_read_a_second_time(told: Told) -> None:
    assert told("[global]\nuser = true\n")["PIP_CONFIG_FILE"] == os.devnull


def test_the_last_of_several_files_wins() -> None:
    shown = """\
env_var:
  PIP_INDEX_URL='https://example.com'
env:
  /own/pip.conf, exists: True
    global.index-url: https://own.example
global:
  /etc/xdg/pip/pip.conf, exists: False
  /etc/pip.conf, exists: True
    global.index-url: https://all.example
site:
  /venv/pip.conf, exists: True
user:
  /home/me/.config/pip/pip.conf, exists: True
"""
    expected = ["/etc/pip.conf", "/home/me/.config/pip/pip.conf", "/venv/pip.conf", "/own/pip.conf"]
    assert pip.files(shown) == [Path(file) for file in expected]


@pytest.mark.parametrize("text", ["user = true\n", "[global\n", "[global]\nnonsense\n", "[global]\na=1\na=2\n"])
def test_a_broken_file_is_reported_in_one_line(told: Told, text: str) -> None:
    with pytest.raises(pip.UnreadableSettings, match=r"^[^\n]+pip\.conf[^\n]+$"):
        told(text)


@pytest.mark.parametrize(
    "setting",
    [
        "user = true",
        pytest.param("prefix = {0}/prefix", marks=pytest.mark.load),
        pytest.param("target = {0}/target", marks=pytest.mark.load),
    ],
)
def test_a_package_is_installed_where_we_say_whatever_is_set(tmp_path: Path, setting: str) -> None:
    """The test makes the wheel, so that it needs no network."""
    (tmp_path / "pip.conf").write_text(
        f"[global]\n{setting.format(tmp_path)}\nrequire-virtualenv = true\n", encoding="utf-8"
    )
    (tmp_path / "wheels").mkdir()
    command = [sys.executable, "-m", "layers.pip", "install", "-qq", "--no-index", "--target", str(tmp_path / "here")]
    command += [str(wheel(tmp_path / "wheels"))]
    environ = {**os.environ, "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr, (tmp_path / "here" / "one.py").exists()) == (0, "", True)


def wheel(folder: Path) -> Path:
    """A wheel with one module in it."""
    file = folder / "one-1.0-py3-none-any.whl"
    with ZipFile(file, "w") as archive:
        archive.writestr("one.py", "")
        archive.writestr("one-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: one\nVersion: 1.0\n")
        archive.writestr("one-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("one-1.0.dist-info/RECORD", "one.py,,\none-1.0.dist-info/METADATA,,\n")
    return file


def test_the_operator_s_index_is_used(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nuser = true\nindex-url = https://index.example/simple\n", "utf-8")
    left = pip.environment({"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")})
    assert (left["PIP_INDEX_URL"], "PIP_USER" in left) == ("https://index.example/simple", False)


def test_settings_that_pip_cannot_read_are_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("[global\n", encoding="utf-8")
    with pytest.raises(pip.UnreadableSettings, match=r"^pip's settings: pip config debug said: [^\n]+$"):
        pip.environment({"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")})


def test_the_makefile_installs_with_no_other_pip() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "-m pip" in line] == []
