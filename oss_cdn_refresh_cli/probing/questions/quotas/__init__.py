"""Questions about quotas and limits: what uses the day's quotas, and how much does a call or a minute take?"""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.quotas import regional_endpoint
from oss_cdn_refresh_cli.probing.questions.quotas.limits import (
    body_size,
    call_domains,
    call_ignore_params,
    item_length,
    minute_directories,
    minute_urls,
)
from oss_cdn_refresh_cli.probing.questions.quotas.spending import (
    figures,
    large_call,
    oss_refreshes,
    refused_items,
    reset,
)

SECTION = Section(
    "quotas",
    (
        large_call.QUESTION,
        refused_items.QUESTION,
        minute_urls.QUESTION,
        minute_directories.QUESTION,
        call_domains.QUESTION,
        item_length.QUESTION,
        body_size.QUESTION,
        call_ignore_params.QUESTION,
        oss_refreshes.QUESTION,
        reset.QUESTION,
        regional_endpoint.QUESTION,
        figures.QUESTION,
    ),
)
