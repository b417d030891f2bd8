"""Questions about Function Compute."""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.function_compute import (
    context_credentials,
    event_age,
    failure_records,
    initializer_failures,
    retry_pauses,
)

SECTION = Section(
    "function_compute",
    (
        event_age.QUESTION,
        retry_pauses.QUESTION,
        context_credentials.QUESTION,
        initializer_failures.QUESTION,
        failure_records.QUESTION,
    ),
)
