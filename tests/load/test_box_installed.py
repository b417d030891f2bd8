"""The wheel with its extra `box`, in an environment with nothing else but the SDKs of others. pip needs its index."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SDKS = ("alibabacloud-oss-v2", "aliyun-mns-sdk", "alibabacloud-dcdn20180115", "alibabacloud-esa20240910", "pytest")
NOT_SHIPPED = shutil.ignore_patterns(".*", "*.egg-info", "build", "tests", "docs", "bench")
OPTIONS = ("--domain", "www.example.com", "--domain", "dcdn:img.example.com", "--domain", "esa:www.example.org")


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a new environment."""
    folder = tmp_path_factory.mktemp("installed")
    source, environment = folder / "source", folder / "environment"
    shutil.copytree(ROOT, source, ignore=NOT_SHIPPED)  # a build writes beside the sources
    pins = [f"--constraint={ROOT / name}" for name in ("requirements-demo.txt", "requirements-test.txt")]
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)  # noqa: S603 - our own environment
    python = environment / "bin" / "python"
    subprocess.run(  # noqa: S603 - as above
        [python, "-m", "layers.pip", "install", "-q", *pins, f"{source}[box]", *SDKS], check=True, cwd=ROOT
    )
    return python.parent


def without_ours() -> dict[str, str]:
    """The machine's environment, in which Python finds nothing of the clone."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def test_the_official_sdks_use_the_installed_box(commands: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "box" / "every_sdk.py", tmp_path)
    words = [commands / "oss-cdn-refresh", "box", "--json", "--quiet", "--queue", "work", *OPTIONS]
    with subprocess.Popen(  # noqa: S603 - our own command
        words, stdout=subprocess.PIPE, text=True, env=without_ours(), cwd=tmp_path
    ) as process:
        try:
            assert process.stdout
            variables = json.loads(process.stdout.readline())["environment"]
            done = subprocess.run(  # noqa: S603 - our own script
                [commands / "python", tmp_path / "every_sdk.py"],
                env={**without_ours(), **variables},
                stdout=subprocess.PIPE,
                check=True,
            )
        finally:
            process.terminate()
    assert (len(json.loads(done.stdout)), process.wait()) == (7, 0)


def test_pytest_finds_the_fixture_by_itself(commands: Path, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(oss_cdn_box): assert oss_cdn_box.buckets\n", encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own environment
        [commands / "python", "-m", "pytest", "-q"], env=without_ours(), cwd=tmp_path, check=False
    )
    assert done.returncode == 0
