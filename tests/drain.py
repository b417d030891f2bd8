"""Deployments beside the one of template.yml, made of it as the README tells a person to."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
BATCHED = {"REFRESH_DELIVERY": "batched"}
SECOND_FUNCTION = re.compile(r"```yaml\n(  drain:.*?)```", re.DOTALL)


def deployment(folder: Path, *, instances: int = 4, oss_triggers: bool = True) -> Path:
    """A template with a drain of its own, in a folder with what it names; returns its path.

    instances: the most that the first function may have. oss_triggers: whether the bucket calls it.
    """
    for name in ("functions", "infra"):
        (folder / name).symlink_to(ROOT / name)
    document: dict[str, Any] = yaml.safe_load((ROOT / "template.yml").read_text(encoding="utf-8"))
    (drain,) = SECOND_FUNCTION.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    document["resources"] |= yaml.safe_load(drain)
    first = document["resources"]["refresh"]["props"]
    first["triggers"] = [
        trigger for trigger in first["triggers"] if oss_triggers and trigger["triggerName"] != "backlog"
    ]
    first["concurrencyConfig"]["reservedConcurrency"] = instances
    file = folder / "template.yml"
    file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return file
