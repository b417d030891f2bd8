"""One run of a command: its settings, its credentials, the function's own code."""
