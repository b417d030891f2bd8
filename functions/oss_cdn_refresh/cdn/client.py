"""Calls to the CDN: RefreshObjectCaches and DescribeRefreshQuota, API version 2018-05-10, RPC style."""

import hashlib
import json
import os
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote_plus, urlsplit

from oss_cdn_refresh.cdn.signature import authorization
from oss_cdn_refresh.cdn.verdicts import Verdict, verdict_of
from oss_cdn_refresh.credentials import Credentials, Source
from oss_cdn_refresh.effects import Effects, timestamp
from oss_cdn_refresh.errors import CallRefused, ConnectionFailed
from oss_cdn_refresh.items import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType
from oss_cdn_refresh.planning import Batch
from oss_cdn_refresh.quota import Allowance
from oss_cdn_refresh.session import Answer, Request, Session

VERSION = "2018-05-10"
QUOTAS: Mapping[ObjectType, str] = {  # DescribeRefreshQuota, "Response parameters": each with Remain and Quota
    FILE: "Url",
    DIRECTORY: "Dir",
    IGNORE_PARAMS: "IgnoreParams",
}
UNKNOWN_KEY = "InvalidAccessKeyId.NotFound"  # an STS key may be new to one of its servers, any other is wrong
TOO_LARGE = 413  # HTTP; a gateway says it in a page of its own
FIGURE_LENGTH = 12  # digits; a longer figure is none
SHOWN = 1_000  # characters of a text of the CDN's that are kept


class Cdn:
    """The API behind an endpoint. `requests` counts the tries of refresh calls, answered or not."""

    def __init__(
        self, endpoint: str, ignore_params_type: str, credentials: Source, session: Session, effects: Effects
    ) -> None:
        self._endpoint = endpoint
        self._ignore_params_type = ignore_params_type
        self._credentials = credentials
        self._session = session
        self._effects = effects
        self._ahead = 0.0  # seconds by which the CDN's clock is ahead of ours, once it complained
        self.requests = 0

    def refresh(self, batch: Batch, seconds: float) -> tuple[str, ...]:
        """Submit a batch, once; returns the task ids.

        :raises CallRefused: it was not accepted, or no answer came in so many seconds.
        """
        form = {
            "ObjectPath": "\n".join(item.url for item in batch.items),
            "ObjectType": self._ignore_params_type if batch.type == IGNORE_PARAMS else batch.type,
        }
        if batch.force:
            form["Force"] = "true"
        answer = self._call("RefreshObjectCaches", form, seconds)
        task_ids = _text(answer.get("RefreshTaskId"))
        accepted = tuple(filter(None, (task_id.strip() for task_id in task_ids.split(","))))
        if not accepted:
            raise CallRefused(Verdict.RETRY, "NoTaskId", "the answer names no task", request_id=_request_id(answer))
        return accepted

    def quota(self, seconds: float) -> dict[ObjectType, Allowance]:
        """The day's quotas and what is left of them; a figure that is missing or odd is None.

        :raises CallRefused: it was not answered.
        """
        answer = self._call("DescribeRefreshQuota", {}, seconds)
        return {
            object_type: Allowance(_figure(answer.get(f"{name}Remain")), _figure(answer.get(f"{name}Quota")))
            for object_type, name in QUOTAS.items()
        }

    def renew(self, refusal: CallRefused) -> None:
        """Take the CDN's time from its refusal. Credentials are read anew for each call as it is."""
        if refusal.date is not None:
            self._ahead = refusal.date - self._effects.now()

    def _call(self, action: str, form: Mapping[str, str], seconds: float) -> dict[str, Any]:
        body = "&".join(f"{name}={quote_plus(value)}" for name, value in form.items()).encode()

        def sign() -> Request:
            self.requests += action == "RefreshObjectCaches"
            return self._signed(action, body, who)

        who = self._credentials()
        try:
            answer = self._session.send(sign, seconds)
        except ConnectionFailed as failure:
            raise CallRefused(Verdict.RETRY, failure.reason, str(failure), unanswered=True) from failure
        return _accepted(answer, who)

    def _signed(self, action: str, body: bytes, who: Credentials) -> Request:
        headers = {
            "host": urlsplit(self._endpoint).netloc,
            "x-acs-action": action,
            "x-acs-version": VERSION,
            "x-acs-date": timestamp(self._effects.now() + self._ahead),
            "x-acs-signature-nonce": os.urandom(16).hex(),
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        }
        if body:
            headers["content-type"] = "application/x-www-form-urlencoded"
        if who.security_token:
            headers["x-acs-security-token"] = who.security_token
        headers["authorization"] = authorization(
            "POST",
            headers,
            {},
            body,
            access_key_id=who.access_key_id,
            access_key_secret=who.access_key_secret,
        )
        return Request("POST", f"{self._endpoint}/", headers, body)


def _accepted(answer: Answer, who: Credentials) -> dict[str, Any]:
    """The body of an answer that is no refusal.

    :raises CallRefused: for every other one.
    """
    body = _json_object(answer)
    if body is not None and 200 <= answer.status < 300 and not body.get("Code"):  # noqa: PLR2004 - HTTP's classes
        return body
    code = (body or {}).get("Code")
    message = "the answer is no JSON object" if body is None else _text(body.get("Message"))
    if isinstance(code, str) and code:
        verdict = verdict_of(code, answer.status)
    else:
        code = f"HTTP{answer.status}"
        verdict = verdict_of("", answer.status) if body is not None or answer.status == TOO_LARGE else Verdict.RETRY
    if code == UNKNOWN_KEY and not who.security_token:
        verdict = Verdict.HOPELESS
    raise CallRefused(
        verdict,
        who.redacted(code)[:SHOWN],
        who.redacted(message)[:SHOWN],  # a refused signature is answered with what was signed
        request_id=who.redacted(_request_id(body))[:SHOWN],
        retry_after=_retry_after(answer),
        date=_date(answer),
    )


def _json_object(answer: Answer) -> dict[str, Any] | None:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _request_id(body: Mapping[str, Any] | None) -> str:
    return _text((body or {}).get("RequestId"))


def _text(value: Any) -> str:
    """A value that documents show as text, and older ones as a number."""
    return str(value) if isinstance(value, (str, int)) else ""


def _figure(value: Any) -> int | None:
    """A whole number, as text or not; None for anything else."""
    figure = _text(value).strip()
    return int(figure) if figure.isdecimal() and len(figure) <= FIGURE_LENGTH else None


def _retry_after(answer: Answer) -> float:
    """Seconds that a refusal asks us to wait, from milliseconds."""
    text = answer.headers.get("x-acs-retry-after", "").strip()
    return int(text) / 1000 if text.isdecimal() and len(text) <= FIGURE_LENGTH else 0.0


def _date(answer: Answer) -> float | None:
    """The CDN's own time in epoch seconds."""
    try:
        return parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
