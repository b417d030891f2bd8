"""Questions about quotas and limits."""

from oss_cdn_refresh_cli.probing.question import Section

SECTION = Section("quotas", ())
