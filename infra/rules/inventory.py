"""Rules for the inventory of the configuration: it is deployed, and the role may read it and no other.

A missing inventory stops no function: plans only become worse, which hardly anyone would notice.
"""

from collections.abc import Iterator

from infra.deployment import Written
from oss_cdn_refresh_cli.deployment.rules.finding import Finding
from oss_cdn_refresh_cli.deployment.rules.rights import IN_OSS, INVENTORY

SETTING = "collapse.inventory"


def findings(written: Written) -> Iterator[Finding]:
    """An inventory that is not deployed, and one that the role may read without need."""
    config, file = written.deployment.config, written.deployment.config_file
    if config is None:
        return
    named = config.collapse.inventory
    wanted = named if named.startswith(IN_OSS) else ""
    allowed = written.template.stack("infra").parameters.get("Inventory", "")
    if allowed and allowed != named:
        what = f'"{allowed}" is not the {SETTING} of {file}, the role could read it all the same'
        remedy = f"write REFRESH_INVENTORY={wanted} into .env" if wanted else "take REFRESH_INVENTORY out of .env"
        yield Finding(INVENTORY, what, remedy)
    code = written.deployment.function.code
    if named and not wanted and not (code / named).is_file():
        remedy = f"make it with oss-cdn-refresh inventory, below {code.name}/, or name oss://bucket/key"
        yield Finding(SETTING, f"{code.name}/{named} does not exist", remedy, file=file)
