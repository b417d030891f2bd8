"""The values of an invocation: items, histories, batches, outcomes. Each module is one value. None does I/O."""
