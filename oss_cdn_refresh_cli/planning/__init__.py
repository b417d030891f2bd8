"""Plans for many changes, with their input: lists of objects and inventories."""
