"""Backlog and dead letters: messages written, sent and settled."""
