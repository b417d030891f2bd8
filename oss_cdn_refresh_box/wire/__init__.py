"""HTTP, TLS, faults and XML for every stand-in."""
