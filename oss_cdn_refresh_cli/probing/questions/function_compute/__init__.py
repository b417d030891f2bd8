"""Questions about Function Compute."""

from oss_cdn_refresh_cli.probing.question import Section

SECTION = Section("function_compute", ())
