"""Questions about tasks: what happens to an accepted refresh."""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.tasks import (
    complete,
    duration,
    failed_final,
    failed_quota,
    look_ups,
    shared_ids,
    status_words,
)

SECTION = Section(
    "tasks",
    (
        complete.QUESTION,
        duration.QUESTION,
        failed_final.QUESTION,
        status_words.QUESTION,
        failed_quota.QUESTION,
        shared_ids.QUESTION,
        *look_ups.QUESTIONS,
    ),
)
