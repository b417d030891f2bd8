"""The services that the command calls, through their official SDKs."""
