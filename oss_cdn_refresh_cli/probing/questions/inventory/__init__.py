"""Questions about the files that an inventory is made from."""

from oss_cdn_refresh_cli.probing.question import Section

SECTION = Section("inventory", ())
