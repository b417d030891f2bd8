"""Configuration and environment: read, checked, explained."""
