"""The deployment read back: template.yml as Serverless Devs sees it, ros.yml as ROS does, and what must hold.

Used by `make check-template`, `make deploy` and the Function Compute of `local/`; never deployed.
"""
