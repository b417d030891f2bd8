"""In a clone, after a deployment, the commands that read work without one exported variable."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from click.testing import Result
from cloned import Clone
from command import run
from healthy import CONFIG, Healthy, a_healthy_account
from world import event, record

from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_cli.deployment.dotenv import write
from oss_cdn_refresh_cli.doctor.places import endpoints
from oss_cdn_refresh_cli.doctor.reader import Service
from oss_cdn_refresh_cli.operation.settings import settings
from oss_cdn_refresh_cli.shared.errors import Failed

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
ENDPOINTS = tuple(f"{name}_ENDPOINT" for name in ("CDN", "SMQ", "OSS", "FUNCTION_COMPUTE", "RAM", "STS"))
COMMANDS: dict[str, tuple[Sequence[str], int]] = {  # with their exit codes
    "doctor": (("doctor",), 0),
    "backlog": (("backlog",), 0),
    "quota": (("quota",), 0),
    "dead letters": (("dead-letters", "list"), 0),
    "invoke": (("invoke", "EVENT"), 0),
    "audit": (("audit", "oss://my-site/", "--grace", "0", "--connect-to", "EDGE"), 0),
    "refresh": (("refresh", "oss://my-site/", "--dry-run"), 0),
    "refresh through the backlog": (("refresh", "oss://my-site/"), 0),
    "plan": (("plan", "--keys", "KEYS"), 0),
    "validate": (("validate", "--key", "my-site/a.jpg"), 0),
    "settings": (("settings",), 0),
    "tasks": (("tasks",), 0),
    "explain": (("explain", "http://www.example.com/a.jpg", "--connect-to", "EDGE"), 0),
    "wait": (("wait", "oss://my-site/", "--connect-to", "EDGE"), 0),
}


class Deployed:
    """A clone and the account in which it is deployed; the stand-ins' addresses are in `.env`."""

    def __init__(self, account: Healthy, clone: Clone) -> None:
        self.account = account
        self.clone = clone
        config = {"sites": [{**site, "scheme": "http"} for site in CONFIG["sites"]]}  # the edge has no certificate
        (clone.folder / "functions" / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        (clone.folder / "EVENT").write_bytes(event(record("a.jpg")))
        (clone.folder / "KEYS").write_text("my-site/a.jpg\n", encoding="utf-8")
        domains = ",".join(domain for site in CONFIG["sites"] for domain in site["domains"])
        clone.dotenv(
            {
                "REFRESH_BUCKET": "my-site",
                "REFRESH_DOMAINS": domains,
                **{name: account.environ[name] for name in ENDPOINTS},
            }
        )
        write(clone.folder / ".env", "REFRESH_LAYER_VERSION", "1")  # as `make deploy` notes it

    def run(self, *words: str) -> Result:
        """Run the command with its files and the address of the edge."""
        places = {name: str(self.clone.folder / name) for name in ("EVENT", "KEYS")}
        places["EDGE"] = urlsplit(self.account.cloud.edge.url).netloc
        given = [places.get(word, word) for word in words]
        environ = {"XDG_STATE_HOME": str(self.account.folder)}
        machine = self.account.machine
        return run(*given, environ=environ, clock=machine, credentials=lambda: self.account.credentials)


@pytest.fixture
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    with a_healthy_account(tmp_path) as account:
        account.cloud.oss.stock("my-site", {"a.jpg": b"a"})
        found = Deployed(account, Clone(tmp_path / "clone"))
        monkeypatch.chdir(found.clone.folder)
        yield found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_needs_no_variable(deployed: Deployed, name: str) -> None:
    words, code = COMMANDS[name]
    result = deployed.run(*words)
    assert (result.exit_code, result.stderr) == (code, ""), result.output


@pytest.mark.parametrize(
    "words", [("quota",), ("validate",), ("refresh", "oss://my-site/"), ("backlog",)], ids=" ".join
)
def test_a_command_whose_endpoints_are_known_does_not_ask_for_the_account(
    deployed: Deployed, words: tuple[str, ...]
) -> None:
    deployed.account.cloud.ram.denied.add("GetCallerIdentity")
    assert deployed.run(*words).stderr == ""


def test_doctor_finds_a_healthy_account_from_the_clone_alone(deployed: Deployed) -> None:
    findings = json.loads(deployed.run("doctor", "--json").stdout)
    assert [each for each in findings if each["status"] != "ok"] == []


def test_doctor_names_the_account_as_missing_where_sts_does_not_tell_it(deployed: Deployed) -> None:
    file = deployed.clone.folder / ".env"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("SMQ_")), encoding="utf-8")
    deployed.account.cloud.ram.identity["AccountId"] = ""
    findings = json.loads(deployed.run("doctor", "--json").stdout)
    assert "set ALIBABA_CLOUD_ACCOUNT_ID" in [each["remedy"] for each in findings if each["check"] == "config"]


def test_doctor_derives_the_endpoints_from_the_account_that_sts_tells() -> None:
    found = settings({}, {"ALIBABA_CLOUD_REGION_ID": "cn-hangzhou"})
    urls = endpoints(found.of_account("123"), {})
    assert urls[Service.SMQ] == "https://123.mns.cn-hangzhou.aliyuncs.com"
    assert urls[Service.FUNCTION_COMPUTE] == "https://123.cn-hangzhou.fc.aliyuncs.com"


def test_doctor_reports_missing_credentials_once(deployed: Deployed) -> None:
    def nobody() -> Credentials:
        raise Failed("no credentials: none here: set them")

    result = run("doctor", "--json", environ={}, clock=deployed.account.machine, credentials=nobody)
    findings = json.loads(result.stdout)
    failures = [each for each in findings if each["status"] == "failure"]
    assert [each["check"] for each in failures] == ["credentials"]
    others = [each for each in findings if each["status"] == "warning"]
    assert {(each["detail"], each["remedy"]) for each in others} == {("not checked: no credentials", "")}
    assert len({each["check"] for each in others}) == len(others)
