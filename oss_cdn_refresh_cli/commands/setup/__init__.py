"""Commands about the deployment itself: its checks, settings, configuration, and calls of its functions."""
