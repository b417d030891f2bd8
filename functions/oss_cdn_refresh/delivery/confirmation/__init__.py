"""After acceptance: accepted calls are looked up, failed items are submitted again, complete ones are preloaded."""
