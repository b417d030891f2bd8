"""The page of a report: HTML with charts."""
