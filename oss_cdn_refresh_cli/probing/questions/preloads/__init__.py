"""Questions about preloads."""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.preloads import after_complete, encoding, quota_code, task_status

SECTION = Section("preloads", (after_complete.QUESTION, task_status.QUESTION, encoding.QUESTION, quota_code.QUESTION))
