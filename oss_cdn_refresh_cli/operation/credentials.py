"""The operator's credentials, from the official chain (environment, OIDC, CLI profiles, the machine's role)."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


class Chain:
    """Reads the credentials anew at each call, so that temporary ones are renewed while a command runs.

    `origin` is the origin of the latest credentials, for people.
    """

    def __init__(self) -> None:
        self.origin = ""
        self._ask: Callable[[], tuple[Credentials, str]] | None = None

    def __call__(self) -> Credentials:
        """The current credentials.

        :raises Failed: the chain finds none.
        """
        self._ask = self._ask or _chain()
        found, name = self._ask()
        parts = name.split("/")
        self.origin = next((ORIGINS[part] for part in parts if part in ORIGINS), name)
        return found


def origin_of(credentials: Source) -> str:
    """The origin of the latest credentials of a source, for people."""
    return getattr(credentials, "origin", "") or "the caller of the command"


def _chain() -> Callable[[], tuple[Credentials, str]]:
    # The package takes half a second to import, and `--help` needs none of it.
    from alibabacloud_credentials.client import Client  # noqa: PLC0415
    from alibabacloud_credentials.exceptions import CredentialException  # noqa: PLC0415
    from Tea.exceptions import RetryError, TeaException  # noqa: PLC0415

    logging.getLogger(THEIR_LOGGER).disabled = True  # its own handler would print a traceback of each failure

    @contextmanager
    def explained() -> Iterator[None]:
        try:
            yield
        except (CredentialException, RetryError, TeaException, OSError, ValueError) as error:
            raise Failed(f"no credentials: none in the environment, a profile or a role: {WHAT_TO_DO}") from error

    with explained():
        client = Client()

    def ask() -> tuple[Credentials, str]:
        with explained(), waiting("the credentials", ""):
            found = client.get_credential()
        credentials = Credentials(
            *((value or "").strip() for value in (found.access_key_id, found.access_key_secret, found.security_token))
        )
        if not all(value.isascii() and value.isprintable() for value in credentials):
            raise Failed(f"the credentials hold characters that no credentials have: {WHAT_TO_DO}")
        return credentials, str(found.provider_name or "")

    return ask
