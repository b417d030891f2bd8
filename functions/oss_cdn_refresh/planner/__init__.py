"""Decides, when the quota is short, which directories replace which URLs, and which URLs are deferred."""
