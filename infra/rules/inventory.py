"""Rules for the inventory that the configuration names: the function can read it, and nothing in its stead.

Without it plans are made all the same, only less good ones: few would notice. Facts: OSS, "RAM policies" (the resource
of an object).
"""

from collections.abc import Iterator

from infra.reading.deployment import ANY_ACCOUNT, Deployment
from infra.rules.findings import Finding

IN_OSS = "oss://"
PARAMETER = "infra.props.parameters.Inventory"
SETTING = "collapse.inventory"


def findings(deployment: Deployment) -> Iterator[Finding]:
    """An inventory that the role may not read or that is not deployed, and one that it could read but need not."""
    if deployment.config is None:
        return
    named = deployment.config.collapse.inventory
    wanted = named if named.startswith(IN_OSS) else ""
    allowed = deployment.template.stack("infra").parameters.get("Inventory", "")
    if allowed and allowed != named:
        what = f'"{allowed}" is not the {SETTING} of {deployment.config_file}, the role could read it all the same'
        remedy = f"write REFRESH_INVENTORY={wanted} into .env" if wanted else "take REFRESH_INVENTORY out of .env"
        yield Finding(deployment.file, PARAMETER, what, remedy)
    elif wanted and not _readable(deployment, wanted):
        what = f"{wanted}, the {SETTING} of {deployment.config_file}, is missing: the function could not read it"
        yield Finding(deployment.file, PARAMETER, what, f"write REFRESH_INVENTORY={wanted} into .env")
    if named and not wanted and not (deployment.function.code / named).is_file():
        what = f"{deployment.function.code.name}/{named} does not exist"
        remedy = (
            f"make it with oss-cdn-refresh inventory, below {deployment.function.code.name}/, or name oss://bucket/key"
        )
        yield Finding(deployment.config_file, SETTING, what, remedy)


def _readable(deployment: Deployment, place: str) -> bool:
    resource = f"acs:oss:*:{ANY_ACCOUNT}:{place.removeprefix(IN_OSS)}"
    return resource in deployment.infrastructure.resources("oss:GetObject")
