"""Questions about the events of OSS."""

from oss_cdn_refresh_cli.probing.question import Section

SECTION = Section("events", ())
