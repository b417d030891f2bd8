"""Writes infra/monitoring.yml, the stack of the log with its dashboard and alarms, from the sources in infra/sls.

ROS templates cannot include files, so the queries are written into one. Facts: ROS, a page each for the types
ALIYUN::SLS::Project, Logstore, Index, Dashboard and Alert; SLS, "Data structure of an alert rule" (version 2.0) and its
published examples; fc3's command `logs`, which searches the full text of the topic `FCLogs:{function}`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from yaml import SafeDumper as FastestDumper
    from yaml import SafeLoader as FastestLoader
else:
    FastestDumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    FastestLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

HERE = Path(__file__).parent
SOURCES = "sls"  # beside the template: alarms.yml, dashboard.yml and queries/
MADE = "monitoring.yml"
FULL, NONE = "full", "none"  # with dashboard and alarms, or only the log

HEADER = f"""\
# The log of both functions, with its index; and with Monitoring: {FULL} a dashboard and alarms.
# Written by `make monitoring` from infra/{SOURCES}: change queries, charts and thresholds there.
"""
WIDTH, HEIGHT, COLUMNS = 10, 8, 2  # of a chart, in the dashboard's grid
WEEK = "-604800s"  # the time range of a chart
KEPT = 30  # days
POLICY = "sls.builtin.dynamic"  # the alert policy that uses the action policy of each rule
NO_DASHBOARD = "internal-alert-analysis"  # SLS recommends it for an alarm that belongs to no dashboard
ANALYSED = ("message", "functionName", "qualifier", "requestId", "hasFunctionError")  # fields that queries may name


class Alarm(NamedTuple):
    """An entry of alarms.yml: when `query`, over the last `window`, returns a row, the alarm fires."""

    name: str
    title: str
    description: str
    query: str
    window: str
    every: str
    severity: int


class Chart(NamedTuple):
    """An entry of dashboard.yml; `x` and `y` are columns of the query's answer."""

    title: str
    query: str
    type: str
    y: list[str]
    x: list[str] = []  # noqa: RUF012 - never changed


class Sources(NamedTuple):
    """The content of infra/sls."""

    queries: Mapping[str, str]  # by the name of the file
    alarms: tuple[Alarm, ...]
    charts: tuple[Chart, ...]


class _Text(str):
    """A text of several lines, which stays readable as a block."""

    __slots__ = ()


class _Dumper(FastestDumper):
    """YAML without anchors, with queries as blocks."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


_Dumper.add_representer(
    _Text, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")
)


def read(folder: Path) -> Sources:
    """The sources in a folder such as infra/sls."""
    queries = {file.stem: file.read_text(encoding="utf-8").strip() for file in sorted((folder / "queries").iterdir())}
    alarms = _content(folder / "alarms.yml")
    charts = _content(folder / "dashboard.yml")
    return Sources(queries, tuple(Alarm(**alarm) for alarm in alarms), tuple(Chart(**chart) for chart in charts))


def _content(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=FastestLoader)  # noqa: S506 - a SafeLoader


def template(sources: Sources) -> str:
    """The text of infra/monitoring.yml."""
    document = {
        "ROSTemplateFormatVersion": "2015-09-01",
        "Description": "oss-cdn-refresh, its log, dashboard and alarms",
        "Parameters": dict(_parameters()),
        "Conditions": {"Monitored": {"Fn::Equals": [FULL, {"Ref": "Monitoring"}]}},
        "Resources": {**dict(_log()), "Dashboard": _dashboard(sources), **dict(_alarms(sources))},
    }
    return HEADER + yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=200)


def _parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "Name", _parameter("Name of the deployment, the title of the dashboard")
    yield "Project", _parameter("SLS project, a name that no other account has: lower case, digits and -")
    yield "Logstore", _parameter("Logstore that the functions write to")
    yield (
        "Monitoring",
        {**_parameter(f"{FULL}, or {NONE} for no dashboard and no alarms"), "AllowedValues": [FULL, NONE]},
    )
    yield "ActionPolicy", _parameter("Id of the SLS action policy that decides who is notified")


def _parameter(description: str) -> dict[str, Any]:
    return {"Type": "String", "Description": description}


def _log() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "LogProject", {"Type": "ALIYUN::SLS::Project", "Properties": {"Name": {"Ref": "Project"}}}
    store = {**_where(), "TTL": KEPT, "ShardCount": 1, "AutoSplit": True, "MaxSplitShard": 8}
    yield "Log", {"Type": "ALIYUN::SLS::Logstore", "DependsOn": "LogProject", "Properties": store}
    keys = [{"Name": name, "Type": "text", "EnableAnalytics": True} for name in ANALYSED]
    index = {**_where(), "FullTextIndex": {"Enable": True}, "KeyIndices": keys}
    yield "LogIndex", {"Type": "ALIYUN::SLS::Index", "DependsOn": "Log", "Properties": index}


def _where() -> dict[str, Any]:
    return {"ProjectName": {"Ref": "Project"}, "LogstoreName": {"Ref": "Logstore"}}


def _dashboard(sources: Sources) -> dict[str, Any]:
    charts = [
        {
            "title": f"chart-{number}",
            "type": chart.type,
            "action": {},
            "search": {
                "logstore": {"Ref": "Logstore"},
                "topic": "",
                "query": _Text(sources.queries[chart.query]),
                "start": WEEK,
                "end": "now",
            },
            "display": {
                "xAxis": chart.x,
                "yAxis": chart.y,
                "xPos": number % COLUMNS * WIDTH,
                "yPos": number // COLUMNS * HEIGHT,
                "width": WIDTH,
                "height": HEIGHT,
                "displayName": chart.title,
            },
        }
        for number, chart in enumerate(sources.charts)
    ]
    properties = {
        "ProjectName": {"Ref": "Project"},
        "DashboardName": "oss-cdn-refresh",
        "DisplayName": {"Ref": "Name"},
        "Charts": charts,
    }
    return _monitored("ALIYUN::SLS::Dashboard", properties)


def _alarms(sources: Sources) -> Iterator[tuple[str, dict[str, Any]]]:
    for alarm in sources.alarms:
        name = "".join(part.capitalize() for part in alarm.name.split("-"))
        yield f"Alarm{name}", _monitored("ALIYUN::SLS::Alert", _alert(alarm, sources.queries[alarm.query]))


def _alert(alarm: Alarm, query: str) -> dict[str, Any]:
    asked = {
        "StoreType": "log",
        "Region": {"Ref": "ALIYUN::Region"},
        "Project": {"Ref": "Project"},
        "Store": {"Ref": "Logstore"},
        "Query": _Text(query),
        "TimeSpanType": "Relative",
        "Start": f"-{alarm.window}",
        "End": "now",
        "PowerSqlMode": "disable",
    }
    configuration = {
        "Version": "2.0",
        "Type": "default",
        "Dashboard": NO_DASHBOARD,
        "QueryList": [asked],
        "JoinConfigurations": [],
        "GroupConfiguration": {"Type": "no_group", "Fields": []},
        "SeverityConfigurations": [  # two empty conditions: any row fires
            {"Severity": alarm.severity, "EvalCondition": {"Condition": "", "CountCondition": ""}}
        ],
        "Annotations": [{"Key": "title", "Value": alarm.title}, {"Key": "desc", "Value": alarm.description}],
        "AutoAnnotation": True,
        "Threshold": 1,
        "NoDataFire": False,
        "SendResolved": True,
        "PolicyConfiguration": {
            "AlertPolicyId": POLICY,
            "ActionPolicyId": {"Ref": "ActionPolicy"},
            "RepeatInterval": "1h",
        },
    }
    detail = {
        "Name": f"refresh-{alarm.name}",
        "DisplayName": alarm.title,
        "State": "Enabled",
        "Schedule": {"Type": "FixedRate", "Interval": alarm.every},
        "Configuration": configuration,
    }
    return {"Project": {"Ref": "Project"}, "Detail": detail}


def _monitored(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"Type": kind, "Condition": "Monitored", "DependsOn": "LogIndex", "Properties": properties}
