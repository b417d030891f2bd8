"""The bucket's static website hosting, for questions about its pages."""

from typing import NamedTuple

from oss_cdn_refresh.transport.oss_object import is_bound_domain
from oss_cdn_refresh_cli.clients import oss_sdk
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import NotTried


class Website(NamedTuple):
    """The keys of the home page and of the error page, "" where one is not set."""

    home: str
    error: str


def of(account: Account) -> Website:
    """The hosting of the bucket. The probe never changes it.

    :raises NotTried: the bucket has none.
    """
    oss2 = oss_sdk.module()
    try:
        found = account.bucket.get_bucket_website()
    except oss2.exceptions.NoSuchWebsite as error:
        raise NotTried(
            f"{account.place.bucket} has no website hosting: give a test bucket with website hosting"
        ) from error
    return Website(found.index_file or "", found.error_file or "")


def public_url(account: Account, name: str) -> str:
    """The URL of an object at the bucket's own domain, without a signature: signed requests get no pages."""
    oss2, bucket = oss_sdk.module(), account.bucket
    bound = is_bound_domain(bucket.endpoint)
    public = oss2.Bucket(oss2.AnonymousAuth(), bucket.endpoint, bucket.bucket_name, is_cname=bound)
    return str(public.sign_url("GET", account.key(name), 60, slash_safe=True)).rstrip("?")
