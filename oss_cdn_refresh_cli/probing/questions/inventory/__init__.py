"""Questions about the files that an inventory is made from."""

from oss_cdn_refresh_cli.probing.question import Section
from oss_cdn_refresh_cli.probing.questions.inventory import ossutil, spaces

SECTION = Section("inventory", (spaces.QUESTION, ossutil.QUESTION))
