# ruff: noqa: S107 - the credentials are made up
"""A caller of the APIs of CDN, DCDN and ESA that can be made to do wrong, signed by Alibaba Cloud's own library."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from http.client import HTTPConnection
from time import gmtime, strftime
from typing import Any
from urllib.parse import urlencode

from alibabacloud_cdn20180510.client import Client
from alibabacloud_openapi_util.client import Client as Util
from alibabacloud_tea_openapi.models import Config
from Tea.request import TeaRequest

from oss_cdn_refresh_box.cdn import Cdn
from oss_cdn_refresh_box.cdn.service import Service
from oss_cdn_refresh_box.clock import Clock

ALGORITHM = "ACS3-HMAC-SHA256"
NOON = 1_780_000_000 - 1_780_000_000 % 86_400 + 4 * 3_600  # 12:00 UTC+8 of some day in 2026


def sdk(cdn: Cdn, key: str = "AK", secret: str = "SECRET", token: str | None = None) -> Client:
    """The official SDK, which dates its calls by the machine's clock."""
    endpoint = cdn.url.partition("://")[2]
    return Client(
        Config(endpoint=endpoint, protocol="http", access_key_id=key, access_key_secret=secret, security_token=token)
    )


class Caller:
    """Calls an API with a key, dating each call by `clock`."""

    version = "2018-05-10"

    def __init__(self, cdn: Service, clock: Clock, key: str = "AK", secret: str = "SECRET", token: str = "") -> None:
        self.cdn = cdn
        self.clock = clock
        self.key = key
        self.secret = secret
        self.token = token

    def refresh(self, urls: Iterable[str], object_type: str = "File", **more: Any) -> str:
        """The code with which the refresh was refused, or ""."""
        return self.call({"ObjectPath": "\n".join(urls), "ObjectType": object_type}, **more)[1].get("Code", "")

    def quota(self) -> dict[str, str]:
        """The answer of DescribeRefreshQuota."""
        return self.call({}, action="DescribeRefreshQuota")[1]

    def call(
        self,
        form: Mapping[str, str],
        *,
        action: str = "RefreshObjectCaches",
        query: Mapping[str, str] = {},
        method: str = "POST",
        nonce: str = "",
        late: float = 0.0,
        altered: Mapping[str, str] = {},
        tampered: Mapping[str, str] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Status and answer of a call, and {} for a page in HTML.

        `altered` headers and a `tampered` form replace those that were signed.
        """
        body = urlencode(form).encode()
        request = TeaRequest()
        request.method, request.pathname, request.query = method, "/", dict(query)
        request.headers = {
            "host": self.cdn.url.partition("://")[2],
            "content-type": "application/x-www-form-urlencoded",
            "x-acs-action": action,
            "x-acs-version": self.version,
            "x-acs-date": strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(self.clock.now() - late)),
            "x-acs-signature-nonce": nonce or uuid.uuid4().hex,
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            **({"x-acs-security-token": self.token} if self.token else {}),
        }
        request.headers["authorization"] = Util.get_authorization(
            request, ALGORITHM, request.headers["x-acs-content-sha256"], self.key, self.secret
        )
        if tampered is not None:
            body = urlencode(tampered).encode()
        connection = HTTPConnection(request.headers["host"], timeout=10)
        try:
            connection.request(method, f"/?{urlencode(query)}", body, {**request.headers, **altered})
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, {} if content.startswith(b"<") else json.loads(content)
        finally:
            connection.close()
