"""Questions about the event stream between the backlog and the function."""

from oss_cdn_refresh_cli.probing.question import Section

SECTION = Section("stream", ())
