"""Questions about SMQ's queues."""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.queues import batch_bytes, batch_right, partial_failures, xml

SECTION = Section("queues", (xml.QUESTION, batch_right.QUESTION, batch_bytes.QUESTION, partial_failures.QUESTION))
