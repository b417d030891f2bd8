"""The values that flow through an invocation: items, histories, batches, outcomes. Nothing here does I/O."""
