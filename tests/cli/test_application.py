"""The deployment of a command: the nearest template.yml of this application, and the .env beside it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import Result
from command import ROOT, run

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_cli.deployment import application
from oss_cdn_refresh_cli.operation.settings import settings

CONFIG = "sites: [{bucket: my-site, domains: [%s]}]"
PLACE = {"ALIBABA_CLOUD_ACCOUNT_ID": "123", "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou"}


class Clone:
    """A folder with a template, functions/ and configurations; `at` is where the command is run."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        (folder / "functions" / "sites").mkdir(parents=True)
        (folder / "docs" / "deep").mkdir(parents=True)
        (folder / "template.yml").write_text("resources:\n  refresh:\n    props:\n      code: ./functions   # ours\n")
        self.configure("functions/config.yml", "d0.example.com")
        self.at(".")

    def configure(self, path: str, domain: str) -> None:
        """Write a configuration that is recognised by its domain."""
        (self.folder / path).write_text(CONFIG % domain)

    def at(self, path: str) -> None:
        """Change the working directory."""
        self._monkeypatch.chdir(self.folder / path)

    def dotenv(self, text: str | bytes) -> None:
        """Write the .env beside the template."""
        (self.folder / ".env").write_bytes(text if isinstance(text, bytes) else text.encode())

    def validate(self, *words: str, **environ: str) -> Result:
        """`validate` in this process."""
        return run("validate", "--json", *words, environ=environ, clock=Clock())

    def domain(self, *words: str, **environ: str) -> str:
        """The domain of the configuration that the command reads."""
        result = self.validate(*words, **environ)
        assert result.exit_code == 0, result.stderr
        (domain,) = json.loads(result.stdout)["sites"][0]["domains"]
        return str(domain)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    (tmp_path / "clone").mkdir()
    return Clone(tmp_path / "clone", monkeypatch)


@pytest.mark.parametrize("here", [".", "docs", "docs/deep", "functions"])
def test_the_configuration_is_found_below_the_code_root_from_any_directory(clone: Clone, here: str) -> None:
    clone.at(here)
    assert clone.domain() == "d0.example.com"


@pytest.mark.parametrize("here", [".", "docs/deep"])
@pytest.mark.parametrize("source", ["environment", "dotenv"])
def test_a_path_in_the_variable_is_relative_to_the_code_root(clone: Clone, here: str, source: str) -> None:
    clone.configure("functions/sites/other.yml", "d1.example.com")
    environ = {"REFRESH_CONFIG": "sites/other.yml"} if source == "environment" else {}
    if source == "dotenv":
        clone.dotenv("REFRESH_CONFIG=sites/other.yml\n")
    clone.at(here)
    assert clone.domain(**environ) == "d1.example.com"


def test_a_path_in_the_option_is_relative_to_the_working_directory(clone: Clone) -> None:
    clone.configure("docs/mine.yml", "d2.example.com")
    clone.at("docs")
    assert clone.domain("--refresh-config", "mine.yml") == "d2.example.com"
    assert clone.domain("--refresh-config", "../functions/config.yml", REFRESH_CONFIG="nowhere.yml") == "d0.example.com"


def test_variable_and_option_take_an_absolute_path(clone: Clone, tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(CONFIG % "d3.example.com")
    assert clone.domain(REFRESH_CONFIG=str(tmp_path / "mine.yml")) == "d3.example.com"
    assert clone.domain("--refresh-config", str(tmp_path / "mine.yml")) == "d3.example.com"


@pytest.mark.parametrize("value", ["functions/config.yml", "./functions/config.yml"])
def test_a_path_from_the_working_directory_is_not_found(clone: Clone, value: str) -> None:
    result = clone.validate(REFRESH_CONFIG=value)
    assert (result.exit_code, "functions/functions/config.yml" in result.stderr) == (2, True)


def test_the_nearest_template_is_used(clone: Clone) -> None:
    inner = clone.folder / "docs" / "deep"
    (inner / "functions").mkdir()
    (inner / "template.yml").write_text("code: ./functions\n")
    clone.configure("docs/deep/functions/config.yml", "d4.example.com")
    clone.at("docs/deep")
    assert clone.domain() == "d4.example.com"
    clone.at("docs")
    assert clone.domain() == "d0.example.com"


@pytest.mark.parametrize(
    "text",
    ["", "code: ./src\n", "# code: ./functions\n", "AWSTemplateFormatVersion: 1\n", "code: ./functions2\n", "\x00"],
)
def test_a_template_of_another_application_is_skipped(clone: Clone, text: str) -> None:
    (clone.folder / "docs" / "template.yml").write_text(text)
    clone.at("docs/deep")
    assert clone.domain() == "d0.example.com"


DAMAGED = {
    "": "it is empty: restore it",
    "# nothing\n": "it is empty: restore it",
    "resources: {\n": "line 2: ",
    "\x00": "it is no YAML",
    "<<<<<<< ours\n": "it is no mapping",
    "resources: [\n      code: ./functions\n": "line ",
}


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_template_is_named_and_no_outer_one_is_used(clone: Clone, text: str) -> None:
    inner = clone.folder / "docs" / "deep"
    (inner / "functions").mkdir()
    (inner / "template.yml").write_text(text)
    clone.configure("docs/deep/functions/config.yml", "d4.example.com")
    clone.at("docs/deep/functions")
    assert clone.domain() == "d4.example.com"
    told = clone.validate().stderr
    assert f"Note: {inner / 'template.yml'}: {DAMAGED[text]}" in told
    assert (told.count("\n"), "no setting is taken from this template" in told) == (1, True)


def test_a_template_that_cannot_be_opened_is_named(clone: Clone) -> None:
    (clone.folder / "template.yml").unlink()
    (clone.folder / "template.yml").mkdir()
    result = clone.validate()
    assert (result.exit_code, "template.yml: Is a directory: let this user read it" in result.stderr) == (0, True)


def test_a_template_of_another_application_beside_its_functions_is_skipped(clone: Clone) -> None:
    (clone.folder / "docs" / "functions").mkdir()
    (clone.folder / "docs" / "template.yml").write_text("Resources:\n  A: !GetAtt B.Arn\n")
    clone.at("docs")
    assert (clone.domain(), clone.validate().stderr) == ("d0.example.com", "")


def test_the_projects_own_template_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "docs")
    assert application.find().code_root == ROOT / "functions"


def test_without_a_template_the_command_says_where_to_run_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("validate", environ={"REFRESH_CONFIG": "config.yml"}, clock=Clock())
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "no template.yml of this application lies in" in result.stderr
    assert "give --refresh-config FILE" in result.stderr


def test_without_a_template_the_option_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yml").write_text(CONFIG % "d0.example.com")
    assert run("validate", "--refresh-config", "mine.yml", environ={}, clock=Clock()).exit_code == 0


def test_without_a_template_doctor_blames_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("doctor", "--json", environ={"CDN_ENDPOINT": "http://127.0.0.1:1"}, clock=Clock())
    found = [each for each in json.loads(result.stdout) if each["check"] == "config" and each["status"] == "failure"]
    assert any("no template.yml of this application" in each["detail"] for each in found)


# The .env beside the template


DOTENV = "\ufeffexport BACKLOG_QUEUE='from-the-file'  # the queue\nALIBABA_CLOUD_REGION_ID: cn-shanghai\nOTHER=x\n"


@pytest.mark.parametrize(
    ("given", "environ", "queue"),
    [
        ({}, {}, "from-the-file"),
        ({}, {"BACKLOG_QUEUE": ""}, "from-the-file"),
        ({}, {"BACKLOG_QUEUE": "from-the-environment"}, "from-the-environment"),
        ({"BACKLOG_QUEUE": "option"}, {"BACKLOG_QUEUE": "from-the-environment"}, "option"),
        ({"BACKLOG_QUEUE": "option"}, {}, "option"),
    ],
)
def test_an_option_overrides_the_environment_and_the_environment_overrides_the_file(
    clone: Clone, given: Mapping[str, str], environ: Mapping[str, str], queue: str
) -> None:
    clone.dotenv(DOTENV)
    told = settings(given, environ, application.find())
    assert (told.backlog, told.region, told.environ["BACKLOG_QUEUE"]) == (queue, "cn-shanghai", queue)


def test_only_known_variables_are_read_from_the_file(clone: Clone) -> None:
    clone.dotenv(DOTENV + "REFRESH_NAME=mine\nALIBABA_CLOUD_ACCESS_KEY_SECRET=secret\n")
    told = settings({}, {}, application.find())
    assert {"OTHER", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"} & told.environ.keys() == set()
    assert told.environ["REFRESH_NAME"] == "mine"


def test_a_file_in_utf_16_is_refused_with_its_remedy(clone: Clone) -> None:
    clone.dotenv("BACKLOG_QUEUE=x\n".encode("utf-16"))
    result = run("backlog", environ={}, clock=Clock())
    assert (result.exit_code, result.stderr.count("\n"), "save it as UTF-8" in result.stderr) == (2, 1, True)


# A region that does not exist


@pytest.mark.parametrize(
    ("region", "near"),
    [
        ("cn-hangzou", "cn-hangzhou"),
        ("oss-cn-hangzhou", "cn-hangzhou"),
        ("CN-HANGZHOU", "cn-hangzhou"),
        ("cn-shangai", "cn-shanghai"),
        ("cn-bejing", "cn-beijing"),
        ("ap-southeast1", "ap-southeast-1"),
        ("cn-shenzen", "cn-shenzhen"),
        ("us-east-l", "us-east-1"),
        ("cn-hangzhou ", "cn-hangzhou"),
        ("eu-central1", "eu-central-1"),
    ],
)
@pytest.mark.parametrize("words", [("backlog",), ("quota",), ("validate",), ("audit", "oss://my-site/")], ids=" ".join)
def test_a_region_that_does_not_exist_is_refused_with_the_nearest_name(
    clone: Clone, words: tuple[str, ...], region: str, near: str
) -> None:
    clone.at("docs")
    for more, environ in (((), {"ALIBABA_CLOUD_REGION_ID": region}), (("--alibaba-cloud-region-id", region), {})):
        result = run(*words, *more, environ=environ, clock=Clock())
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert f"did you mean {near}?" in result.stderr


def test_doctor_reports_a_region_that_does_not_exist(clone: Clone) -> None:
    clone.at("docs")
    environ = {**PLACE, "ALIBABA_CLOUD_REGION_ID": "cn-hangzou", "CDN_ENDPOINT": "http://127.0.0.1:1"}
    result = run("doctor", "--json", "--timeout", "0.2", environ={**environ, **LOCAL}, clock=Clock())
    found = {each["remedy"] for each in json.loads(result.stdout) if each["status"] == "failure"}
    assert "did you mean cn-hangzhou?" in found


LOCAL = {"RAM_ENDPOINT": "http://127.0.0.1:1", "STS_ENDPOINT": "http://127.0.0.1:1"}


@pytest.mark.parametrize("name", ["my_queue.backlog", "q" * 121, "-backlog", "a/b", "\u961f\u5217", "back log"])
@pytest.mark.parametrize("variable", ["BACKLOG_QUEUE", "DEAD_LETTER_QUEUE"])
def test_a_queue_name_that_smq_refuses_is_refused(clone: Clone, variable: str, name: str) -> None:
    clone.at(".")
    result = run("backlog", environ={**PLACE, "BACKLOG_QUEUE": "backlog", variable: name}, clock=Clock())
    assert (result.exit_code, result.stderr.count("\n"), variable in result.stderr) == (2, 1, True)
