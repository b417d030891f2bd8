"""The HTTP session, credentials, and reading an OSS object."""
