"""Refused credentials are reported in one line with their origin, and without their values."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import Result
from command import run, start
from healthy import Healthy, a_healthy_account
from world import event, record

from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_cli.clients.refusals import wrong

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
SECRET = "TheSecretOfSomebodyElse"  # noqa: S105 - it is nobody's
WRONG = Credentials("AK", SECRET)
COMMANDS: Mapping[str, Sequence[str]] = {
    "quota": ("quota",),
    "backlog": ("backlog",),
    "list": ("dead-letters", "list"),
    "show": ("dead-letters", "show", "ID"),
    "redrive": ("dead-letters", "redrive"),
    "drop": ("dead-letters", "drop", "--yes"),
    "refresh a prefix": ("refresh", "oss://my-site/"),
    "refresh keys": ("refresh", "--keys", "KEYS"),
    "refresh now": ("refresh", "--now", "--keys", "KEYS"),
    "dry run": ("refresh", "--dry-run", "--keys", "KEYS"),
    "inventory": ("inventory", "oss://my-site/", "-o", "INVENTORY"),
    "audit a prefix": ("audit", "oss://my-site/", "--connect-to", "127.0.0.1:9"),
    "audit keys": ("audit", "--keys", "KEYS", "--connect-to", "127.0.0.1:9"),
    "invoke": ("invoke", "EVENT", "EVENT"),
    "invoke and wait": ("invoke", "--wait", "EVENT"),
    "a configuration in OSS": ("validate", "--refresh-config", "oss://my-site/config.yml"),
}
each_command = pytest.mark.parametrize("name", COMMANDS)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Healthy]:
    folder = tmp_path_factory.mktemp("account")
    with a_healthy_account(folder) as healthy:
        healthy.environ.pop("ALIBABA_CLOUD_REGION_ID")  # so that OSS is asked with the signature that is verified
        healthy.environ["XDG_STATE_HOME"] = str(folder)
        (folder / "KEYS").write_text("my-site/a.jpg\n")
        (folder / "EVENT").write_bytes(event(record("a.jpg")))
        yield healthy


def call(account: Healthy, words: Sequence[str], *more: str, who: Credentials = WRONG) -> Result:
    """The command in this process, with its files."""
    words = [str(account.folder / word) if word in ("KEYS", "EVENT", "INVENTORY") else word for word in words]
    return run(*words, *more, environ=account.environ, clock=account.machine, credentials=lambda: who)


@each_command
def test_a_wrong_secret_is_reported_in_one_line(account: Healthy, name: str) -> None:
    result = call(account, COMMANDS[name])
    assert (result.exit_code, result.stderr.count("\n"), result.stdout) == (2, 1, "")
    assert "check the credentials" in result.stderr
    assert len(result.stderr) < 400
    assert not any(part in result.output for part in (SECRET, "Traceback", "<", "StringToSign", "POST&", "&%2F"))


@each_command
def test_a_wrong_secret_is_an_error_in_json(account: Healthy, name: str) -> None:
    result = call(account, COMMANDS[name], "--json")
    assert "check the credentials" in json.loads(result.stdout)["error"]


@each_command
def test_an_unknown_access_key_is_reported_in_one_line(account: Healthy, name: str) -> None:
    result = call(account, COMMANDS[name], who=Credentials("LTAInobody", SECRET))
    assert (result.exit_code, result.stderr.count("\n"), SECRET in result.output) == (2, 1, False)
    assert "check the credentials" in result.stderr


def test_doctor_blames_the_credentials_in_its_table(account: Healthy) -> None:
    result = call(account, ("doctor",))
    assert (result.exit_code, result.stderr, SECRET in result.output) == (1, "", False)
    assert "the secret that belongs to the access key" in result.stdout


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "the environment (ALIBABA_CLOUD_ACCESS_KEY_ID)"),
        ({"ALIBABA_CLOUD_ACCESS_KEY_ID": "", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "", "HOME": "HOME"}, "aliyun conf"),
    ],
    ids=["environment", "profile"],
)
def test_the_source_of_the_credentials_is_named(
    account: Healthy, tmp_path: Path, environ: Mapping[str, str], said: str
) -> None:
    (tmp_path / ".aliyun").mkdir()
    profile = {"name": "default", "mode": "AK", "access_key_id": "AK", "access_key_secret": SECRET}
    (tmp_path / ".aliyun" / "config.json").write_text(json.dumps({"current": "default", "profiles": [profile]}))
    environ = {**environ, **({"HOME": str(tmp_path)} if environ else {})}
    environ = {**account.environ, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET, **environ}
    with start("backlog", environ=environ) as process:
        _, errors = process.communicate()
    assert (process.returncode, errors.count("\n"), said in errors, SECRET in errors) == (2, 1, True, False)


WALL = "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&" + 900 * "A"


@pytest.mark.parametrize(
    "code",
    ["SignatureDoesNotMatch", "IncompleteSignature", "InvalidAccessKeyId.NotFound", "InvalidSecurityToken.Expired"],
)
def test_the_long_text_of_a_refused_signature_is_not_shown(account: Healthy, code: str) -> None:
    account.cloud.cdn.faults = Faults(Refusal(400, code, WALL))
    result = call(account, ("quota",), who=account.credentials)
    assert (result.exit_code, result.stderr.count("\n"), "POST" in result.stderr) == (2, 1, False)


@pytest.mark.parametrize(
    ("code", "of_credentials"),
    [
        ("SignatureDoesNotMatch", True),
        ("SignatureNotMatch", True),
        ("InvalidAccessKeyID", True),
        ("InvalidAccessKeyId.Inactive", True),
        ("InvalidAccessKeySecret", True),
        ("MissingSecurityToken", True),
        ("SecurityTokenExpired", True),
        ("SignatureNonceUsed", False),
        ("Forbidden.RAM", False),
        ("AccessDenied", False),
        ("InvalidTimeStamp.Expired", False),
        ("", False),
    ],
)
def test_codes_about_credentials_are_recognised(code: str, of_credentials: bool) -> None:
    assert bool(wrong(code)) is of_credentials
