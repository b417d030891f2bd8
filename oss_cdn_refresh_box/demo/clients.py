"""The official SDKs, pointed at the cloud in a box as the account's owner."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mns.account import Account

from oss_cdn_refresh_box.cloud import OWNER, Cloud

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "invalid escape sequence")  # in docstrings of oss2, when Python compiles it
    import oss2


@contextmanager
def bucket(cloud: Cloud, name: str) -> Iterator[Any]:
    """An `oss2.Bucket`."""
    session = oss2.Session()
    try:
        yield oss2.Bucket(oss2.Auth(*OWNER), cloud.oss.url, name, session=session)
    finally:
        session.session.close()


@contextmanager
def queue(cloud: Cloud, name: str) -> Iterator[Any]:
    """A queue of `aliyun-mns-sdk`, without Base64."""
    account = Account(cloud.smq.url, *OWNER)
    try:
        found = account.get_queue(name)
        found.set_encoding(False)
        yield found
    finally:
        account.mns_client.close_connection()
