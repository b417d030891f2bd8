"""`python -m ops` is the command `oss-cdn-refresh`."""

from ops.cli import main

main()
