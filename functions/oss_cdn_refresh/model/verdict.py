"""Verdicts: what helps after a refusal. Which code of which API means what stands with the product."""

from enum import Enum


class Verdict(Enum):
    """What helps after a refusal."""

    RETRY = "the same call may be accepted a moment later"
    DOMAIN_LATER = "one domain of the call has to wait, the others need not"
    MINUTE_FULL = "one domain's minute is used up for this object type, the other items need not wait"
    LATER = "the CDN takes nothing for minutes"
    DAY_QUOTA = "the day's quota of this object type does not suffice"
    BAD_ITEM = "at least one item of the call will never be accepted"
    TOO_LARGE = "the call has too many items, or one that will never be accepted"
    BAD_DOMAIN = "at least one domain of the call will not be accepted until a person acts"
    BAD_REQUEST = "the call as a whole is wrong, whichever items are in it"
    UNKNOWN = "the code is in no document: it may be about one item, or about everything"
    RENEW = "credentials or the clock are out of date: read them again, once"
    ACCOUNT = "the account's calls are refused until a person acts"
