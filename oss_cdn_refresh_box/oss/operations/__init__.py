"""The operations of OSS, one module a kind."""
