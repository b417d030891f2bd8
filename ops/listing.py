"""Which objects to refresh: what lies under a prefix in OSS, or what a file of keys names."""

import warnings
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from ops.errors import Failed, Refused, Unanswered
from ops.operation import Operation
from ops.validate import located

PAGE = 1_000  # keys; ListObjectsV2, "max-keys"
SECONDS = 15  # that a page may take
NO_LIST = (ParseError, RuntimeError, ValueError)  # what oss2 2.19.1 raises for an answer that is not OSS's
WHAT_TO_DO = {
    "NoSuchBucket": "name a bucket that exists in this region",
    "AccessDenied": "grant oss:ListObjects on the bucket to whom the credentials belong",
    "RequestTimeTooSkewed": "set the clock of this machine",
    "InvalidAccessKeyId": "check the credentials",
    "SignatureDoesNotMatch": "check the credentials",
}


def of_prefix(operation: Operation, place: str) -> Iterator[tuple[str, str]]:
    """The bucket and the key of each object under `oss://bucket/prefix`.

    :raises Failed: it is no such place; `Refused` or `Unanswered` where OSS does not list it.
    """
    bucket_name, _, prefix = place.removeprefix("oss://").partition("/")
    if not place.startswith("oss://") or not bucket_name:
        raise Failed(f'"{place}" is no place in OSS: write oss://bucket/prefix')
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "invalid escape sequence")  # in docstrings of oss2, met when it is compiled
        import oss2  # noqa: PLC0415 - it takes a third of a second

    try:
        bucket = _bucket(operation, bucket_name)
        for found in oss2.ObjectIteratorV2(bucket, prefix=prefix, max_keys=PAGE):
            yield bucket_name, found.key
    except oss2.exceptions.RequestError as error:
        what = f"{place}: no answer of {operation.settings.oss}: check the endpoint and the network, and run it again"
        raise Unanswered("NoAnswer", what) from error
    except NO_LIST as error:
        what = f"{place}: the answer of {operation.settings.oss} is not OSS's: check the endpoint"
        raise Unanswered("NoAnswer", what) from error
    except oss2.exceptions.OssError as error:
        code = str(error.code or error.status)
        message = operation.credentials().redacted(str(error.message or ""))
        raise Refused(code, ": ".join(filter(None, (place, code, message, WHAT_TO_DO.get(code, ""))))) from error


def _bucket(operation: Operation, name: str) -> Any:
    import oss2  # noqa: PLC0415 - as above
    from oss2.credentials import Credentials, CredentialsProvider  # noqa: PLC0415 - as above

    class Provider(CredentialsProvider):  # type: ignore[misc]  # oss2 is not typed
        """Asks for the credentials anew for each request."""

        def get_credentials(self) -> Any:
            return Credentials(*operation.credentials())

    region = operation.settings.region
    # Accounts since 2025 know only V4, which signs the region too.
    auth = (oss2.ProviderAuthV4 if region else oss2.ProviderAuth)(Provider())
    try:
        return oss2.Bucket(
            auth, operation.settings.oss_endpoint(), name, connect_timeout=SECONDS, region=region or None
        )
    except oss2.exceptions.ClientError as error:
        raise Failed(f'"{name}" is no name of a bucket: write oss://bucket/prefix') from error


def of_file(lines: Iterable[bytes], file: str) -> Iterator[tuple[str, str]]:
    """The bucket and the key of each line, `bucket/key` or `oss://bucket/key`; empty lines mean nothing.

    :raises Failed: a line names no object.
    """
    for number, line in enumerate(lines, 1):
        text = _text(line, f"{file}: line {number}")
        if text.strip():
            yield _located(text, f"{file}: line {number}")


def _text(line: bytes, place: str) -> str:
    try:
        return line.decode().removeprefix("\ufeff").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise Failed(f"{place}: it is not UTF-8: save the file as UTF-8") from error


def _located(text: str, place: str) -> tuple[str, str]:
    try:
        return located(text)
    except Failed as error:
        raise Failed(f"{place}: {error}") from error
