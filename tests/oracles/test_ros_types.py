"""Oracle: the ROS type descriptions of `ros-cdk-mns`, `-ram` and `-sls`. The stacks of infra/ must fit them."""

import shutil
from pathlib import Path

import pytest
import yaml
from ros_stacks import judged
from ros_types import PACKAGES, interfaces, specification

from oss_cdn_refresh_cli.deployment.reading import ros
from oss_cdn_refresh_cli.deployment.reading.template import load

ROOT = Path(__file__).parents[2]
ACCOUNT = "1234567890123456"
STACKS = {"infra": "ros.yml", "monitoring": "monitoring.yml"}
EVERYTHING = {  # so that each condition of both stacks holds
    "REFRESH_MORE_DOMAINS": "img.example.com",
    "REFRESH_DCDN_DOMAINS": "dl.example.com",
    "REFRESH_ESA_SITES": "123456789012345",
    "REFRESH_CONFIG": "oss://settings/config.yml",
    "REFRESH_INVENTORY": "oss://settings/inventory.json.gz",
}


def complaints(folder: Path, name: str) -> list[str]:
    """The differences between a stack and the descriptions, in a deployment that uses every setting."""
    stack = load(folder / "template.yml", environ=EVERYTHING, account=ACCOUNT).stack(name)
    return judged(stack, specification(), ACCOUNT)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_property_of_a_package_is_read_with_whether_it_is_required(package: str) -> None:
    """The package also has a file of its interfaces, in JSON: it names the same properties, with other capitals."""
    written = interfaces(package)
    read = {
        check: {name.strip().lower(): each.required for name, each in properties.items()}
        for check, properties in specification().mappings.items()
    }
    assert written
    assert {name: read[name] for name in written} == written


def test_each_resource_of_both_stacks_has_a_description() -> None:
    """No type is excepted."""
    files = [yaml.safe_load((ROOT / "infra" / file).read_text(encoding="utf-8")) for file in STACKS.values()]
    types = {resource["Type"] for document in files for resource in document["Resources"].values()}
    assert types <= specification().types.keys()


@pytest.mark.parametrize("name", STACKS)
def test_each_resource_of_a_stack_is_compared_with_all_its_values(name: str) -> None:
    document = yaml.safe_load((ROOT / "infra" / STACKS[name]).read_text(encoding="utf-8"))
    stack = load(ROOT / "template.yml", environ=EVERYTHING, account=ACCOUNT).stack(name)
    assert len(ros.resources(stack, ACCOUNT)) == len(document["Resources"])


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_agrees_with_the_descriptions(name: str) -> None:
    """Nothing is excepted."""
    assert complaints(ROOT, name) == []


def with_a_fault(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of the deployment, with a text of a file replaced."""
    shutil.copy(ROOT / "template.yml", folder)
    shutil.copytree(ROOT / "infra", folder / "infra")
    text = (ROOT / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


WEEK = "MessageRetentionPeriod: 604800 "
DETAIL = "Alert.Detail"
FAULTS = [  # the stack, what is replaced, its replacement, what is reported
    ("infra", "Type: ALIYUN::MNS::Queue", "Type: ALIYUN::SMQ::Queue", "Backlog: ALIYUN::SMQ::Queue has no description"),
    ("infra", WEEK, "RetentionPeriod: 604800 ", "Backlog.RetentionPeriod: is no property"),
    ("infra", WEEK, "MessageRetentionPeriod: 604801 ", "Queue.MessageRetentionPeriod: range is above 604800"),
    ("infra", WEEK, "MessageRetentionPeriod: 59 ", "Queue.MessageRetentionPeriod: range is below 60"),
    ("infra", WEEK, "MessageRetentionPeriod: 7d ", "Backlog.MessageRetentionPeriod: is a str, not a number"),
    ("infra", WEEK, "MessageRetentionPeriod: yes ", "Backlog.MessageRetentionPeriod: is a bool, not a number"),
    ("infra", WEEK, "LoggingEnabled: 1 ", "Backlog.LoggingEnabled: is a int, not a boolean"),
    ("infra", "    Type: Number\n", "    Type: String\n", "Backlog.VisibilityTimeout: is a str, not a number"),
    ("infra", "      QueueName:\n", "      Name:\n", "Backlog.QueueName: is missing"),
    ("infra", "RoleName:  ", "rolename:  ", "Role.RoleName: is missing"),
    ("infra", "Action: sts", "Actions: sts", "Role.AssumeRolePolicyDocument.Statement[0].Actions: is no property"),
    ("infra", "      Policies:\n        -", "      Policies:\n         ", "Role.Policies: is a dict, not a list"),
    ("infra", "        - PolicyName:\n", "        - Name:\n", "Role.Policies[0].PolicyName: is missing"),
    ("infra", "Fn::Sub: ${Name}-", "Fn::Split: ${Name}-", "Role.RoleName: is a list, not a text"),
    (
        "infra",
        "- RoleName\n",
        "- Name\n",
        "Resources.CdnRefresher.Properties.Roles.0: ALIYUN::RAM::Role has no attribute Name",
    ),
    ("infra", "        - Arn\n", "        - ARN\n", "Outputs.RoleArn.Value: ALIYUN::RAM::Role has no attribute ARN"),
    (
        "infra",
        "        - DeadLetters\n",
        "        - Letters\n",
        "Outputs.DeadLetterUrl.Value: there is no resource Letters",
    ),
    ("monitoring", "TTL: 30", "Ttl: 30", "Log.Ttl: is no property"),
    ("monitoring", "TTL: 30", "TTL: 3651", "Logstore.TTL: range is above 3650"),
    ("monitoring", "MaxSplitShard: 8", "MaxSplitShard: 0", "Logstore.MaxSplitShard: range is below 1"),
    ("monitoring", "AutoSplit: true", "AutoSplit: 'true'", "Log.AutoSplit: is a str, not a boolean"),
    ("monitoring", "        Enable: true", "        Enabled: true", "LogIndex.FullTextIndex.Enable: is missing"),
    ("monitoring", "        Type: text", "        Type: string", "Index.KeyIndices[0].Type: is none of"),
    ("monitoring", "      Charts:", "      Chart:", "Dashboard.Charts: is missing"),
    (
        "monitoring",
        "        Name: refresh-dead-letters",
        "        Title: x",
        "AlarmDeadLetters.Detail.Title: is no property",
    ),
    (
        "monitoring",
        "DisplayName: Dead letters",
        f"DisplayName: {'x' * 65}",
        f"{DETAIL}.DisplayName: length is above 64",
    ),
    ("monitoring", "DisplayName: Dead letters", "DisplayName: ''", f"{DETAIL}.DisplayName: length is below 1"),
    ("monitoring", "Type: no_group", "Type: none", f"{DETAIL}.Configuration.GroupConfiguration.Type: is none of"),
    ("monitoring", "StoreType: log", "StoreType: logs", f"{DETAIL}.Configuration.QueryList[0].StoreType: is none of"),
    (
        "monitoring",
        "- Severity: 8",
        "- Severity: high",
        f"{DETAIL}.Configuration.SeverityConfigurations[0].Severity: is a str",
    ),
    (
        "monitoring",
        "            Query: |-",
        "            SQL: |-",
        f"{DETAIL}.Configuration.QueryList[0].Query: is missing",
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "complaint"), FAULTS, ids=[fault[-1] for fault in FAULTS])
def test_a_fault_in_a_stack_is_reported(tmp_path: Path, name: str, old: str, new: str, complaint: str) -> None:
    said = complaints(with_a_fault(tmp_path, f"infra/{STACKS[name]}", old, new), name)
    assert [each for each in said if each.startswith(complaint)]


def test_a_name_that_a_type_does_not_allow_is_reported(tmp_path: Path) -> None:
    """A value of template.yml can break the rule of a property, too."""
    folder = with_a_fault(
        tmp_path,
        "template.yml",
        "        Logstore: function-log\n        Monitoring",
        "        Logstore: function.log\n        Monitoring",
    )
    assert "Logstore.LogstoreName: does not match ^[a-zA-Z0-9_-]+$" in complaints(folder, "monitoring")
