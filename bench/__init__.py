"""Side-by-side measurements: ratios of pairs that are taken in turn in one run, because machines are noisy."""
