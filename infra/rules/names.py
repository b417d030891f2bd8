"""Rules for names that a person chooses: regions that exist, and names that each service takes.

Facts: the command's `regions`; Function Compute, "CreateFunction" (a function's name); RAM, "CreateRole" and
"Limitations"; OSS, "Bucket naming conventions"; SMQ, "CreateQueue". The name of the log's project is a rule of `logs`.
"""

import re
from collections.abc import Iterator

from infra.reading.deployment import Written
from oss_cdn_refresh.settings.checks import a_bucket, a_queue_name
from oss_cdn_refresh_cli.deployment import regions
from oss_cdn_refresh_cli.deployment.rules.finding import Finding

FUNCTION = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
ROLE = re.compile(r"[A-Za-z0-9.-]{1,64}")
QUEUES = {"BACKLOG_QUEUE": "REFRESH_BACKLOG_QUEUE", "DEAD_LETTER_QUEUE": "REFRESH_DEAD_LETTER_QUEUE"}  # set in `.env`


def findings(written: Written) -> Iterator[Finding]:
    """Report names that a service would refuse in the middle of the deployment."""
    yield from _regions(written)
    yield from _functions(written)
    yield from _role(written)
    yield from _queues(written)
    yield from _buckets(written)


def _regions(written: Written) -> Iterator[Finding]:
    places = {stack.region: f"{stack.resource}.props.region" for stack in written.template.stacks}
    places |= {
        function.region: f"{function.resource}.props.region" for function in reversed(written.template.functions)
    }
    for region, place in sorted(places.items()):
        if region not in regions.REGIONS:
            remedy = f"{regions.remedy(region)}: REFRESH_REGION in .env"
            yield Finding(place, f'"{region}" is no region of Function Compute', remedy)


def _functions(written: Written) -> Iterator[Finding]:
    for function in written.template.functions:
        if not FUNCTION.fullmatch(function.name):
            what = f'"{function.name}" is no name of a function: 1 to 64 letters, digits, - and _, no digit or - first'
            place = f"{function.resource}.props.functionName"
            yield Finding(place, what, "choose another REFRESH_NAME in .env")


def _role(written: Written) -> Iterator[Finding]:
    name = written.deployment.role_arn.rpartition("/")[2]
    if name and not ROLE.fullmatch(name):
        what = f'"{name}", name and region, is no name of a role: 1 to 64 letters, digits, . and -'
        yield Finding("infra.props.parameters.Name", what, "choose another REFRESH_NAME in .env")


def _queues(written: Written) -> Iterator[Finding]:
    for variable, setting in QUEUES.items():
        name = written.deployment.function.environment.get(variable, "")
        complaint = a_queue_name(name) if name else None
        if complaint:
            what, remedy = complaint
            place = f"refresh.props.environmentVariables.{variable}"
            yield Finding(place, f'"{name}" {what}', f"{remedy}: {setting} in .env")


def _buckets(written: Written) -> Iterator[Finding]:
    for trigger in written.deployment.oss_triggers:
        complaint = a_bucket(trigger.bucket)
        if complaint:
            what, remedy = complaint
            place = f"{trigger.place}.sourceArn"
            yield Finding(place, f'"{trigger.bucket}" {what}', f"{remedy}: REFRESH_BUCKET in .env")
