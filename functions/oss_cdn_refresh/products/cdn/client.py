"""Calls to the CDN: RefreshObjectCaches and DescribeRefreshQuota, API version 2018-05-10, RPC style."""

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlsplit

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.effects import Effects, timestamp
from oss_cdn_refresh.model.errors import CallRefused, ConnectionFailed
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType
from oss_cdn_refresh.model.limits import URLS_PER_CALL
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.cdn.signature import authorization
from oss_cdn_refresh.products.cdn.verdicts import CLOCK, CODE_LENGTH, verdict_of
from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh.transport.session import Answer, Request, Session

VERSION = "2018-05-10"
QUOTAS: Mapping[ObjectType, str] = {  # DescribeRefreshQuota, "Response parameters": each with Remain and Quota
    FILE: "Url",
    DIRECTORY: "Dir",
    IGNORE_PARAMS: "IgnoreParams",
}
TOO_LARGE = 413  # HTTP; a gateway says it in a page of its own
# Bounds for the parts of an answer, applied before these are looked up, stored or shown. For codes: `CODE_LENGTH`.
FIGURE_LENGTH = 12  # digits; a longer number is not read
MESSAGE_LENGTH = 1_000  # characters
REQUEST_ID_LENGTH = 128  # characters; the CDN's have 36
TASK_ID_LENGTH = 64  # characters; the CDN's have 9 to 11
TASK_IDS = URLS_PER_CALL  # of a call: an item has one task at most
DATE_LENGTH = 64  # characters; a Date header has 29 (RFC 9110, "Date/Time Formats")

UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"  # RFC 3986


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
        task_ids = answer.task_ids()
        if not task_ids:
            raise CallRefused(Verdict.RETRY, "NoTaskId", "the answer names no task", request_id=answer.request_id())
        return task_ids

    def quota(self, seconds: float) -> dict[ObjectType, Allowance]:
        """The day's quotas and what is left of them; a figure that is missing or odd is None.

        :raises CallRefused: it was not answered.
        """
        body = self._call("DescribeRefreshQuota", {}, seconds).body
        return {
            object_type: Allowance(_figure(body.get(f"{name}Remain")), _figure(body.get(f"{name}Quota")))
            for object_type, name in QUOTAS.items()
        }

    def renew(self, refusal: CallRefused) -> None:
        """Take over the CDN's time from its refusal of our time. Credentials are read again for each call anyway."""
        if refusal.date is not None and refusal.code.startswith(CLOCK):
            self._ahead = refusal.date - self._effects.now()

    def _call(self, action: str, form: Mapping[str, str], seconds: float) -> "_Told":
        body = "&".join(f"{name}={form_encoded(value)}" for name, value in form.items()).encode()

        def sign() -> Request:
            self.requests += action == "RefreshObjectCaches"
            return self._signed(action, body, who)

        who = self._credentials()
        try:
            answer = self._session.send(sign, seconds)
        except ConnectionFailed as failure:
            raise CallRefused(Verdict.RETRY, failure.reason, str(failure), unanswered=True) from failure
        found = _json_object(answer)
        told = _Told(found or {}, who)
        if found is None or not 200 <= answer.status < 300 or found.get("Code"):  # noqa: PLR2004 - HTTP's classes
            raise _refusal(answer, told, is_json=found is not None)
        return told

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


def form_encoded(text: str) -> str:
    """A text in a form body: what `quote_plus` makes of it, in less time where it has thousands of URLs."""
    if not text.isascii():
        return quote_plus(text)
    text = text.replace("%", "%25")
    for code in set(text.encode().translate(None, UNRESERVED + b"% ")):  # only what occurs: it is looked for in all
        text = text.replace(chr(code), f"%{code:02X}")
    return text.replace(" ", "+")


class _Told(NamedTuple):
    """The body of an answer and the credentials of its call: an answer may repeat these, so its texts are redacted."""

    body: Mapping[str, Any]
    who: Credentials

    def text(self, name: str, most: int) -> str:
        """A text of the body, cut to `most` characters."""
        return self.who.redacted(_text(self.body.get(name)))[:most]

    def request_id(self) -> str:
        """The CDN's id of the request, or ""."""
        return self.text("RequestId", REQUEST_ID_LENGTH)

    def task_ids(self) -> tuple[str, ...]:
        """The ids, which the CDN separates by commas."""
        ids = self.text("RefreshTaskId", TASK_IDS * TASK_ID_LENGTH).split(",", TASK_IDS)[:TASK_IDS]
        return tuple(filter(None, (task_id.strip()[:TASK_ID_LENGTH] for task_id in ids)))


def _refusal(answer: Answer, told: _Told, *, is_json: bool) -> CallRefused:
    """The refusal in an answer that is no acceptance."""
    code = told.body.get("Code")
    if isinstance(code, str) and code:
        verdict, shown = verdict_of(code, answer.status), told.text("Code", CODE_LENGTH)
    else:
        judged = is_json or answer.status == TOO_LARGE
        verdict, shown = verdict_of("", answer.status) if judged else Verdict.RETRY, f"HTTP{answer.status}"
    return CallRefused(
        verdict,
        shown,
        told.text("Message", MESSAGE_LENGTH) if is_json else "the answer is no JSON object",
        request_id=told.request_id(),
        retry_after=_retry_after(answer),
        date=_date(answer),
    )


def _json_object(answer: Answer) -> dict[str, Any] | None:
    try:
        body = json.loads(answer.body, parse_int=_integer)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _integer(digits: str) -> int | str:
    """A number of the body; one of very many digits stays a text, because converting it would take long."""
    return int(digits) if len(digits) <= TASK_ID_LENGTH else digits


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
    text = answer.headers.get("Date", "")
    if len(text) > DATE_LENGTH:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
