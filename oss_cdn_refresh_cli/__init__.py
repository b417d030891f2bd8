"""The operators' command `oss-cdn-refresh`: what the function left in its queues, and refreshing by hand.

It uses the library, which knows nothing of it, and is not deployed.
"""
