"""`make deploy` against a stand-in for `s`: what it calls, in which order, and what it leaves behind."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from seeding import Copy

from infra import deploy
from infra.stack import Wait

S = """\
#!{python}
import json, os, pathlib, sys
log = pathlib.Path({log!r})
env = {{name: value for name, value in os.environ.items() if name.startswith("REFRESH_")}}
log.open("a").write(json.dumps([sys.argv[1:], env]) + "\\n")
if "publish" in sys.argv:
    print({answer!r})
if sys.argv[1] == "infra":
    print({outputs!r} if log.read_text().count('[["infra"') >= {ready} else "stackId: abc")
sys.exit({failing!r} == sys.argv[1])
"""
PUBLISHED = """\
fc3-deploy-test:
  compatibleRuntime:
    - python3.10
  layerName:         oss-cdn-refresh
  layerVersionArn:   acs:fc:cn-hangzhou:1234567890123456:layers/oss-cdn-refresh/versions/7
  version:           7
"""
OUTPUTS = "\x1b[1mRoleArn: \x1b[22m    acs:ram::1234567890123456:role/mine"  # s 3.1.10, its escapes included
OUTPUTS_AS_JSON = '  "RoleArn": "acs:ram::1234567890123456:role/mine",'
LOOKS = 4
NEVER = LOOKS + 1


class Cloud(NamedTuple):
    """A folder with `s` on its PATH and the log of what `s` was asked."""

    copy: Copy
    path: Path
    log: Path
    pauses: list[float]

    def install(self, answer: str = PUBLISHED, failing: str = "", outputs: str = OUTPUTS, ready: int = 1) -> None:
        """`s` that answers `publish` with a text, fails at a step, and tells the stack's outputs from that look on."""
        script = S.format(
            python=sys.executable, log=str(self.log), answer=answer, failing=failing, outputs=outputs, ready=ready
        )
        (self.path / "s").write_text(script, encoding="utf-8")
        (self.path / "s").chmod(0o755)

    def deploy(self, *arguments: str, **environ: str) -> int:
        """Exit code of `make deploy`."""
        return deploy.main(arguments, {"PATH": str(self.path), **environ}, self.build, self.wait)

    def build(self, environ: Mapping[str, str]) -> Path:
        """Stands in for the layer's build, which needs the network."""
        archive = self.copy.folder / "layer.zip"
        archive.write_bytes(b"layer")
        assert environ["PATH"] == str(self.path)
        return archive

    @property
    def wait(self) -> Wait:
        """Nobody sleeps; how long they would have is noted."""
        return Wait(looks=LOOKS, pause=5.0, sleep=self.pauses.append)

    @property
    def calls(self) -> list[list[str]]:
        """What `s` was asked, in order."""
        return [arguments for arguments, _ in self._log()]

    @property
    def environments(self) -> list[Mapping[str, str]]:
        """The variables of the project that `s` saw, call by call."""
        return [environ for _, environ in self._log()]

    @property
    def env(self) -> str:
        """What `.env` holds."""
        return (self.copy.folder / ".env").read_text(encoding="utf-8")

    def _log(self) -> list[tuple[list[str], Mapping[str, str]]]:
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines]


@pytest.fixture
def cloud(copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    (tmp_path / "bin").mkdir()
    monkeypatch.chdir(copy.folder)
    cloud = Cloud(copy, tmp_path / "bin", tmp_path / "log", [])
    cloud.install()
    return cloud


def test_the_layer_is_published_then_the_stack_deployed_and_then_everything(cloud: Cloud) -> None:
    cloud.deploy()
    publish = ["cli", "fc3", "layer", "publish", "--region", "cn-hangzhou", "--layer-name", "oss-cdn-refresh"]
    publish += ["--code", str(cloud.copy.folder / "layer.zip"), "--compatible-runtime", "python3.10"]
    assert cloud.calls == [publish, ["infra", "deploy", "-t", "template.yml"], ["deploy", "-t", "template.yml"]]


def test_the_published_version_is_noted_so_that_plain_s_deploy_works(cloud: Cloud) -> None:
    cloud.deploy()
    assert cloud.env == "REFRESH_LAYER_VERSION=7\n"


def test_the_next_version_takes_the_place_of_the_last_and_other_lines_stay(cloud: Cloud) -> None:
    (cloud.copy.folder / ".env").write_text("# ours\nREFRESH_LAYER_VERSION=6\nREFRESH_LOG_LEVEL=DEBUG\n")
    cloud.deploy()
    assert cloud.env == "# ours\nREFRESH_LOG_LEVEL=DEBUG\nREFRESH_LAYER_VERSION=7\n"


def test_an_old_version_in_the_environment_does_not_win_over_the_new_one(cloud: Cloud) -> None:
    cloud.deploy(REFRESH_LAYER_VERSION="6")
    assert [environ.get("REFRESH_LAYER_VERSION") for environ in cloud.environments] == ["6", None, None]


def test_the_template_s_region_and_name_are_those_of_the_layer(cloud: Cloud) -> None:
    cloud.deploy(REFRESH_REGION="cn-shanghai", REFRESH_NAME="mine")
    assert cloud.calls[0][4:8] == ["--region", "cn-shanghai", "--layer-name", "mine"]


def test_arguments_go_on_to_every_call(cloud: Cloud) -> None:
    cloud.deploy("-a", "other")
    assert [call[-2:] for call in cloud.calls] == [["-a", "other"]] * 3


def test_a_fault_in_the_template_stops_before_anything_is_published(cloud: Cloud) -> None:
    cloud.copy.replace("template.yml", "timeout: 120 ", "timeout: 600 ")
    assert (cloud.deploy(), cloud.calls) == (1, [])


@pytest.mark.parametrize(
    ("answer", "failing"), [(PUBLISHED, "cli"), ("no permission", "")], ids=["it fails", "it tells no version"]
)
def test_without_a_published_layer_nothing_is_deployed(cloud: Cloud, answer: str, failing: str) -> None:
    cloud.install(answer, failing)
    assert (cloud.deploy(), len(cloud.calls)) == (1, 1)


def test_what_s_said_is_told_when_it_published_nothing(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.install("no permission")
    cloud.deploy()
    assert "the layer could not be published: s said: no permission" in capsys.readouterr().err


def steps(cloud: Cloud) -> list[str]:
    """The first word of each call."""
    return [call[0] for call in cloud.calls]


def test_a_stack_that_is_ready_at_once_is_not_waited_for(cloud: Cloud) -> None:
    """As with the component for edition 3.0.0, which waits itself."""
    assert (cloud.deploy(), steps(cloud), cloud.pauses) == (0, ["cli", "infra", "deploy"], [])


def test_a_stack_that_is_ready_at_the_third_look_is_waited_for_before_the_function(cloud: Cloud) -> None:
    cloud.install(ready=3)
    assert (cloud.deploy(), steps(cloud)) == (0, ["cli", "infra", "infra", "infra", "deploy"])


def test_looks_are_a_pause_apart(cloud: Cloud) -> None:
    cloud.install(ready=3)
    cloud.deploy()
    assert cloud.pauses == [5.0, 5.0]


def test_a_stack_that_never_gets_ready_is_given_up_before_the_function(cloud: Cloud) -> None:
    cloud.install(ready=NEVER)
    assert (cloud.deploy(), steps(cloud)) == (1, ["cli", *["infra"] * LOOKS])


def test_a_stack_that_never_gets_ready_is_told_with_where_to_look(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.install(ready=NEVER)
    cloud.deploy(REFRESH_NAME="mine", REFRESH_REGION="cn-shanghai")
    told = capsys.readouterr().err
    assert "see the events of the stack mine, https://ros.console.aliyun.com/cn-shanghai/stacks." in told


def test_a_stack_that_never_gets_ready_is_told_with_what_to_run_next(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.install(ready=NEVER)
    cloud.deploy()
    assert capsys.readouterr().err.endswith("Then: make deploy\n")


def test_a_stack_that_fails_is_not_looked_at_again(cloud: Cloud) -> None:
    cloud.install(failing="infra")
    assert (cloud.deploy(), steps(cloud)) == (1, ["cli", "infra"])


def test_a_stack_that_fails_is_told_with_where_to_look(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.install(failing="infra")
    cloud.deploy()
    told = (
        "s infra deploy failed: mend what it said (more: the events of the stack oss-cdn-refresh, https://ros.console"
    )
    assert told in capsys.readouterr().err


def test_what_s_says_of_the_stack_is_shown(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.deploy()
    assert OUTPUTS in capsys.readouterr().out


def test_the_outputs_are_found_as_json_too(cloud: Cloud) -> None:
    """`make deploy ARGS="-o json"`."""
    cloud.install(outputs=OUTPUTS_AS_JSON)
    assert (cloud.deploy("-o", "json"), cloud.pauses) == (0, [])


def test_a_failed_deployment_is_told(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.install(failing="deploy")
    assert (cloud.deploy(), "s deploy failed" in capsys.readouterr().err) == (1, True)


def test_a_missing_s_is_told_with_how_to_get_it(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    (cloud.path / "s").unlink()
    assert (cloud.deploy(), "npm install -g @serverless-devs/s" in capsys.readouterr().err) == (1, True)


def test_a_layer_that_the_template_does_not_name_is_told(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.copy.replace("template.yml", ":layers/${vars.name}/versions/${vars.layer_version}", ":something")
    assert (cloud.deploy(), "names no layer" in capsys.readouterr().err) == (1, True)
