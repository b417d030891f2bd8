"""What is live, from an inventory or from a list of objects: what a directory would expire besides."""

from pathlib import Path

from oss_cdn_refresh.planner import inventory
from oss_cdn_refresh.planner.inventory import Inventory
from oss_cdn_refresh.planner.optimizer.plan import Unchanged
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.planning import object_lists
from oss_cdn_refresh_cli.planning.inventories import content, inventory_of, is_list


def unchanged(file: Path, changed: set[str], config: Config) -> Unchanged:
    """How many live URLs have not changed, by directory, as the planner asks for them.

    changed: objects as `oss://bucket/key`. A list says of each object whether it changed; an inventory only how many
    there are. An object that a list names several times may count once.

    :raises Failed: the file is neither; `ConfigurationError` where it is a wrong inventory.
    """
    body = content(file, str(file))
    if not is_list(body):
        live = inventory_of(file).live(config)
        return lambda needs: inventory.unchanged(live, needs)
    # The difference of two sets takes half of the time that asking for one object after the other takes.
    others = (set(some).difference(changed) for some in object_lists.runs(body, str(file)))
    counts = Inventory(object_lists.counts(others)).live(config)
    return lambda _changes: counts
