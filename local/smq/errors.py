"""The errors of SMQ: codes with their statuses.

Sources: "Error codes" and the pages of the operations in the SMQ documentation (`InvalidDegist` is spelled so there).
None of these pages names the codes for security tokens: UNCONFIRMED, they are those of other services of this cloud.
"""

from local.account.errors import Refused
from local.wire.faults import Refusal
from local.wire.markup import Node, fields

STATUSES = {
    "AccessDenied": 403,
    "InternalServerError": 500,
    "InvalidAccessKeyId": 403,
    "InvalidArgument": 400,
    "InvalidAuthorizationHeader": 400,
    "InvalidDateHeader": 400,
    "InvalidDegist": 400,
    "InvalidQueueName": 400,
    "InvalidRequestURL": 400,
    "InvalidSecurityToken": 403,
    "MalformedXML": 400,
    "MessageNotExist": 404,
    "MissingAuthorizationHeader": 400,
    "MissingDateHeader": 400,
    "MissingReceiptHandle": 400,
    "MissingVersionHeader": 400,
    "MissingVisibilityTimeout": 400,
    "QpsLimitExceeded": 400,
    "QueueAlreadyExist": 409,
    "QueueNotExist": 404,
    "ReceiptHandleError": 400,
    "SecurityTokenExpired": 403,
    "SignatureDoesNotMatch": 403,
    "TimeExpired": 408,
}


class SmqError(Refused):
    """A refusal with a code of the table above; a code that no page names has the status 400."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(Refusal(STATUSES.get(code, 400), code, message))

    @property
    def entry(self) -> list[Node]:
        """The refusal as a part of a batch's answer."""
        return fields([("ErrorCode", self.refusal.code), ("ErrorMessage", self.refusal.message)])
