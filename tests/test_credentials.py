"""Which credentials sign a call: those of the context if it has some, else those of the environment."""

from types import SimpleNamespace
from typing import Any

import pytest

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.transport.credentials import Credentials, source

ENVIRON = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "env-id",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "env-secret",
    "ALIBABA_CLOUD_SECURITY_TOKEN": "env-token",
}


def context(key: Any = "ctx-id", secret: Any = "ctx-secret", token: Any = "ctx-token") -> SimpleNamespace:  # noqa: S107 - made up
    return SimpleNamespace(
        credentials=SimpleNamespace(access_key_id=key, access_key_secret=secret, security_token=token)
    )


def test_credentials_in_the_context_are_used() -> None:
    assert source(context(), ENVIRON)() == ("ctx-id", "ctx-secret", "ctx-token")


@pytest.mark.parametrize(
    "without",
    [
        None,
        SimpleNamespace(),
        SimpleNamespace(credentials=None),
        context(key=""),
        context(key=None),
        context(secret=""),
    ],
    ids=repr,
)
def test_without_credentials_in_the_context_those_of_the_environment_are_used(without: Any) -> None:
    assert source(without, ENVIRON)() == ("env-id", "env-secret", "env-token")


@pytest.mark.parametrize("token", [None, ""])
def test_an_access_key_of_a_user_has_no_token(token: Any) -> None:
    assert source(context(token=token), {})().security_token == ""
    assert source(None, {**ENVIRON, "ALIBABA_CLOUD_SECURITY_TOKEN": ""})().security_token == ""


def test_credentials_without_a_token_work() -> None:
    known = SimpleNamespace(access_key_id="ctx-id", access_key_secret="ctx-secret")  # noqa: S106 - made up
    assert source(SimpleNamespace(credentials=known), {})().security_token == ""
    assert source(None, {name: ENVIRON[name] for name in list(ENVIRON)[:2]})().security_token == ""


@pytest.mark.parametrize("missing", list(ENVIRON)[:2])
def test_without_credentials_the_message_says_where_they_should_be(missing: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        source(None, {name: value for name, value in ENVIRON.items() if name != missing})()
    assert str(refused.value) == ("environment: ALIBABA_CLOUD_ACCESS_KEY_ID: no credentials: give the function a role")


def test_credentials_are_read_again_at_each_call() -> None:
    """The platform renews them while an instance lives."""
    environ = dict(ENVIRON)
    read = source(None, environ)
    read()
    environ["ALIBABA_CLOUD_ACCESS_KEY_ID"] = "renewed"
    assert read().access_key_id == "renewed"


@pytest.mark.parametrize("shown", [repr, str, "{}".format, "{!r}".format, lambda who: f"{[who]}"])
def test_credentials_are_never_shown(shown: Any) -> None:
    text = shown(Credentials("the-id", "the-secret", "the-token"))
    assert not any(secret in text for secret in ("the-id", "the-secret", "the-token"))


def test_every_secret_is_removed_from_a_text_from_outside() -> None:
    who = Credentials("the-id", "the-secret", "the-token")
    assert who.redacted("id=the-id&the-secretthe-token, the") == "id=***&******, the"


def test_an_empty_token_leaves_a_text_unchanged() -> None:
    assert Credentials("the-id", "the-secret").redacted("nothing here") == "nothing here"
