"""Commands about what visitors get: each compares the edge with the bucket."""
