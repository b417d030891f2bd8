"""What every stand-in is built on: HTTP serving, TLS, faults, XML."""
