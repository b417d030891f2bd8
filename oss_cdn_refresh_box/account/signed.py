"""A signed request, whichever version of the signature it has."""

from collections.abc import Callable
from typing import NamedTuple


class Signed(NamedTuple):
    """What a request says about its signature.

    identity: the access key id; token: the security token of STS, or "".
    date: the time of signing, `YYYY-MM-DDThh:mm:ssZ`, as it is written in the request.
    text: what is signed; claimed: its signature in the request; sign: makes the right one of the text and a secret.
    """

    identity: str
    token: str
    date: str
    nonce: str
    text: str
    claimed: str
    sign: Callable[[str, str], str]
