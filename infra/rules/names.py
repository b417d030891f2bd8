"""Rules for names that a person chooses: regions that exist, and names that each service takes.

Facts: the command's `regions`; Function Compute, "CreateFunction" (a function's name); RAM, "CreateRole" and
"Limitations"; OSS, "Bucket naming conventions"; SMQ, "CreateQueue". The name of the log's project is a rule of `logs`.
"""

import re
from collections.abc import Iterator

from infra.deployment import Written
from oss_cdn_refresh.settings.checks import a_bucket, a_queue_name
from oss_cdn_refresh_cli.deployment import regions
from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS
from oss_cdn_refresh_cli.deployment.rules.finding import Finding

FUNCTION = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
ROLE = re.compile(r"[A-Za-z0-9.-]{1,64}")
ANOTHER_NAME = "choose another REFRESH_NAME in .env"


def findings(written: Written) -> Iterator[Finding]:
    """Report names that a service would refuse in the middle of the deployment."""
    yield from _regions(written)
    for function in written.template.functions:
        if not FUNCTION.fullmatch(function.name):
            what = f'"{function.name}" is no name of a function: 1 to 64 letters, digits, - and _, no digit or - first'
            yield Finding(f"{function.place}.functionName", what, ANOTHER_NAME)
    role = written.deployment.role_arn.rpartition("/")[2]
    if role and not ROLE.fullmatch(role):
        what = f'"{role}", name and region, is no name of a role: 1 to 64 letters, digits, . and -'
        yield Finding("infra.props.parameters.Name", what, ANOTHER_NAME)
    variables = {each: written.deployment.function.environment.get(each) for each in (BACKLOG, DEAD_LETTERS)}
    for variable, name in variables.items():
        if name:
            place = f"refresh.props.environmentVariables.{variable}"
            yield from _complaint(place, name, a_queue_name(name), f"REFRESH_{variable}")
    for trigger in written.deployment.oss_triggers:
        yield from _complaint(f"{trigger.place}.sourceArn", trigger.bucket, a_bucket(trigger.bucket), "REFRESH_BUCKET")


def _regions(written: Written) -> Iterator[Finding]:
    places = {stack.region: f"{stack.resource}.props.region" for stack in written.template.stacks}
    places |= {function.region: f"{function.place}.region" for function in reversed(written.template.functions)}
    for region, place in sorted(places.items()):
        if region not in regions.REGIONS:
            remedy = f"{regions.remedy(region)}: REFRESH_REGION in .env"
            yield Finding(place, f'"{region}" is no region of Function Compute', remedy)


def _complaint(place: str, name: str, complaint: tuple[str, str] | None, setting: str) -> Iterator[Finding]:
    """What the library says of a name that a person sets in `.env`."""
    if complaint:
        what, remedy = complaint
        yield Finding(place, f'"{name}" {what}', f"{remedy}: {setting} in .env")
