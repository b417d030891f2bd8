"""Reads the deployment as the tools do: template.yml as Serverless Devs, ros.yml as ROS; with rules for both.

Used by `make check-template`, `make deploy` and the Function Compute of `oss_cdn_refresh_box/`; never deployed.
"""
