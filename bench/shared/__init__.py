"""What the measurements share: pairs of them, the environment of the function, and events."""
