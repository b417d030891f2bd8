"""Makes signed calls in RPC style, for CDN, DCDN and ESA, and reads their answers.

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
from oss_cdn_refresh.transport.session import ANSWER_BYTES, Answer, Request, Session

TOO_LARGE = (413, 414)  # HTTP, of a body and of a URL; a gateway answers them with an HTML page
# Bounds for the parts of an answer, applied before a part is looked up, stored or shown.
CODE_LENGTH = 128  # characters; the longest documented code has 40
FIGURE_LENGTH = 12  # digits; a longer number is not read
MESSAGE_LENGTH = 1_000  # characters
REQUEST_ID_LENGTH = 128  # characters; the CDN's request ids have 36
TEXT_LENGTH = 64  # characters of a number in JSON; a longer one stays a text, because converting it would take long
DATE_LENGTH = 64  # characters; a Date header has 29 (RFC 9110, "Date/Time Formats")
UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"  # RFC 3986
NOTHING: Mapping[str, str] = MappingProxyType({})


class Peer(NamedTuple):
    """How a product is reached: the base URL of its API, the credentials, the connections and the clock.

    learned: facts about the API from earlier answers, which an instance keeps between invocations.
    """

    endpoint: str
    credentials: Source
    session: Session
    effects: Effects
    learned: set[str]


class Api:
    """The API of a product; `verdict_of` returns the verdict for an error code and an HTTP status."""

    def __init__(self, peer: Peer, version: str, verdict_of: Callable[[str, int], Verdict]) -> None:
        self._endpoint, self._credentials, self._session, self._effects, _ = peer
        self._version = version
        self._verdict_of = verdict_of
        self._ahead = 0.0  # seconds by which the product's clock is ahead of ours; set after it refused our time
        self.tries: dict[str, int] = {}  # attempts by action, with and without an answer

    def call(
        self,
        action: str,
        seconds: float,
        *,
        form: Mapping[str, str] = NOTHING,
        query: Mapping[str, str] = NOTHING,
        method: str = "POST",
        most_bytes: int = ANSWER_BYTES,
    ) -> "Reply":
        """Call an action once, within `seconds`, with parameters in the body and in the query.

        most_bytes: of the answer; a longer one cannot be read.

        :raises CallRefused: the product refused the call, or no answer came in time.
        """
        body = "&".join(f"{name}={form_encoded(value)}" for name, value in form.items()).encode()
        credentials = self._credentials()

        def sign() -> Request:
            self.tries[action] = self.tries.get(action, 0) + 1
            return self._signed(method, action, query, body, credentials)

        try:
            answer = self._session.send(sign, seconds, most_bytes)
        except ConnectionFailed as failure:
            raise CallRefused(Verdict.RETRY, failure.reason, str(failure), unanswered=True) from failure
        found = _json_object(answer)
        reply = Reply(found or {}, credentials)
        if found is None or not 200 <= answer.status < 300 or found.get("Code"):  # noqa: PLR2004 - HTTP's classes
            raise self._refusal(answer, reply, is_json=found is not None)
        return reply

    def set_clock(self, refusal: CallRefused) -> None:
        """Set the clock for signatures from the product's time, after it refused ours."""
        if refusal.date is not None:
            self._ahead = refusal.date - self._effects.now()

    def _signed(
        self, method: str, action: str, query: Mapping[str, str], body: bytes, credentials: Credentials
    ) -> Request:
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
            method,
            headers,
            query,
            body,
            access_key_id=credentials.access_key_id,
            access_key_secret=credentials.access_key_secret,
        )
        suffix = f"?{query_string(query)}" if query else ""
        return Request(method, f"{self._endpoint}/{suffix}", headers, body)

    def _refusal(self, answer: Answer, reply: "Reply", *, is_json: bool) -> CallRefused:
        """The refusal in an error answer."""
        code = reply.body.get("Code")
        if isinstance(code, str) and code:
            verdict, shown = self._verdict_of(code, answer.status), reply.text("Code", CODE_LENGTH)
        else:
            judged = is_json or answer.status in TOO_LARGE
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
    """The body of an answer. It may repeat the credentials of the call, so they are removed from its texts."""

    body: Mapping[str, Any]
    credentials: Credentials

    def text(self, name: str, most: int) -> str:
        """A text of the body, cut to `most` characters; "" if the body has none."""
        return self.redacted(self.body.get(name), most)

    def redacted(self, value: Any, most: int) -> str:
        """A value of the body as text, without secrets, cut to `most` characters."""
        return self.credentials.redacted(_text(value))[:most]

    def figure(self, name: str) -> int | None:
        """A whole number of the body, written as a number or as a text; None for another value."""
        figure = _text(self.body.get(name)).strip()
        return int(figure) if figure.isdecimal() and len(figure) <= FIGURE_LENGTH else None

    def request_id(self) -> str:
        """The product's id of the request, or ""."""
        return self.text("RequestId", REQUEST_ID_LENGTH)


def form_encoded(text: str) -> str:
    """A text encoded for a form body, the same as `quote_plus`, but faster for a text with thousands of URLs."""
    if not text.isascii():
        return quote_plus(text)
    text = text.replace("%", "%25")
    for code in set(text.encode().translate(None, UNRESERVED + b"% ")):  # only those that occur
        text = text.replace(chr(code), f"%{code:02X}")
    return text.replace(" ", "+")


def _json_object(answer: Answer) -> dict[str, Any] | None:
    try:
        body = json.loads(answer.body, parse_int=_integer)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _integer(digits: str) -> int | str:
    """A number of the body. A number with very many digits stays a text, because converting it would take long."""
    return int(digits) if len(digits) <= TEXT_LENGTH else digits


def _text(value: Any) -> str:
    """The text of a value. Older documents show some values as numbers."""
    return str(value) if isinstance(value, (str, int)) else ""


def _retry_after(answer: Answer) -> float:
    """How many seconds a refusal asks us to wait; the header has milliseconds."""
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
