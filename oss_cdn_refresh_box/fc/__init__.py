"""Function Compute in a box: it deploys a template, with instances, triggers, retries and dead letters."""

from oss_cdn_refresh_box.fc.api import Api
from oss_cdn_refresh_box.fc.compute import FunctionCompute
from oss_cdn_refresh_box.fc.deployed import Deployed, Invocation
from oss_cdn_refresh_box.fc.instance import Answer, Instance, Platform
from oss_cdn_refresh_box.fc.stream import Manner

__all__ = ["Answer", "Api", "Deployed", "FunctionCompute", "Instance", "Invocation", "Manner", "Platform"]
