"""Function Compute in a box: what it does with a template, instances, triggers, retries and dead letters included."""

from local.fc.answers import Answer
from local.fc.api import Api
from local.fc.compute import FunctionCompute
from local.fc.deployed import Deployed, Invocation
from local.fc.instance import Instance, Platform
from local.fc.stream import Manner

__all__ = ["Answer", "Api", "Deployed", "FunctionCompute", "Instance", "Invocation", "Manner", "Platform"]
