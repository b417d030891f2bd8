"""Questions about ESA."""

from oss_cdn_refresh_cli.probing.question import Section

SECTION = Section("esa", ())
