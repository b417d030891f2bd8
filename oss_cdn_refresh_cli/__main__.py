"""`python -m oss_cdn_refresh_cli` is the command `oss-cdn-refresh`."""

from oss_cdn_refresh_cli.cli import main

main()
