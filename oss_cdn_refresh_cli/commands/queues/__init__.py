"""Commands about the messages of the backlog and of the dead letters."""
