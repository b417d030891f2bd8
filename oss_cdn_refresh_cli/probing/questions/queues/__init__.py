"""Questions about SMQ's queues."""

from oss_cdn_refresh_cli.probing.question import Section

SECTION = Section("queues", ())
