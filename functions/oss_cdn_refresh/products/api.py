"""Signed calls in RPC style, as CDN, DCDN and ESA take them, and what their answers say.

Source: "Request syntax and signature method V3", Alibaba Cloud SDK documentation.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlsplit

from oss_cdn_refresh.model.effects import Effects, timestamp
from oss_cdn_refresh.model.errors import CallRefused, ConnectionFailed
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.signature import authorization, query_string
from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh.transport.session import Answer, Request, Session

TOO_LARGE = 413  # HTTP; a gateway says it in a page of its own
# Bounds for the parts of an answer, applied before these are looked up, stored or shown.
CODE_LENGTH = 128  # characters; the longest documented code has 40
FIGURE_LENGTH = 12  # digits; a longer number is not read
MESSAGE_LENGTH = 1_000  # characters
REQUEST_ID_LENGTH = 128  # characters; the CDN's have 36
TEXT_LENGTH = 64  # characters of a number in JSON; longer ones stay texts, because converting them would take long
DATE_LENGTH = 64  # characters; a Date header has 29 (RFC 9110, "Date/Time Formats")
UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"  # RFC 3986
NOTHING: Mapping[str, str] = MappingProxyType({})


class Api:
    """The API of a product behind an endpoint; `verdict_of` says what an error code and an HTTP status mean."""

    def __init__(
        self,
        endpoint: str,
        version: str,
        verdict_of: Callable[[str, int], Verdict],
        credentials: Source,
        session: Session,
        effects: Effects,
    ) -> None:
        self._endpoint = endpoint
        self._version = version
        self._verdict_of = verdict_of
        self._credentials = credentials
        self._session = session
        self._effects = effects
        self._ahead = 0.0  # seconds by which the product's clock is ahead of ours, once it complained
        self.tries: dict[str, int] = {}  # by action, answered or not

    def call(self, action: str, form: Mapping[str, str], seconds: float, query: Mapping[str, str] = NOTHING) -> "Reply":
        """Call an action once, with parameters in the body and in the query.

        :raises CallRefused: it was refused, or no answer came in so many seconds.
        """
        body = "&".join(f"{name}={form_encoded(value)}" for name, value in form.items()).encode()
        credentials = self._credentials()

        def sign() -> Request:
            self.tries[action] = self.tries.get(action, 0) + 1
            return self._signed(action, query, body, credentials)

        try:
            answer = self._session.send(sign, seconds)
        except ConnectionFailed as failure:
            raise CallRefused(Verdict.RETRY, failure.reason, str(failure), unanswered=True) from failure
        found = _json_object(answer)
        reply = Reply(found or {}, credentials)
        if found is None or not 200 <= answer.status < 300 or found.get("Code"):  # noqa: PLR2004 - HTTP's classes
            raise self._refusal(answer, reply, is_json=found is not None)
        return reply

    def take_time(self, refusal: CallRefused) -> None:
        """Take over the product's time from its refusal of our time."""
        if refusal.date is not None:
            self._ahead = refusal.date - self._effects.now()

    def _signed(self, action: str, query: Mapping[str, str], body: bytes, credentials: Credentials) -> Request:
        headers = {
            "host": urlsplit(self._endpoint).netloc,
            "x-acs-action": action,
            "x-acs-version": self._version,
            "x-acs-date": timestamp(self._effects.now() + self._ahead),
            "x-acs-signature-nonce": os.urandom(16).hex(),
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        }
        if body:
            headers["content-type"] = "application/x-www-form-urlencoded"
        if credentials.security_token:
            headers["x-acs-security-token"] = credentials.security_token
        headers["authorization"] = authorization(
            "POST",
            headers,
            query,
            body,
            access_key_id=credentials.access_key_id,
            access_key_secret=credentials.access_key_secret,
        )
        asked = f"?{query_string(query)}" if query else ""
        return Request("POST", f"{self._endpoint}/{asked}", headers, body)

    def _refusal(self, answer: Answer, reply: "Reply", *, is_json: bool) -> CallRefused:
        """The refusal in an answer that is no acceptance."""
        code = reply.body.get("Code")
        if isinstance(code, str) and code:
            verdict, shown = self._verdict_of(code, answer.status), reply.text("Code", CODE_LENGTH)
        else:
            judged = is_json or answer.status == TOO_LARGE
            verdict, shown = self._verdict_of("", answer.status) if judged else Verdict.RETRY, f"HTTP{answer.status}"
        return CallRefused(
            verdict,
            shown,
            reply.text("Message", MESSAGE_LENGTH) if is_json else "the answer is no JSON object",
            request_id=reply.request_id(),
            retry_after=_retry_after(answer),
            date=_date(answer),
        )


class Reply(NamedTuple):
    """The body of an answer and the credentials of its call: an answer may repeat these, so its texts are redacted."""

    body: Mapping[str, Any]
    credentials: Credentials

    def text(self, name: str, most: int) -> str:
        """A text of the body, cut to `most` characters; "" where there is none."""
        return self.redacted(self.body.get(name), most)

    def redacted(self, value: Any, most: int) -> str:
        """A value of the body as text, without secrets, cut to `most` characters."""
        return self.credentials.redacted(_text(value))[:most]

    def figure(self, name: str) -> int | None:
        """A whole number of the body, as text or not; None for anything else."""
        figure = _text(self.body.get(name)).strip()
        return int(figure) if figure.isdecimal() and len(figure) <= FIGURE_LENGTH else None

    def request_id(self) -> str:
        """The product's id of the request, or ""."""
        return self.text("RequestId", REQUEST_ID_LENGTH)


def form_encoded(text: str) -> str:
    """A text in a form body: what `quote_plus` makes of it, in less time where it has thousands of URLs."""
    if not text.isascii():
        return quote_plus(text)
    text = text.replace("%", "%25")
    for code in set(text.encode().translate(None, UNRESERVED + b"% ")):  # only what occurs: it is looked for in all
        text = text.replace(chr(code), f"%{code:02X}")
    return text.replace(" ", "+")


def _json_object(answer: Answer) -> dict[str, Any] | None:
    try:
        body = json.loads(answer.body, parse_int=_integer)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _integer(digits: str) -> int | str:
    """A number of the body; one of very many digits stays a text, because converting it would take long."""
    return int(digits) if len(digits) <= TEXT_LENGTH else digits


def _text(value: Any) -> str:
    """A value that documents show as text, and older ones as a number."""
    return str(value) if isinstance(value, (str, int)) else ""


def _retry_after(answer: Answer) -> float:
    """Seconds that a refusal asks us to wait, from milliseconds."""
    text = answer.headers.get("x-acs-retry-after", "").strip()
    return int(text) / 1000 if text.isdecimal() and len(text) <= FIGURE_LENGTH else 0.0


def _date(answer: Answer) -> float | None:
    """The product's own time in epoch seconds."""
    text = answer.headers.get("Date", "")
    if len(text) > DATE_LENGTH:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
