"""Keys without their bucket, and buckets that the configuration does not name, are refused before any request."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from audited import Audited
from click.testing import Result
from command import run
from world import World

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # oss2, on Python 3.12
COMMANDS = (("refresh",), ("refresh", "--now"), ("refresh", "--dry-run"), ("audit",), ("audit", "--repair"), ("plan",))
each_command = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)


def call(world: World, folder: Path, words: Sequence[str], keys: str, *, piped: bool = False) -> Result:
    """A command with a file of keys."""
    file = folder / "keys.txt"
    file.write_text(keys, encoding="utf-8")
    environ = {**world.environ, "XDG_STATE_HOME": str(folder)}
    source = "-" if piped else str(file)
    return run(*words, "--keys", source, environ=environ, clock=world.clock, stdin=keys if piped else None)


FORGOTTEN = (
    "a/b.html\n",
    "img/a.jpg\ndocs/b.html\nc/d\ne/f\n",
    "a/b.html\nmy-site/a.jpg\n",
    "oss://other/a.jpg\n",
    "my-sit/a.jpg\n",
    "my-site2/a.jpg\n",
    "\ufeffa/b.html\r\n",
    "css/site.css",
)
FORGOTTEN_LATER = ("my-site/a.jpg\na/b.html\n", "my-site/a.jpg\n\n\nassets/\u4f60\u597d.png\n")
READ_AT_ONCE = [words for words in COMMANDS if words[0] != "audit"]  # an audit of a pipe looks at each line as it comes


@pytest.mark.parametrize(
    ("words", "piped", "keys"),
    [
        *product(COMMANDS, [False, True], FORGOTTEN),
        *product(COMMANDS, [False], FORGOTTEN_LATER),
        *product(READ_AT_ONCE, [True], FORGOTTEN_LATER),
    ],
    ids=ascii,
)
def test_a_key_without_its_bucket_is_refused(
    world: World, tmp_path: Path, words: Sequence[str], keys: str, *, piped: bool
) -> None:
    result = call(world, tmp_path, words, keys, piped=piped)
    assert (result.exit_code, result.stderr.count("Error: ")) == (2, 1)
    assert "no bucket of the configuration: write bucket/key, such as my-site/" in result.stderr
    assert (world.refreshes, world.backlog) == ([], [])


@pytest.mark.parametrize("words", [(), ("--repair",)], ids=" ".join)
@pytest.mark.parametrize("keys", FORGOTTEN_LATER, ids=ascii)
def test_an_audit_of_a_pipe_ends_at_a_key_without_its_bucket(site: Audited, words: Sequence[str], keys: str) -> None:
    result = site.run(*words, "--keys", "-", stdin=keys)
    assert (result.exit_code, result.stderr.count("Error: ")) == (2, 1)
    assert "no bucket of the configuration: write bucket/key, such as my-site/" in result.stderr


def test_the_error_names_the_first_lines_without_a_bucket(world: World, tmp_path: Path) -> None:
    result = call(world, tmp_path, ("refresh",), "my-site/a\na/b.html\n\nc/d\ne/f\ng/h\ni/j\n")
    assert "keys.txt: lines 2, 4, 5 and 2 more: " in result.stderr
    assert '"a/b.html", "c/d", "e/f"' in result.stderr
    assert "my-site/a/b.html" in result.stderr


def test_the_error_names_all_buckets_of_the_configuration(world: World, tmp_path: Path) -> None:
    world.configure({"bucket": "b-1", "domains": ["d0.example.com"]}, {"bucket": "a-2", "domains": ["d1.example.com"]})
    assert "the buckets are a-2, b-1" in call(world, tmp_path, ("refresh",), "a/b.html\n").stderr


@pytest.mark.parametrize("words", [("refresh",), ("refresh", "--now"), ("audit",)], ids=" ".join)
def test_a_prefix_in_a_bucket_of_no_site_is_refused(site: Audited, words: Sequence[str]) -> None:
    environ = site.world.environ
    result = run(*words, "oss://my-site/", "oss://other/x", environ=environ, clock=site.world.clock)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert 'oss://other/x: "other" is no bucket of the configuration: name one of them: my-site' in result.stderr


@each_command
def test_keys_of_known_buckets_are_accepted(world: World, tmp_path: Path, words: Sequence[str]) -> None:
    assert "no bucket" not in call(world, tmp_path, words, "my-site/a/b.html\noss://my-site/c\n").stderr
