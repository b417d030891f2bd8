"""Deployments beside the one of template.yml, made of it as docs/operating.md tells a person to."""

from pathlib import Path
from typing import Any

import yaml
from pages import PAGES, SECOND_FUNCTION

ROOT = Path(__file__).parents[1]
BATCHED = {"REFRESH_DELIVERY": "batched"}


def deployment(folder: Path, *, instances: int = 4, oss_triggers: bool = True) -> Path:
    """A template with a drain of its own, in a folder with what it names; returns its path.

    instances: the most that the first function may have. oss_triggers: whether the bucket calls it.
    """
    for name in ("functions", "infra"):
        (folder / name).symlink_to(ROOT / name)
    document: dict[str, Any] = yaml.safe_load((ROOT / "template.yml").read_text(encoding="utf-8"))
    (drain,) = SECOND_FUNCTION.findall(PAGES["docs/operating.md"])
    document["resources"] |= yaml.safe_load(drain)
    first = document["resources"]["refresh"]["props"]
    first["triggers"] = [
        trigger for trigger in first["triggers"] if oss_triggers and trigger["triggerName"] != "backlog"
    ]
    first["concurrencyConfig"]["reservedConcurrency"] = instances
    file = folder / "template.yml"
    file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return file
