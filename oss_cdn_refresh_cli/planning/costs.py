"""What a refresh costs, and how much of the day's quota is left for it."""

from collections import Counter
from collections.abc import Mapping

from oss_cdn_refresh.model.item import ObjectType
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh_cli.clients import cdn_quota
from oss_cdn_refresh_cli.clients.cdn_quota import NAMES
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Refused
from oss_cdn_refresh_cli.shared.output import Column

UNKNOWN = Allowance(None)


def quotas(operation: Operation) -> Mapping[ObjectType, Allowance]:
    """The day's quotas; {} and a note where the CDN does not tell them, because a refresh is possible without.

    :raises CredentialsRefused: the CDN does not accept the credentials, so a refresh would fail too.
    """
    try:
        return cdn_quota.read(operation)
    except CredentialsRefused:
        raise
    except Refused as refusal:
        operation.output.warn(f"the quota that is left is not known: {refusal}")
        return {}


def show(operation: Operation, cost: Counter[ObjectType], left: Mapping[ObjectType, Allowance]) -> None:
    """Show how many items a refresh costs, beside the quota that is left."""
    figures = [Column(name, figures=True) for name in ("cost", "left today", "of a day")]
    rows = [(NAMES[kind], count, *left.get(kind, UNKNOWN)) for kind, count in cost.items()]
    operation.output.table(["", *figures], rows)
    for kind, count in cost.items():
        rest = left.get(kind, UNKNOWN).left
        if rest is not None and count > rest:
            operation.output.warn(
                f"{count - rest} {NAMES[kind]} are more than is left today: directories replace them, or they wait "
                "for 00:00 UTC+8: see oss-cdn-refresh plan"
            )
