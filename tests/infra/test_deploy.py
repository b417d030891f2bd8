"""`make deploy` against a stand-in for `s`: its calls, their order, and the files that it leaves."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from seeding import ROOT, Copy

from infra import deploy
from oss_cdn_refresh_cli.deployment import dotenv

S = """\
#!{python}
import json, os, pathlib, sys
log = pathlib.Path({log!r})
env = {{name: value for name, value in os.environ.items() if name.startswith("REFRESH_")}}
log.open("a").write(json.dumps([sys.argv[1:], env]) + "\\n")
if "publish" in sys.argv:
    print({answer!r})
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


class Cloud(NamedTuple):
    """A folder with `s` on its PATH and a log of the calls of `s`."""

    copy: Copy
    path: Path
    log: Path

    def install(self, answer: str = PUBLISHED, failing: str = "") -> None:
        """`s` that answers `publish` with a text and fails at a step."""
        script = S.format(python=sys.executable, log=str(self.log), answer=answer, failing=failing)
        (self.path / "s").write_text(script, encoding="utf-8")
        (self.path / "s").chmod(0o755)

    def deploy(self, *arguments: str, terminal: bool = True, **environ: str) -> int:
        """Exit code of `make deploy`."""
        return deploy.main(arguments, {"PATH": str(self.path), **environ}, self.build, terminal=terminal)

    def build(self, runtime: str, environ: Mapping[str, str]) -> Path:
        """Stands in for the layer's build, which needs the network."""
        archive = self.copy.folder / "layer.zip"
        archive.write_text(runtime, encoding="utf-8")
        assert environ["PATH"] == str(self.path)
        return archive

    @property
    def calls(self) -> list[list[str]]:
        """The calls of `s`, in order."""
        return [arguments for arguments, _ in self._log()]

    @property
    def environments(self) -> list[Mapping[str, str]]:
        """The variables of the project that `s` saw, call by call."""
        return [environ for _, environ in self._log()]

    @property
    def env(self) -> str:
        """The content of `.env`."""
        return (self.copy.folder / ".env").read_text(encoding="utf-8")

    def _log(self) -> list[tuple[list[str], Mapping[str, str]]]:
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines]


@pytest.fixture
def cloud(copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    (tmp_path / "bin").mkdir()
    monkeypatch.chdir(copy.folder)
    cloud = Cloud(copy, tmp_path / "bin", tmp_path / "log")
    cloud.install()
    return cloud


def test_the_layer_is_published_and_then_everything_deployed(cloud: Cloud) -> None:
    cloud.deploy()
    publish = ["cli", "fc3", "layer", "publish", "--region", "cn-hangzhou", "--layer-name", "oss-cdn-refresh"]
    publish += ["--code", str(cloud.copy.folder / "layer.zip"), "--compatible-runtime", "python3.10"]
    assert cloud.calls == [publish, ["deploy", "-t", "template.yml"]]


def test_without_a_layer_everything_is_deployed_with_the_packages_of_the_code(cloud: Cloud) -> None:
    cloud.copy.replace(
        "template.yml",
        "      layers:\n"
        "        - acs:fc:${vars.region}:${config('AccountID')}:layers/${vars.name}/versions/${vars.layer_version}\n",
        "",
    )
    (cloud.copy.folder / "functions" / "certifi").mkdir()
    cloud.deploy()
    assert cloud.calls == [["deploy", "-t", "template.yml"]]


def test_the_published_version_is_written_for_plain_s_deploy(cloud: Cloud) -> None:
    cloud.deploy()
    assert cloud.env == "REFRESH_LAYER_VERSION=7\n"


def test_the_next_version_takes_the_place_of_the_last_and_other_lines_stay(cloud: Cloud) -> None:
    (cloud.copy.folder / ".env").write_text("# ours\nREFRESH_LAYER_VERSION=6\nREFRESH_LOG_LEVEL=DEBUG\n")
    cloud.deploy()
    assert cloud.env == "# ours\nREFRESH_LOG_LEVEL=DEBUG\nREFRESH_LAYER_VERSION=7\n"


def test_an_old_version_in_the_environment_does_not_win_over_the_new_one(cloud: Cloud) -> None:
    cloud.deploy(REFRESH_LAYER_VERSION="6")
    assert [environ.get("REFRESH_LAYER_VERSION") for environ in cloud.environments] == ["6", "7"]


def test_s_deploy_gets_the_layer_version_in_its_environment(cloud: Cloud) -> None:
    cloud.deploy()
    assert cloud.environments[-1]["REFRESH_LAYER_VERSION"] == "7"


def test_without_a_terminal_s_deploy_asks_nothing(cloud: Cloud) -> None:
    cloud.deploy(terminal=False)
    assert cloud.calls[-1] == ["deploy", "-t", "template.yml", "-y"]


@pytest.mark.parametrize("argument", ["-y", "--assume-yes"])
def test_an_answer_that_was_given_is_not_given_twice(cloud: Cloud, argument: str) -> None:
    cloud.deploy(argument, terminal=False)
    assert cloud.calls[-1] == ["deploy", "-t", "template.yml", argument]


def test_with_a_terminal_s_deploy_may_ask(cloud: Cloud) -> None:
    cloud.deploy(terminal=True)
    assert "-y" not in cloud.calls[-1]


@pytest.mark.parametrize("runtime", ["python3.10", "python3.12"])
def test_the_layer_is_built_and_published_for_the_template_s_runtime(cloud: Cloud, runtime: str) -> None:
    cloud.copy.replace("template.yml", "runtime: python3.10", f"runtime: {runtime}", -1)
    cloud.deploy()
    built = (cloud.copy.folder / "layer.zip").read_text(encoding="utf-8")
    assert (built, cloud.calls[0][-1]) == (runtime, runtime)


@pytest.mark.parametrize("before", ["\ufeffREFRESH_NAME: mine\r\n", "export REFRESH_NAME='mine' # ours\n"])
def test_the_version_is_noted_beside_lines_of_every_form(cloud: Cloud, before: str) -> None:
    (cloud.copy.folder / ".env").write_bytes(before.encode())
    cloud.deploy()
    assert dotenv.read(cloud.copy.folder / ".env") == {"REFRESH_NAME": "mine", "REFRESH_LAYER_VERSION": "7"}


def test_a_layer_that_cannot_be_built_is_reported_without_a_traceback(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(runtime: str, environ: Mapping[str, str]) -> Path:
        raise subprocess.CalledProcessError(1, ["pip", runtime, *environ])

    code = deploy.main([], {"PATH": str(cloud.path)}, failing, terminal=True)
    assert (code, "the layer could not be built: pip ended with 1" in capsys.readouterr().err) == (1, True)


def test_the_template_s_region_and_name_are_those_of_the_layer(cloud: Cloud) -> None:
    cloud.deploy(REFRESH_REGION="cn-shanghai", REFRESH_NAME="mine")
    assert cloud.calls[0][4:8] == ["--region", "cn-shanghai", "--layer-name", "mine"]


def test_arguments_go_on_to_every_call(cloud: Cloud) -> None:
    cloud.deploy("-a", "other")
    assert [call[-2:] for call in cloud.calls] == [["-a", "other"]] * 2


def test_a_fault_in_the_template_stops_before_anything_is_published(cloud: Cloud) -> None:
    cloud.copy.replace("template.yml", "timeout: 120 ", "timeout: 600 ")
    assert (cloud.deploy(), cloud.calls) == (1, [])


@pytest.mark.parametrize(
    ("answer", "failing"), [(PUBLISHED, "cli"), ("no permission", "")], ids=["it fails", "it tells no version"]
)
def test_without_a_published_layer_nothing_is_deployed(cloud: Cloud, answer: str, failing: str) -> None:
    cloud.install(answer, failing)
    assert (cloud.deploy(), len(cloud.calls)) == (1, 1)


def test_the_output_of_s_is_shown_when_it_published_no_layer(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.install("no permission")
    cloud.deploy()
    assert "the layer could not be published: s said: no permission" in capsys.readouterr().err


def test_a_failed_deployment_is_reported(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.install(failing="deploy")
    assert (cloud.deploy(), "s deploy failed" in capsys.readouterr().err) == (1, True)


def test_a_failed_deployment_is_reported_with_where_to_look(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.install(failing="deploy")
    cloud.deploy(REFRESH_NAME="mine", REFRESH_REGION="cn-shanghai")
    told = "of the stacks mine and mine-monitoring: their events, https://ros.console.aliyun.com/cn-shanghai/stacks"
    assert told in capsys.readouterr().err


def test_a_missing_s_is_reported_with_how_to_install_it(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    (cloud.path / "s").unlink()
    assert (cloud.deploy(), "npm install -g @serverless-devs/s" in capsys.readouterr().err) == (1, True)


def test_a_layer_that_the_template_does_not_name_is_reported(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.copy.replace("template.yml", ":layers/${vars.name}/versions/${vars.layer_version}", ":something")
    assert (cloud.deploy(), "names no layer" in capsys.readouterr().err) == (1, True)


def test_a_folder_named_env_does_not_stop_the_deployment(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder may be an environment of Python; `s` skips it."""
    (cloud.copy.folder / ".env").mkdir()
    told = ".env: cannot be written (Is a directory): set REFRESH_LAYER_VERSION=7 for plain s deploy"
    assert (cloud.deploy(), told in capsys.readouterr().err) == (0, True)
    assert cloud.environments[-1]["REFRESH_LAYER_VERSION"] == "7"


def test_code_that_cannot_be_compiled_is_reported_and_not_deployed(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (cloud.copy.folder / "functions" / "broken.py").write_text("x = (\n", encoding="utf-8")
    monkeypatch.setattr(deploy.layer, "python_of_the_runtime", lambda _version, _environ: Path(sys.executable))
    told = "functions/ could not be compiled: see what compileall said above"
    assert (cloud.deploy(), told in capsys.readouterr().err) == (1, True)
    assert [call[0] for call in cloud.calls] == ["cli"]


def test_a_layer_that_cannot_be_written_is_reported_without_a_traceback(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(_runtime: str, _environ: Mapping[str, str]) -> Path:
        raise PermissionError(13, "Permission denied", "layers/build")

    code = deploy.main([], {"PATH": str(cloud.path)}, failing, terminal=True)
    told = "the layer could not be built: layers/build: Permission denied: let this user write there"
    assert (code, told in capsys.readouterr().err) == (1, True)


def test_a_closed_stdin_is_not_a_terminal(cloud: Cloud) -> None:
    """Some schedulers close stdin; the command runs up to its search for `s`."""
    (cloud.path / "s").unlink()
    environ = {"PATH": str(cloud.path), "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}"}
    command = ["/bin/sh", "-c", 'exec "$0" -m infra.deploy <&-', sys.executable]
    ended = subprocess.run(  # noqa: S603 - our own command
        command, cwd=cloud.copy.folder, env=environ, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, "s is not installed" in ended.stderr) == (1, True)
