"""Questions about refreshes: which copies does a refresh clear, and what do the API and OSS accept and answer?"""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.refreshes.calls import (
    ignore_params_name,
    new_access_key,
    raw_characters,
    undocumented_codes,
)
from oss_cdn_refresh_cli.probing.questions.refreshes.copies import (
    bare_url,
    directory_headers,
    directory_queries,
    every_node,
    shared_cache,
    spellings,
)
from oss_cdn_refresh_cli.probing.questions.refreshes.origin import error_page, home_page, image_time

SECTION = Section(
    "refreshes",
    (
        spellings.QUESTION,
        raw_characters.QUESTION,
        directory_queries.QUESTION,
        ignore_params_name.QUESTION,
        bare_url.QUESTION,
        directory_headers.QUESTION,
        shared_cache.QUESTION,
        image_time.QUESTION,
        error_page.QUESTION,
        home_page.QUESTION,
        undocumented_codes.QUESTION,
        new_access_key.QUESTION,
        every_node.QUESTION,
    ),
)
