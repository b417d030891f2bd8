"""Questions about tasks: what becomes of a refresh that was accepted."""

from oss_cdn_refresh_cli.probing.question import Section

SECTION = Section("tasks", ())
