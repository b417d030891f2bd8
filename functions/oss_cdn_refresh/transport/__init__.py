"""The HTTP transport: session, connections and TLS, the credentials, and the reading of an OSS object."""
