"""Reads templates as Serverless Devs and ROS do."""
