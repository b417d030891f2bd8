"""The account of the cloud in a box: access keys, RAM, the gate of the APIs, clients."""
