"""Questions about the event stream between the backlog and the function."""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.stream import (
    dead_records,
    deletion,
    event_driven_options,
    maximum_tasks,
    plain_bodies,
    reads_the_backlog,
    refused_batches,
)

SECTION = Section(
    "stream",
    (
        reads_the_backlog.QUESTION,
        deletion.QUESTION,
        maximum_tasks.QUESTION,
        refused_batches.QUESTION,
        dead_records.QUESTION,
        plain_bodies.QUESTION,
        event_driven_options.QUESTION,
    ),
)
