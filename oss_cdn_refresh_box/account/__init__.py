"""The account of the cloud in a box: access keys, signatures, error codes, RAM."""
