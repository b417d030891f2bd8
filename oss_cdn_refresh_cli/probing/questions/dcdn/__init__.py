"""Questions about DCDN, and about DCDN and ESA alike, where they may differ from the CDN."""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.dcdn import (
    area,
    custom_key,
    events,
    ignore_params,
    minute,
    parameters,
    preload_queue,
    query_length,
    right,
    schemes,
    shared_quota,
)

SECTION = Section(
    "dcdn",
    (
        shared_quota.QUESTION,
        parameters.QUESTION,
        query_length.QUESTION,
        right.QUESTION,
        ignore_params.QUESTION,
        minute.QUESTION,
        custom_key.QUESTION,
        area.QUESTION,
        schemes.QUESTION,
        events.QUESTION,
        preload_queue.QUESTION,
    ),
)
