"""The page about pipelines: its workflow is valid, and everything that it calls and sets exists."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pages import PAGES, ROOT

from infra.check_template import main
from layers.build import RUNTIMES
from oss_cdn_refresh_cli.deployment.reading.template import load

NAMES = ["docs/pipeline.md", "docs/pipeline.zh-CN.md"]
EACH = pytest.mark.parametrize("name", NAMES)
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
TEMPLATE = load(ROOT / "template.yml", environ={}, account="1234567890123456")


def workflow(name: str) -> dict[str, Any]:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGES[name], re.DOTALL)
    parsed: dict[str, Any] = yaml.safe_load(block)
    return parsed


def steps(name: str) -> Iterator[dict[str, Any]]:
    for job in workflow(name)["jobs"].values():
        yield from job["steps"]


def runs(name: str) -> list[str]:
    return [step["run"] for step in steps(name) if "run" in step]


@EACH
def test_the_workflow_parses_with_its_trigger_and_its_jobs(name: str) -> None:
    """In YAML 1.1, the key `on` means true."""
    parsed = workflow(name)
    assert (list(parsed["jobs"]), parsed[True]["push"]["branches"]) == (["check", "deploy"], ["main"])


def test_both_languages_show_the_same_workflow() -> None:
    assert workflow(NAMES[0]) == workflow(NAMES[1])


@EACH
def test_each_step_uses_an_action_of_a_version_or_runs_a_command(name: str) -> None:
    for step in steps(name):
        assert ("run" in step) != ("uses" in step)
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/checkout@v4"))


@EACH
def test_each_target_of_make_that_the_workflow_calls_exists(name: str) -> None:
    called = [shlex.split(run)[1] for run in runs(name) if run.startswith("make ")]
    assert called == ["check-template", "deploy"]
    assert set(called) <= TARGETS


@EACH
def test_each_variable_that_the_workflow_sets_is_read_by_the_template(name: str) -> None:
    assert set(workflow(name)["env"]) <= TEMPLATE.asks


@EACH
def test_the_template_fits_the_values_of_the_workflow(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert main([str(ROOT / "template.yml")], workflow(name)["env"]) == 0


@EACH
def test_the_credentials_come_from_secrets_under_the_template_s_alias(name: str) -> None:
    (step,) = [step for step in steps(name) if step.get("run", "").startswith("s config add")]
    words = shlex.split(step["run"])
    assert words[words.index("-a") + 1] == yaml.safe_load((ROOT / "template.yml").read_text("utf-8"))["access"]
    assert {f"${variable}" for variable in step["env"]} == {word for word in words if word.startswith("$")}
    assert all(re.fullmatch(r"\$\{\{ secrets\.\w+ \}\}", value) for value in step["env"].values())


@EACH
def test_each_secret_is_named_where_the_page_says_what_to_add(name: str) -> None:
    secrets = re.findall(r"secrets\.(\w+)", PAGES[name])
    assert [f"`{secret}`" in PAGES[name] for secret in secrets] == [True] * 3


@EACH
def test_the_layer_is_built_by_the_python_of_the_template_s_runtime(name: str) -> None:
    written = {step["with"]["python-version"] for step in steps(name) if "setup-python" in step.get("uses", "")}
    version = ".".join(map(str, RUNTIMES[TEMPLATE.function("refresh").runtime]))
    assert written == {version}


def before_the_deployment() -> str:
    (action,) = yaml.safe_load((ROOT / "template.yml").read_text(encoding="utf-8"))["actions"]["pre-deploy"]
    return str(action["run"])


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.parametrize(("version", "code"), [("7", 0), ("", 1), (None, 1)])
def test_plain_s_deploy_stops_without_a_version_of_the_layer(version: str | None, code: int) -> None:
    """`s` runs this before it deploys, with the variables of `.env`."""
    node = shutil.which("node") or ""
    environ = {"PATH": node.rpartition("/")[0], **({} if version is None else {"REFRESH_LAYER_VERSION": version})}
    done = subprocess.run(  # noqa: S602 - as `s` runs it; the text is the template's
        before_the_deployment(), shell=True, env=environ, capture_output=True, text=True, check=False
    )
    expected = "REFRESH_LAYER_VERSION is not set: make deploy publishes the layer and sets it, see docs/pipeline.md\n"
    assert (done.returncode, done.stderr) == (code, expected if code else "")


@EACH
def test_the_page_quotes_the_error_of_plain_s_deploy(name: str) -> None:
    said = "REFRESH_LAYER_VERSION is not set"
    assert (said in before_the_deployment(), f"`{said}`" in PAGES[name]) == (True, True)
