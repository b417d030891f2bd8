"""Who the operator is: the official chain of credentials (environment, OIDC, CLI profiles, the machine's role)."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ops.errors import Failed
from oss_cdn_refresh.credentials import Credentials, Source

THEIR_LOGGER = "credentials"  # of alibabacloud_credentials 1.0.12
WHAT_TO_DO = "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or run `aliyun configure`"


def source() -> Source:
    """Reads the credentials anew at each call, through one chain: temporary ones are renewed while a command runs."""
    ask: Callable[[], Credentials] | None = None

    def read() -> Credentials:
        nonlocal ask
        ask = ask or _chain()
        return ask()

    return read


def _chain() -> Callable[[], Credentials]:
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

    def ask() -> Credentials:
        with explained():
            found = client.get_credential()
        credentials = Credentials(
            *((value or "").strip() for value in (found.access_key_id, found.access_key_secret, found.security_token))
        )
        if not all(value.isascii() and value.isprintable() for value in credentials):
            raise Failed(f"the credentials hold characters that no credentials have: {WHAT_TO_DO}")
        return credentials

    return ask
