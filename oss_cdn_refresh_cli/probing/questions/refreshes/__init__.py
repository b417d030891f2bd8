"""Questions about refreshes: which copies does a refresh clear, and what does the API accept?"""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.refreshes import ignore_params_name, spellings

SECTION = Section("refreshes", (spellings.QUESTION, ignore_params_name.QUESTION))
