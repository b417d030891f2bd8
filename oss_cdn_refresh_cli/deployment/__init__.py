"""What a deployment has to be, and the files that say what it is."""
