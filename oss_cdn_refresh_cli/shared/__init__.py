"""What every command shares: output, errors, interruptions, waiting."""
