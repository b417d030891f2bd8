"""Plans for many changes, and the inventories that they need."""
