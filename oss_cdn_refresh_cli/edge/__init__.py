"""The commands that look at what visitors get: audit, wait and explain."""
