"""From items to batches to calls: retries, splits, rate limits."""
