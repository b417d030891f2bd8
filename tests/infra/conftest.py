"""Fixtures of the deployment's tests."""

import shutil
from pathlib import Path

import pytest
from seeding import CONFIG, ROOT, Copy


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    for file in ("template.yml", "s.yaml", "infra/ros.yml", "infra/monitoring.yml"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    shutil.copytree(ROOT / "infra" / "sls", tmp_path / "infra" / "sls")
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "config.yml").write_text(CONFIG, encoding="utf-8")
    return Copy(tmp_path)
