"""The errors of OSS: codes with their statuses ("Error responses" in the OSS documentation)."""

from collections.abc import Mapping, Sequence

from oss_cdn_refresh_box.account.errors import Refused
from oss_cdn_refresh_box.wire.faults import Refusal
from oss_cdn_refresh_box.wire.serving import EMPTY

CODES = {  # by status
    400: """
        EntityTooSmall InvalidArgument InvalidBucketName InvalidDigest InvalidObjectName InvalidPart
        InvalidPartOrder MalformedXML MissingArgument NotSymlink PublicEndpointForbidden
    """,
    403: """
        AccessDenied InvalidAccessKeyId RequestTimeTooSkewed SecondLevelDomainForbidden SecurityTokenExpired
        SignatureDoesNotMatch
    """,
    404: "NoSuchBucket NoSuchKey NoSuchUpload NoSuchWebsiteConfiguration SymlinkTargetNotExist",
    405: "MethodNotAllowed",
    409: "BucketNotEmpty FileAlreadyExists ObjectNotAppendable PositionNotEqualToLength",
    412: "PreconditionFailed",
    501: "NotImplemented",
}
STATUSES = {code: status for status, codes in CODES.items() for code in codes.split()}


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
