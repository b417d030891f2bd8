"""The checks of `doctor`, a module for each group; they run and are shown in this order."""

from collections.abc import Mapping

from oss_cdn_refresh_cli.doctor.checks import (
    access,
    buckets,
    domains,
    functions,
    globs,
    queues,
    rights,
    triggers,
    websites,
)
from oss_cdn_refresh_cli.doctor.findings import Check

CHECKS: Mapping[str, Check] = {
    "config": access.config,
    "globs": globs.globs,
    "credentials": access.credentials,
    "clock": access.clock,
    "rights": rights.rights,
    "domain": domains.domain,
    "cache_key": domains.cache_key,
    "bucket": buckets.bucket,
    "website": websites.website,
    "function": functions.function,
    "layer": functions.layer,
    "oss_trigger": triggers.oss_trigger,
    "queue_trigger": triggers.queue_trigger,
    "failure_destination": functions.failure_destination,
    "queues": queues.queues,
    "quota": domains.quota,
    "endpoint": access.endpoint,
    "competitor": buckets.competitor,
}
