"""Reads a deployment from its files, and its stack as ROS does."""
