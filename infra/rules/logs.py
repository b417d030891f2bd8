"""Rules for the log: the function writes where the stack looks, and dashboard and alarms are those of infra/sls.

Facts: SLS, "Manage a project" (names); Function Compute, "Configure the logging feature".
"""

import re
from collections.abc import Iterator
from pathlib import Path

from infra import monitoring
from infra.reading import ros
from infra.reading.deployment import ANY_ACCOUNT, Deployment
from infra.rules.findings import Finding

PARAMETERS = "monitoring.props.parameters"
PROJECT = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")  # of SLS
RIGHT = "log:PostLogStoreLogs"


def findings(deployment: Deployment) -> Iterator[Finding]:
    """A log that nobody looks at or nobody may write, and monitoring that is not what its sources say."""
    stack = deployment.template.stack("monitoring")
    made = ros.resources(stack, ANY_ACCOUNT)
    (project,) = (props["Name"] for kind, props in made if kind == "ALIYUN::SLS::Project")
    (logstore,) = (props["LogstoreName"] for kind, props in made if kind == "ALIYUN::SLS::Logstore")
    yield from _switch(deployment, stack.parameters["Monitoring"])
    yield from _name(deployment, project)
    yield from _where(deployment, project, logstore)
    yield from _requests(deployment)
    yield from _right(deployment, project, logstore)
    yield from _stale(stack.template)


def _switch(deployment: Deployment, written: str) -> Iterator[Finding]:
    if written not in (monitoring.FULL, monitoring.NONE):
        remedy = f"write {monitoring.FULL} or {monitoring.NONE}: REFRESH_MONITORING in .env"
        yield Finding(deployment.file, f"{PARAMETERS}.Monitoring", f'"{written}" is unknown', remedy)


def _name(deployment: Deployment, project: str) -> Iterator[Finding]:
    if not PROJECT.fullmatch(project):
        what = f'"{project}" is no name of an SLS project: 3 to 63 of a-z, 0-9 and -'
        yield Finding(deployment.file, f"{PARAMETERS}.Project", what, "choose another REFRESH_NAME in .env")


def _where(deployment: Deployment, project: str, logstore: str) -> Iterator[Finding]:
    for function in deployment.functions:
        if (function.log_project, function.logstore) != (project, logstore):
            place = f"{function.resource}.props.logConfig"
            what = f"is not the log that {monitoring.MADE} makes, which queries and alarms read"
            yield Finding(deployment.file, place, what, f"write project: {project} and logstore: {logstore}")


def _requests(deployment: Deployment) -> Iterator[Finding]:
    for function in deployment.functions:
        if function.log_project and not function.log_requests:
            place = f"{function.resource}.props.logConfig.enableRequestMetrics"
            what = "is not true, so crashes and timeouts leave no line that an alarm could count"
            yield Finding(deployment.file, place, what, "write true")


def _right(deployment: Deployment, project: str, logstore: str) -> Iterator[Finding]:
    wanted = f":project/{project}/logstore/{logstore}"
    if not any(resource.endswith(wanted) for resource in deployment.infrastructure.resources(RIGHT)):
        what = f"the role may not write to the log {project}/{logstore}"
        remedy = "give LogProject and Logstore the same names"
        yield Finding(deployment.file, "infra.props.parameters.LogProject", what, remedy)


def _stale(template: Path) -> Iterator[Finding]:
    sources = template.parent / monitoring.SOURCES
    if template.read_text(encoding="utf-8") != monitoring.template(monitoring.read(sources)):
        yield Finding(template.name, "the whole file", f"is not what {monitoring.SOURCES}/ says", "make monitoring")
