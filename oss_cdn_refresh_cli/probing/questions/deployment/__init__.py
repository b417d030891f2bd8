"""Questions about the deployment."""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.deployment import (
    console_rendering,
    deploying_rights,
    events_by_region,
    packages_in_the_code,
    policy_length,
    replication_events,
    role_in_time,
    skipped_triggers,
    slash_prefixes,
)

SECTION = Section(
    "deployment",
    (
        role_in_time.QUESTION,
        deploying_rights.QUESTION,
        skipped_triggers.QUESTION,
        replication_events.QUESTION,
        slash_prefixes.QUESTION,
        policy_length.QUESTION,
        events_by_region.QUESTION,
        packages_in_the_code.QUESTION,
        console_rendering.QUESTION,
    ),
)
