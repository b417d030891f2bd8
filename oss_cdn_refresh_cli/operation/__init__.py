"""One run of a command: its settings, its credentials, and calls of the function's own code."""
