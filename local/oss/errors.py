"""The errors of OSS: codes with their statuses ("Error responses" in the OSS documentation)."""

from collections.abc import Mapping, Sequence

from local.account.errors import Refused
from local.wire.faults import Refusal
from local.wire.serving import EMPTY

STATUSES = {
    "AccessDenied": 403,
    "BucketNotEmpty": 409,
    "EntityTooSmall": 400,
    "FileAlreadyExists": 409,
    "InvalidAccessKeyId": 403,
    "InvalidArgument": 400,
    "InvalidBucketName": 400,
    "InvalidDigest": 400,
    "InvalidObjectName": 400,
    "InvalidPart": 400,
    "InvalidPartOrder": 400,
    "MalformedXML": 400,
    "MethodNotAllowed": 405,
    "MissingArgument": 400,
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "NoSuchUpload": 404,
    "NotImplemented": 501,
    "NoSuchWebsiteConfiguration": 404,
    "NotSymlink": 400,
    "ObjectNotAppendable": 409,
    "PositionNotEqualToLength": 409,
    "PublicEndpointForbidden": 400,
    "PreconditionFailed": 412,
    "RequestTimeTooSkewed": 403,
    "SecondLevelDomainForbidden": 403,
    "SecurityTokenExpired": 403,
    "SignatureDoesNotMatch": 403,
    "SymlinkTargetNotExist": 404,
}


class OssError(Refused):
    """A refusal with a code of the table above; `elements` stand in its XML after the usual ones."""

    def __init__(
        self,
        code: str,
        message: str,
        headers: Mapping[str, str] = EMPTY,
        elements: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(Refusal(STATUSES[code], code, message, headers))
        self.elements = elements
