"""What is live, from an inventory or from a list of objects: what a directory would expire besides."""

from collections.abc import Collection, Mapping
from pathlib import Path

from ops import object_lists
from ops.errors import Failed
from oss_cdn_refresh.collapse import inventory
from oss_cdn_refresh.collapse.inventory import GZIPPED, Inventory
from oss_cdn_refresh.collapse.plan import Unchanged
from oss_cdn_refresh.config import Config
from oss_cdn_refresh.errors import ConfigurationError


def unchanged(file: Path, changed: Collection[str], config: Config) -> Unchanged:
    """How many live URLs have not changed, by directory, as the planner asks for them.

    changed: objects as `oss://bucket/key`. A list says of each object whether it changed; an inventory only how many
    there are.

    :raises Failed: the file is neither.
    """
    body = _bytes(file)
    if body.startswith((GZIPPED, b"{")):
        try:
            live = inventory.parse(body, str(file)).live(config)
        except ConfigurationError as error:
            raise Failed(str(error)) from error
        return lambda changes: inventory.unchanged(live, changes)
    lines = object_lists.read(file)
    counts: Mapping[str, float] = Inventory(object_lists.counts(set(lines).difference(changed))).live(config)
    return lambda _changes: counts


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}: name a file that can be read") from error
