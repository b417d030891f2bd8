"""The verdict on a refusal: what helps. The table of error codes is in the room of each product."""

from enum import Enum


class Verdict(Enum):
    """What helps after a refusal."""

    RETRY = "the same call may be accepted a moment later"
    DOMAIN_LATER = "one domain of the call has to wait; the other domains need not wait"
    MINUTE_FULL = "one domain has reached its rate limit for this object type; the other items need not wait"
    LATER = "the CDN accepts no call for some minutes"
    DAY_QUOTA = "today's quota for this object type is too small for the call"
    BAD_ITEM = "the CDN will never accept at least one item of the call"
    TOO_LARGE = "the call has too many items, or an item that the CDN will never accept"
    BAD_DOMAIN = "the CDN will not accept at least one domain of the call until a person acts"
    BAD_REQUEST = "the call as a whole is wrong, whatever its items are"
    UNKNOWN = "the code is not documented: it may be about one item, or about the whole call"
    RENEW = "the credentials or the clock are out of date: read them again, once"
    ACCOUNT = "the CDN refuses all calls of the account until a person acts"
