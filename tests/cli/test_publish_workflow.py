"""The step of docs/recipes/github-actions.md that uploads and deletes what a push changed, in a real repository."""

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from pages import PAGES
from recipe import SCRIPTS

(WORKFLOW,) = re.findall(r"```yaml\n(name: publish\n.*?)```", PAGES["docs/recipes/github-actions.md"], re.DOTALL)
(STEP,) = [step for step in yaml.safe_load(WORKFLOW)["jobs"]["publish"]["steps"] if step.get("name") in SCRIPTS]
OSSUTIL = '#!/bin/sh\necho "$@" >> ossutil.log\ntest ! -e ossutil.fails\n'
ZEROS = "0" * 40  # the commit before the first push of a branch


class Ran(NamedTuple):
    """What the step did: the calls of ossutil, the keys to wait for, and the exit code."""

    ossutil: list[str]
    keys: list[str]
    code: int


class Repository:
    """The site's repository in a folder, with the checkout of the command in `refresh/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "refresh").mkdir()
        (folder / "bin").mkdir()
        (folder / "bin" / "ossutil").write_text(OSSUTIL, encoding="utf-8")
        (folder / "bin" / "ossutil").chmod(0o755)
        self.git("init", "-q")

    def git(self, *words: str) -> str:
        """Run git; its output."""
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        return subprocess.check_output(["git", *who, *words], cwd=self.folder, text=True).strip()  # noqa: S603, S607 - ours

    def commit(self, **files: str | None) -> str:
        """A commit with files of public/, or without one whose text is None; the commit's id."""
        for name, text in files.items():
            file = self.folder / "public" / name
            file.parent.mkdir(exist_ok=True)
            if text is None:
                file.unlink()
            else:
                file.write_text(text, encoding="utf-8")
        self.git("add", "-A", "public")
        self.git("commit", "-q", "--allow-empty", "-m", "a change")
        return self.git("rev-parse", "HEAD")

    def publish(self, before: str) -> Ran:
        """Run the step as GitHub does, by `bash -e`, after a push on top of a commit."""
        environ = {**os.environ, "BEFORE": before, "GITHUB_ENV": str(self.folder / "environment")}
        environ["PATH"] = f"{self.folder / 'bin'}:{environ['PATH']}"
        done = subprocess.run(  # noqa: S603 - our own page
            ["bash", "-e", "-c", STEP["run"]],  # noqa: S607 - as GitHub finds it
            cwd=self.folder,
            env=environ,
            check=False,
            capture_output=True,
        )
        log, keys = self.folder / "ossutil.log", self.folder / "refresh" / "keys.txt"
        calls = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return Ran(calls, keys.read_text(encoding="utf-8").splitlines() if keys.exists() else [], done.returncode)


@pytest.fixture
def site(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_only_changed_files_of_all_commits_of_a_push_are_uploaded(site: Repository) -> None:
    before = site.commit(a="1", b="1", c="1")
    site.commit(a="2")
    site.commit(b="2")
    assert site.publish(before).ossutil == ["cp -f public/a oss://my-site/a", "cp -f public/b oss://my-site/b"]


def test_a_deleted_file_is_deleted_from_the_bucket_and_waited_for(site: Repository) -> None:
    before = site.commit(a="1", b="1")
    site.commit(a=None)
    assert site.publish(before) == Ran(["rm -f oss://my-site/a"], ["my-site/a"], 0)


def test_a_renamed_file_is_deleted_and_uploaded(site: Repository) -> None:
    before = site.commit(a="the same text")
    site.commit(a=None, b="the same text")
    assert site.publish(before).keys == ["my-site/b", "my-site/a"]


def test_a_name_with_a_space_or_chinese_stays_as_it_is(site: Repository) -> None:
    before = site.commit(a="1")
    site.commit(**{"关于 us.html": "1"})
    assert site.publish(before).keys == ["my-site/关于 us.html"]


@pytest.mark.parametrize("before", [ZEROS, "", "1" * 40], ids=["a new branch", "by hand", "a forced push"])
def test_everything_is_uploaded_where_the_commit_before_is_unknown(site: Repository, before: str) -> None:
    site.commit(a="1", b="1")
    assert site.publish(before) == Ran(
        ["cp -f public/a oss://my-site/a", "cp -f public/b oss://my-site/b"], ["my-site/a", "my-site/b"], 0
    )


def test_a_push_that_changes_no_page_has_nothing_to_wait_for(site: Repository) -> None:
    before = site.commit(a="1")
    site.commit()
    assert site.publish(before) == Ran([], [], 0)
    assert (site.folder / "environment").read_text(encoding="utf-8").split() == ["KEYS=0"]


def test_a_failed_upload_fails_the_step(site: Repository) -> None:
    before = site.commit(a="1")
    site.commit(a="2")
    (site.folder / "ossutil.fails").touch()
    assert site.publish(before).code != 0
