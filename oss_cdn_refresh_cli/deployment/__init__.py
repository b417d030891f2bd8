"""The model of a deployment, its rules, and the files that describe it."""
