"""Questions about ESA."""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.esa import (
    endpoint,
    monthly,
    preload_size,
    quota_code,
    quota_method,
    rate,
    reset,
    right,
    site_id,
    task_content,
    task_filter,
)

SECTION = Section(
    "esa",
    (
        rate.QUESTION,
        preload_size.QUESTION,
        task_filter.QUESTION,
        right.QUESTION,
        site_id.QUESTION,
        quota_method.QUESTION,
        monthly.QUESTION,
        reset.QUESTION,
        quota_code.QUESTION,
        task_content.QUESTION,
        endpoint.QUESTION,
    ),
)
