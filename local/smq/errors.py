"""What SMQ refuses, by the code that it answers.

Codes, statuses and the reasons behind them: "Error codes" and the pages of the single operations in the SMQ
documentation (`InvalidDegist` is spelled so there). The codes for security tokens are on none of these
pages: UNCONFIRMED, named after what other services of this cloud say.
"""

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


class SmqError(Exception):
    """A refusal: `code` from the table above and what is wrong."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code; 400 for one that no page names."""
        return STATUSES.get(self.code, 400)

    @property
    def entry(self) -> list[Node]:
        """The refusal as a part of a batch's answer."""
        return fields([("ErrorCode", self.code), ("ErrorMessage", self.message)])
