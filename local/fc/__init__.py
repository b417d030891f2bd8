"""Function Compute in a box: it deploys a template, with instances, triggers, retries and dead letters."""

from local.fc.api import Api
from local.fc.compute import FunctionCompute
from local.fc.deployed import Deployed, Invocation
from local.fc.instance import Answer, Instance, Platform
from local.fc.stream import Manner

__all__ = ["Answer", "Api", "Deployed", "FunctionCompute", "Instance", "Invocation", "Manner", "Platform"]
