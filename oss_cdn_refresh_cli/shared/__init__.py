"""Used by every command: output, errors, interruptions, waiting."""
