"""Questions about DCDN, where it may differ from the CDN."""

from oss_cdn_refresh_cli.probing.question import Section

SECTION = Section("dcdn", ())
