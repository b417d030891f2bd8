"""Reads and checks the configuration and the environment, and says how to fix a mistake in them."""
