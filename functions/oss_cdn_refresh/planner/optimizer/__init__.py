"""Chooses the directories that replace changed URLs when the quota is short, with the least collateral.

`plan` is the entry point: from the changed URLs, the rest of the quota and the unchanged URLs, it decides which URLs
and directories are sent and which URLs are deferred. `tree` makes a forest of directories. `reach` finds the most that
a too small quota can cover, and `cover` the cheapest directories for that. `prices`, `branches` and `forest` hold the
mathematics of `cover`.
"""
