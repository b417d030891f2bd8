"""Questions about preloads."""

from oss_cdn_refresh_cli.probing.question import Section

SECTION = Section("preloads", ())
