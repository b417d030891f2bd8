"""Questions about the events of OSS."""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.events import (
    base64,
    bulk_deletes,
    delivery,
    eventbridge_events,
    eventbridge_regions,
    header_changes,
    keys,
    lifecycle,
    sizes_of_deletes,
    versions,
)

SECTION = Section(
    "events",
    (
        keys.QUESTION,
        bulk_deletes.QUESTION,
        sizes_of_deletes.QUESTION,
        header_changes.QUESTION,
        base64.QUESTION,
        delivery.QUESTION,
        lifecycle.QUESTION,
        versions.QUESTION,
        eventbridge_events.QUESTION,
        eventbridge_regions.QUESTION,
    ),
)
