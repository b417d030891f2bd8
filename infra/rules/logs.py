"""Rules for the log: the functions write to the log of the stack, and infra/sls is the source of dashboard and alarms.

Facts: SLS, "Manage a project" (names); Function Compute, "Configure the logging feature".
"""

import re
from collections.abc import Iterator

from infra import monitoring
from infra.deployment import ANY_ACCOUNT, Written
from oss_cdn_refresh_cli.deployment.reading import ros
from oss_cdn_refresh_cli.deployment.rules.finding import Finding

PARAMETERS = "monitoring.props.parameters"
PROJECT = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")  # of SLS


def findings(written: Written) -> Iterator[Finding]:
    """A log without queries and alarms, and monitoring that differs from its sources."""
    stack = written.template.stack("monitoring")
    made = ros.resources(stack, ANY_ACCOUNT)
    (project,) = (props["Name"] for kind, props in made if kind == "ALIYUN::SLS::Project")
    (logstore,) = (props["LogstoreName"] for kind, props in made if kind == "ALIYUN::SLS::Logstore")
    switch = stack.parameters["Monitoring"]
    if switch not in (monitoring.FULL, monitoring.NONE):
        remedy = f"write {monitoring.FULL} or {monitoring.NONE}: REFRESH_MONITORING in .env"
        yield Finding(f"{PARAMETERS}.Monitoring", f'"{switch}" is unknown', remedy)
    if not PROJECT.fullmatch(project):
        what = f'"{project}" is no name of an SLS project: 3 to 63 of a-z, 0-9 and -'
        yield Finding(f"{PARAMETERS}.Project", what, "choose another REFRESH_NAME in .env")
    for function in written.template.functions:
        place = f"{function.place}.logConfig"
        if (function.log_project, function.logstore) != (project, logstore):
            what = f"is not the log that {monitoring.MADE} makes, which queries and alarms read"
            yield Finding(place, what, f"write project: {project} and logstore: {logstore}")
        if function.log_project and not function.log_requests:
            what = "is not true, so crashes and timeouts leave no line that an alarm could count"
            yield Finding(f"{place}.enableRequestMetrics", what, "write true")
    sources = stack.template.parent / monitoring.SOURCES
    if stack.template.read_text(encoding="utf-8") != monitoring.template(monitoring.read(sources)):
        what = f"is not what {monitoring.SOURCES}/ says"
        yield Finding("the whole file", what, "make monitoring", file=stack.template.name)
