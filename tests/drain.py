"""Variants of the deployment of template.yml, for tests that need other instances or no OSS trigger."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
BATCHED = {"REFRESH_DELIVERY": "batched"}


def deployment(
    folder: Path, *, instances: int = 3, drains: int = 1, batch: int = 10_000, oss_triggers: bool = True
) -> Path:
    """Write a variant of template.yml, with the files that it names, into a folder; returns its path.

    instances, drains: the maximum number of instances of `refresh` and `drain`. batch: the maximum number of messages
    in one call of `drain`. oss_triggers: whether OSS invokes `refresh`.
    """
    for name in ("functions", "infra"):
        (folder / name).symlink_to(ROOT / name)
    document: dict[str, Any] = yaml.safe_load((ROOT / "template.yml").read_text(encoding="utf-8"))
    resources = document["resources"]
    resources["refresh"]["props"]["concurrencyConfig"]["reservedConcurrency"] = instances
    resources["drain"]["props"]["concurrencyConfig"]["reservedConcurrency"] = drains
    (trigger,) = resources["drain"]["props"]["triggers"]
    trigger["triggerConfig"]["runOptions"]["batchWindow"]["CountBasedWindow"] = batch
    if not oss_triggers:
        resources["refresh"]["props"]["triggers"] = []
    file = folder / "template.yml"
    file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return file
