"""Who sent a request to OSS: its signature, in all versions."""
