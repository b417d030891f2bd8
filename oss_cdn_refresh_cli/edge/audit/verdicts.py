"""Judges whether an answer of the edge equals the object of the bucket, without any request.

answer of the edge               the object's own URL, an alias               a variant
───────────────────────────────  ───────────────────────────────────────────  ─────────────────────────────
another ETag                     stale                                        not judged: made of it
an older Last-Modified           stale: its headers are from before           stale
no ETag, another length          stale                                        not judged
404, 410                         stale                                        stale
400                              cannot be compared                           fresh: the origin makes none
none of these headers            cannot be compared                           cannot be compared
a redirect, anything else        cannot be compared                           cannot be compared

Any served answer is stale if the bucket has no such object. An alias `/d` that redirects to `/d/` is fresh, because it
has no content: PutBucketWebsite, "SupportSubDir".
"""

from enum import Enum
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh_cli.clients.listing import Stored
from oss_cdn_refresh_cli.edge.audit.answers import Seen, tag
from oss_cdn_refresh_cli.edge.audit.targets import Relation, Target

SERVED = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT)
NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class Finding(Enum):
    """The result for a URL."""

    FRESH = "fresh"
    STALE = "stale"
    UNREACHABLE = "unreachable"  # no answer, or one that cannot be compared


class Verdict(NamedTuple):
    """A finding, with its reason."""

    finding: Finding
    why: str = ""


FRESH = Verdict(Finding.FRESH)


def judge(target: Target, stored: Stored | None, seen: Seen) -> Verdict:
    """Compare an answer of the edge with an object, or with None if the bucket has no such object."""
    if seen.status in SERVED:
        return _served(target.relation, stored, seen)
    if seen.status in NOT_THERE:
        return _stale(f"the edge says {seen.status}, and the bucket holds it") if stored else FRESH
    if seen.location:
        if target.relation is Relation.ALIAS and _adds_a_slash(target.url, seen.location):
            return FRESH
        return _unreachable(f"the edge redirects to {seen.location}")
    if seen.status == HTTPStatus.BAD_REQUEST and target.relation is Relation.VARIANT:
        return FRESH
    return _unreachable(f"the edge says {_named(seen.status)}")


def _served(relation: Relation, stored: Stored | None, seen: Seen) -> Verdict:
    if stored is None:
        return _stale("it is served, and the bucket does not hold it")
    exactly = relation is not Relation.VARIANT
    if exactly and seen.etag and seen.etag != tag(stored.etag):
        return _stale("other bytes than the bucket's: the ETag differs")
    if seen.modified is not None and seen.modified < stored.modified:
        what = "the same bytes with headers" if seen.etag == tag(stored.etag) else "a copy"
        return _stale(f"{what} of {timestamp(seen.modified)}, changed at {timestamp(stored.modified)}")
    if exactly and not seen.etag and seen.length is not None and seen.length != stored.size:
        return _stale(f"{seen.length} bytes, the bucket holds {stored.size}")
    comparable = seen.modified is not None or (exactly and (seen.etag or seen.length is not None))
    if not comparable:
        return _unreachable("the edge tells no ETag and no Last-Modified to compare")
    return FRESH


def _adds_a_slash(url: str, location: str) -> bool:
    try:
        asked, sent = urlsplit(url), urlsplit(urljoin(url, location))
    except ValueError:  # the location is no URL
        return False
    return (sent.netloc.lower(), sent.path) == (asked.netloc, asked.path + "/")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _stale(why: str) -> Verdict:
    return Verdict(Finding.STALE, why)


def _unreachable(why: str) -> Verdict:
    return Verdict(Finding.UNREACHABLE, why)
