"""The operator's credentials, from the official chain (environment, OIDC, CLI profiles, the machine's role)."""

import logging
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh_cli.shared.errors import Failed
from oss_cdn_refresh_cli.shared.waiting import waiting

THEIR_LOGGER = "credentials"  # of alibabacloud_credentials 1.0.12
ORIGINS = {  # by a part of the provider's name, alibabacloud_credentials 1.0.12
    "env": "the environment (ALIBABA_CLOUD_ACCESS_KEY_ID)",
    "cli_profile": "a profile of `aliyun configure` (~/.aliyun/config.json)",
    "profile": "a profile in ~/.alibabacloud/credentials.ini",
    "oidc_role_arn": "an OIDC role (ALIBABA_CLOUD_ROLE_ARN)",
    "ecs_ram_role": "the role of this machine",
    "credential_uri": "ALIBABA_CLOUD_CREDENTIALS_URI",
}
WHAT_TO_DO = "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or run `aliyun configure`"
MISSHAPEN = (ValueError, AttributeError, LookupError, TypeError)  # the package reads any JSON as a file of profiles
OF_SERVERLESS_DEVS = "~/.s/access.yaml"  # where `s config add` stores an account
WITH_SERVERLESS_DEVS = (  # `s config get` masks the values; "Config command" of Serverless Devs
    f"this command does not read those of `s` ({OF_SERVERLESS_DEVS}): `s config get` shows which access key `s` uses; "
    "export its AccessKeyID as ALIBABA_CLOUD_ACCESS_KEY_ID, its AccessKeySecret as ALIBABA_CLOUD_ACCESS_KEY_SECRET and "
    "its SecurityToken, if there is one, as ALIBABA_CLOUD_SECURITY_TOKEN, or give the key to `aliyun configure`"
)


class NoCredentials(Failed):
    """There are no credentials. `remedy` is the last part of the message."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"no credentials: {what}: {remedy}")
        self.remedy = remedy


class Chain:
    """Reads the credentials anew at each call, so that temporary ones are renewed while a command runs.

    profile: read this profile only, "" for the whole chain. `origin` is the origin of the latest credentials, for
    people.
    """

    def __init__(self, profile: str = "") -> None:
        self.origin = ""
        self._profile = profile
        self._ask: Callable[[], tuple[Credentials, str]] | None = None

    def __call__(self) -> Credentials:
        """The current credentials.

        :raises NoCredentials: the chain finds none.
        """
        self._ask = self._ask or _chain(self._profile)
        found, name = self._ask()
        parts = name.split("/")
        origin = next((ORIGINS[part] for part in parts if part in ORIGINS), name)
        self.origin = origin.replace("a profile", f'the profile "{self._profile}"') if self._profile else origin
        return found


def origin_of(credentials: Source) -> str:
    """The origin of the latest credentials of a source, for people."""
    return getattr(credentials, "origin", "") or "the caller of the command"


def _chain(profile: str) -> Callable[[], tuple[Credentials, str]]:
    # The package takes half a second to import, and `--help` needs none of it.
    from configparser import Error  # noqa: PLC0415

    from alibabacloud_credentials.client import Client  # noqa: PLC0415
    from alibabacloud_credentials.exceptions import CredentialException  # noqa: PLC0415
    from alibabacloud_credentials.provider import (  # noqa: PLC0415
        CLIProfileCredentialsProvider,
        ProfileCredentialsProvider,
    )
    from Tea.exceptions import RetryError, TeaException  # noqa: PLC0415

    logging.getLogger(THEIR_LOGGER).disabled = True  # its own handler would print a traceback of each failure
    unavailable = (CredentialException, RetryError, TeaException, OSError, Error, *MISSHAPEN)
    of_profile = (CLIProfileCredentialsProvider, ProfileCredentialsProvider)
    try:
        clients = [Client(provider=kind(profile_name=profile)) for kind in of_profile] if profile else [Client()]
    except unavailable as error:
        raise _none(profile) from error

    def ask() -> tuple[Credentials, str]:
        with waiting("the credentials", ""):
            found = _first(clients, unavailable)
        if found is None:
            raise _none(profile)
        credentials = Credentials(
            *((value or "").strip() for value in (found.access_key_id, found.access_key_secret, found.security_token))
        )
        if not all(value.isascii() and value.isprintable() for value in credentials):
            raise Failed(f"the credentials hold characters that no credentials have: {WHAT_TO_DO}")
        return credentials, str(found.provider_name or "")

    return ask


def _first(clients: Iterable[Any], unavailable: tuple[type[Exception], ...]) -> Any:
    """The credentials of the first client that has some, None without one. Its errors may quote secrets."""
    for client in clients:
        with suppress(*unavailable):
            return client.get_credential()
    return None


def _none(profile: str) -> NoCredentials:
    if profile:
        files = "~/.aliyun/config.json or ~/.alibabacloud/credentials.ini"
        remedy = f"give another name, or run `aliyun configure --profile {profile}`"
        return NoCredentials(f'the profile "{profile}" of {files} gives none', remedy)
    of_serverless_devs = os.path.isfile(os.path.expanduser(OF_SERVERLESS_DEVS))  # noqa: PTH111, PTH113 - never raise
    remedy = WITH_SERVERLESS_DEVS if of_serverless_devs else WHAT_TO_DO
    return NoCredentials("none in the environment, a profile or a role", remedy)
