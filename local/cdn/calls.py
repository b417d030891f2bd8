"""The stand-in's own evidence: what was called, and what became of it."""

from typing import NamedTuple

from local.account.parameters import parameters
from local.cdn.refresh import LINE_END
from local.wire.serving import Request


class Call(NamedTuple):
    """One call as it arrived, and what became of it.

    at: seconds since the epoch, by the stand-in's clock.
    object_type, force, urls: what the client wrote, even where it makes no sense; "", False and () where it wrote none.
    code: the error code that was answered, or "".
    accepted: the CDN has taken the refresh; this may be so without the call being `answered`: the answer was lost.
    answered: a whole answer went out, by the CDN or in its place.
    """

    at: float
    action: str
    object_type: str
    force: bool
    urls: tuple[str, ...]
    nonce: str
    connection: int
    code: str = ""
    accepted: bool = False
    answered: bool = False
    task_ids: tuple[str, ...] = ()


def arrived(request: Request, at: float) -> Call:
    """The call that this request makes, before anything has become of it."""
    given = parameters(request)
    path = given.get("ObjectPath", "")
    return Call(
        at=at,
        action=request.headers.get("x-acs-action", ""),
        object_type=given.get("ObjectType", ""),
        force=given.get("Force", "").lower() == "true",
        urls=tuple(LINE_END.split(path)) if path else (),
        nonce=request.headers.get("x-acs-signature-nonce", ""),
        connection=request.connection,
    )
