"""The credentials that the command finds: a named profile, and what to do where there are none."""

import json
from pathlib import Path
from typing import Any

import pytest
from command import LONELY, start

SECRET = "TheSecretOfTheProfile"  # noqa: S105 - it is nobody's
NONE_IN_THE_ENVIRONMENT = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ""}
OF_SERVERLESS_DEVS = f"default:\n  AccessKeyID: LTAIofs\n  AccessKeySecret: {SECRET}\n"


class Home:
    """A home directory, in which profiles can be written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def profile(self, name: str) -> None:
        """A profile of `aliyun configure`."""
        profile = {"name": name, "mode": "AK", "access_key_id": "AK", "access_key_secret": SECRET}
        self.write(".aliyun/config.json", json.dumps({"current": "default", "profiles": [profile]}))

    def write(self, path: str, text: str) -> None:
        """A file of the home directory."""
        (self.folder / path).parent.mkdir()
        (self.folder / path).write_text(text, encoding="utf-8")

    def run(self, *words: str, **more: str) -> tuple[int, str, str]:
        """The command with this home: its exit code, stdout and stderr."""
        environ = {**LONELY, **more, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "", "HOME": str(self.folder)}
        environ |= {"ALIBABA_CLOUD_ACCOUNT_ID": "123", "SMQ_ENDPOINT": "http://127.0.0.1:9", "BACKLOG_QUEUE": "backlog"}
        with start(*words, environ=environ) as process:
            output, errors = process.communicate()
        return process.returncode, output, errors

    def credentials(self, *words: str, **more: str) -> dict[str, Any]:
        """What `settings` shows of the credentials."""
        _, output, _ = self.run("settings", "--json", *words, **more)
        found: dict[str, Any] = json.loads(output)["credentials"]
        assert SECRET not in output
        return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_profile_wins_over_the_environment(home: Home) -> None:
    home.profile("mine")
    shown = {"value": 'the profile "mine" of `aliyun configure` (~/.aliyun/config.json)', "from": "option"}
    assert home.credentials("--profile", "mine") == shown


def test_a_profile_may_be_in_the_file_of_the_sdks(home: Home) -> None:
    text = f"[mine]\ntype = access_key\naccess_key_id = AK\naccess_key_secret = {SECRET}\n"
    home.write(".alibabacloud/credentials.ini", text)
    shown = {"value": 'the profile "mine" in ~/.alibabacloud/credentials.ini', "from": "option"}
    assert home.credentials("--profile", "mine") == shown


def test_the_environment_is_named_as_the_source(home: Home) -> None:
    home.profile("default")
    assert home.credentials() == {"value": "the environment (ALIBABA_CLOUD_ACCESS_KEY_ID)", "from": "environment"}


def test_the_current_profile_is_the_default(home: Home) -> None:
    home.profile("default")
    shown = {"value": "a profile of `aliyun configure` (~/.aliyun/config.json)", "from": "default"}
    assert home.credentials(**NONE_IN_THE_ENVIRONMENT) == shown


def test_a_profile_that_does_not_exist_is_an_error_with_what_to_do(home: Home) -> None:
    home.profile("mine")
    code, _, errors = home.run("backlog", "--profile", "other")
    assert (code, errors.count("\n"), 'the profile "other"' in errors) == (2, 1, True)
    assert "aliyun configure --profile other" in errors


@pytest.mark.parametrize("text", ["{", "[]", '{"profiles": 1}', "null"])
def test_an_unreadable_file_of_profiles_is_no_traceback(home: Home, text: str) -> None:
    home.write(".aliyun/config.json", text)
    code, _, errors = home.run("backlog", "--profile", "mine")
    assert (code, errors.count("\n")) == (2, 1)


def test_a_broken_file_of_the_sdks_is_no_traceback(home: Home) -> None:
    home.write(".alibabacloud/credentials.ini", f"access_key_secret = {SECRET}\n")
    code, _, errors = home.run("backlog", "--profile", "mine")
    assert (code, errors.count("\n"), SECRET in errors) == (2, 1, False)


def test_where_only_serverless_devs_has_credentials_the_error_says_what_to_export(home: Home) -> None:
    home.write(".s/access.yaml", OF_SERVERLESS_DEVS)
    code, _, errors = home.run("backlog", **NONE_IN_THE_ENVIRONMENT)
    assert (code, errors.count("\n"), SECRET in errors) == (2, 1, False)
    assert all(part in errors for part in ("s config get", "ALIBABA_CLOUD_ACCESS_KEY_ID", "aliyun configure"))


def test_doctor_says_what_to_export_too(home: Home) -> None:
    home.write(".s/access.yaml", OF_SERVERLESS_DEVS)
    _, output, _ = home.run("doctor", "--json", **NONE_IN_THE_ENVIRONMENT)
    (finding,) = [each for each in json.loads(output) if each["check"] == "credentials"]
    assert "s config get" in finding["remedy"]
    assert SECRET not in output


def test_the_file_of_serverless_devs_is_not_read(home: Home) -> None:
    home.write(".s/access.yaml", OF_SERVERLESS_DEVS)
    (home.folder / ".s" / "access.yaml").chmod(0)
    _, _, errors = home.run("backlog", **NONE_IN_THE_ENVIRONMENT)
    assert "s config get" in errors


def test_without_any_credentials_the_error_does_not_mention_serverless_devs(home: Home) -> None:
    code, _, errors = home.run("backlog", **NONE_IN_THE_ENVIRONMENT)
    assert (code, "s config get" in errors, "aliyun configure" in errors) == (2, False, True)
