"""Rules for the log: the function writes where the stack looks, and dashboard and alarms are those of infra/sls.

Facts: SLS, "Manage a project" (names); Function Compute, "Configure the logging feature".
"""

import re
from collections.abc import Iterator
from pathlib import Path

from infra import monitoring
from infra.reading import ros
from infra.reading.deployment import ANY_ACCOUNT, Written
from oss_cdn_refresh_cli.deployment.rules.finding import Finding

PARAMETERS = "monitoring.props.parameters"
PROJECT = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")  # of SLS


def findings(written: Written) -> Iterator[Finding]:
    """A log that nobody looks at or nobody may write, and monitoring that is not what its sources say."""
    stack = written.template.stack("monitoring")
    made = ros.resources(stack, ANY_ACCOUNT)
    (project,) = (props["Name"] for kind, props in made if kind == "ALIYUN::SLS::Project")
    (logstore,) = (props["LogstoreName"] for kind, props in made if kind == "ALIYUN::SLS::Logstore")
    yield from _switch(stack.parameters["Monitoring"])
    yield from _name(project)
    yield from _where(written, project, logstore)
    yield from _requests(written)
    yield from _stale(stack.template)


def _switch(switch: str) -> Iterator[Finding]:
    if switch not in (monitoring.FULL, monitoring.NONE):
        remedy = f"write {monitoring.FULL} or {monitoring.NONE}: REFRESH_MONITORING in .env"
        yield Finding(f"{PARAMETERS}.Monitoring", f'"{switch}" is unknown', remedy)


def _name(project: str) -> Iterator[Finding]:
    if not PROJECT.fullmatch(project):
        what = f'"{project}" is no name of an SLS project: 3 to 63 of a-z, 0-9 and -'
        yield Finding(f"{PARAMETERS}.Project", what, "choose another REFRESH_NAME in .env")


def _where(written: Written, project: str, logstore: str) -> Iterator[Finding]:
    for function in written.template.functions:
        if (function.log_project, function.logstore) != (project, logstore):
            place = f"{function.resource}.props.logConfig"
            what = f"is not the log that {monitoring.MADE} makes, which queries and alarms read"
            yield Finding(place, what, f"write project: {project} and logstore: {logstore}")


def _requests(written: Written) -> Iterator[Finding]:
    for function in written.template.functions:
        if function.log_project and not function.log_requests:
            place = f"{function.resource}.props.logConfig.enableRequestMetrics"
            what = "is not true, so crashes and timeouts leave no line that an alarm could count"
            yield Finding(place, what, "write true")


def _stale(template: Path) -> Iterator[Finding]:
    sources = template.parent / monitoring.SOURCES
    if template.read_text(encoding="utf-8") != monitoring.template(monitoring.read(sources)):
        what = f"is not what {monitoring.SOURCES}/ says"
        yield Finding("the whole file", what, "make monitoring", file=template.name)
