"""The errors of SMQ: codes with their statuses.

Sources: "Error codes" and the pages of the operations in the SMQ documentation (`InvalidDegist` is spelled so there).
None of these pages names the codes for security tokens: UNCONFIRMED, they are those of other services of this cloud.
"""

from oss_cdn_refresh_box.account.errors import Refused
from oss_cdn_refresh_box.wire.faults import Refusal
from oss_cdn_refresh_box.wire.markup import Node, fields

CODES = {  # by status
    400: """
        InvalidArgument InvalidAuthorizationHeader InvalidDateHeader InvalidDegist InvalidQueueName
        InvalidRequestURL MalformedXML MissingAuthorizationHeader MissingDateHeader MissingReceiptHandle
        MissingVersionHeader MissingVisibilityTimeout QpsLimitExceeded ReceiptHandleError
    """,
    403: "AccessDenied InvalidAccessKeyId InvalidSecurityToken SecurityTokenExpired SignatureDoesNotMatch",
    404: "MessageNotExist QueueNotExist",
    408: "TimeExpired",
    409: "QueueAlreadyExist",
    500: "InternalServerError",
}
STATUSES = {code: status for status, codes in CODES.items() for code in codes.split()}


class SmqError(Refused):
    """A refusal with a code of the table above; a code that no page names has the status 400."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(Refusal(STATUSES.get(code, 400), code, message))

    @property
    def entry(self) -> list[Node]:
        """The refusal as a part of a batch's answer."""
        return fields([("ErrorCode", self.refusal.code), ("ErrorMessage", self.refusal.message)])
