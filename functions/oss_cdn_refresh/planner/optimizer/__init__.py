"""When the day's quota does not suffice for each URL: which directories to refresh instead, with the least collateral.

`plan` is the way in: changed URLs, what is left of the quotas and what is live become URLs and directories to send, and
what has to wait. `tree` makes a forest of directories, `reach` finds what can be covered at all, `cover` the cheapest
way to do so; `prices`, `branches` and `forest` are its mathematics. `inventory` says what is live.
"""
