"""Reads the claim of a request about its sender: an access key, a signature and its parameters, not yet verified.

A request with a claim that is not understood, such as a signature of another scheme, is refused: it must not pass for
an anonymous one.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from oss_cdn_refresh_box.oss.errors import OssError

V1, V2, V4 = "OSS", "OSS2", "OSS4-HMAC-SHA256"
HEADERS = {
    V1: re.compile(r"(?P<identity>[^:\s]+):(?P<signature>\S+)"),
    V2: re.compile(
        r"AccessKeyId:(?P<identity>[^,\s]+),(?:AdditionalHeaders:(?P<additional>[^,\s]+),)?Signature:(?P<signature>\S+)"
    ),
}
IN_V1_URL = {"OSSAccessKeyId", "Expires", "Signature"}
IN_V2_URL = {"x-oss-signature-version", "x-oss-access-key-id", "x-oss-expires", "x-oss-signature"}
IN_V4_URL = {"x-oss-signature-version", "x-oss-credential", "x-oss-date", "x-oss-expires", "x-oss-signature"}
ADDITIONAL = "x-oss-additional-headers"
IN_URLS = IN_V1_URL | IN_V2_URL | IN_V4_URL | {ADDITIONAL}
FOREIGN = re.compile(r"x-amz-.*|awsaccesskeyid", re.IGNORECASE)  # of S3's schemes, which OSS knows too


class Claim(NamedTuple):
    """A signature and its parameters.

    `date` is the date in the string to sign; `expires` is the end of a signed URL, as it is spelled there; `day` and
    `region` are the scope of version 4. `parameters` are the names of the query's parameters that make the claim.
    """

    version: str
    identity: str
    token: str
    signature: str
    date: str
    in_url: bool = False
    expires: str = ""
    additional: tuple[str, ...] = ()
    day: str = ""
    region: str = ""
    parameters: frozenset[str] = frozenset()


def claim(headers: Mapping[str, str], parameters: Mapping[str, str]) -> Claim | None:
    """The claim of a request, or None if it makes none. `headers` have lower-case names.

    Raises:
        OssError: the claim is incomplete, not understood, or made twice.

    """
    if any(map(FOREIGN.fullmatch, parameters)):
        raise OssError("InvalidArgument", "The signature version is not supported.")
    in_url = IN_URLS & parameters.keys()
    if "authorization" in headers and in_url:
        raise OssError("InvalidArgument", "Both the Authorization header and the query string hold a signature.")
    if "authorization" in headers:
        return _in_header(headers)
    if not in_url:
        return None
    if in_url <= IN_V1_URL:
        return _in_v1_url(parameters)
    return _in_newer_url(parameters)


def _in_header(headers: Mapping[str, str]) -> Claim:
    version, _, rest = headers["authorization"].partition(" ")
    token = headers.get("x-oss-security-token", "")
    if version == V4:
        return _in_v4_header(rest, token, headers.get("x-oss-date", ""))
    match = HEADERS[version].fullmatch(rest) if version in HEADERS else None
    if match is None:
        raise _unreadable()
    found = match.groupdict()
    date, additional = headers.get("date", ""), _names(found.get("additional"))
    if version == V1:
        date = headers.get("x-oss-date") or date
        token = token or headers.get("security-token", "")  # as version 1 of `alibabacloud-oss-v2` sends it
    return Claim(version, found["identity"], token, found["signature"], date, additional=additional)


def _in_v4_header(rest: str, token: str, date: str) -> Claim:
    fields = [field.strip().partition("=") for field in rest.split(",")]
    found = {name: value for name, _, value in fields}
    required = {"Credential", "Signature"}
    if len(found) != len(fields) or not required <= found.keys() <= required | {"AdditionalHeaders"}:
        raise _unreadable()
    if not all(found.values()):
        raise _unreadable()
    identity, day, region = _credential(found["Credential"])
    additional = _names(found.get("AdditionalHeaders"))
    return Claim(V4, identity, token, found["Signature"], date, additional=additional, day=day, region=region)


def _in_v1_url(parameters: Mapping[str, str]) -> Claim:
    _complete(parameters, IN_V1_URL)
    expires, token = parameters["Expires"], parameters.get("security-token", "")
    spent = frozenset(IN_V1_URL | {"security-token"})
    identity, signature = parameters["OSSAccessKeyId"], parameters["Signature"]
    return Claim(V1, identity, token, signature, expires, in_url=True, expires=expires, parameters=spent)


def _in_newer_url(parameters: Mapping[str, str]) -> Claim:
    version = parameters.get("x-oss-signature-version", "")
    required, carrier = (IN_V4_URL, "x-oss-security-token") if version == V4 else (IN_V2_URL, "security-token")
    _complete(parameters, required)
    if version not in (V2, V4) or IN_V1_URL & parameters.keys():
        raise OssError("InvalidArgument", "The signature version is not supported.")
    identity, day, region = parameters.get("x-oss-access-key-id", ""), "", ""
    if version == V4:
        identity, day, region = _credential(parameters["x-oss-credential"])
    expires = parameters["x-oss-expires"]
    return Claim(
        version,
        identity,
        parameters.get(carrier, ""),
        parameters["x-oss-signature"],
        parameters["x-oss-date"] if version == V4 else expires,
        in_url=True,
        expires=expires,
        additional=_names(parameters.get(ADDITIONAL)),
        day=day,
        region=region,
        parameters=frozenset(required | {ADDITIONAL, carrier}),
    )


def _complete(parameters: Mapping[str, str], required: set[str]) -> None:
    if not all(parameters.get(name) for name in required):
        names = ", ".join(sorted(required))
        raise OssError("AccessDenied", f"Query-string authentication requires the parameters {names}.")


def _credential(text: str) -> tuple[str, str, str]:
    """Access key id, day and region of a credential of version 4."""
    parts = text.rsplit("/", 4)
    if len(parts) != 5 or parts[3:] != ["oss", "aliyun_v4_request"] or not all(parts):  # noqa: PLR2004 - the form above
        raise _unreadable()
    return parts[0], parts[1], parts[2]


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


def _unreadable() -> OssError:
    return OssError("InvalidArgument", "Authorization header is invalid.")
