"""What the CDN allows. Pages: RefreshObjectCaches and DescribeRefreshQuota, CDN API 2018-05-10."""

URLS_PER_CALL = 1_000  # RefreshObjectCaches, "URLs in each request"; a larger call is refused whole
DIRECTORIES_PER_CALL = 100  # RefreshObjectCaches, "directories in each request"
IGNORE_PARAMS_PER_CALL = 100  # not printed for the CDN; ESA's PurgeCaches takes 100, and a day allows no more
DOMAINS_PER_CALL = 10  # RefreshObjectCaches, since 2025
CALLS_PER_SECOND = 50  # RefreshObjectCaches, of an account
QUOTA_CALLS_PER_SECOND = 20  # DescribeRefreshQuota, of an account
URLS_PER_MINUTE_PER_DOMAIN = 1_000  # every page before 2025-09; newer ones say 10,000
DIRECTORIES_PER_MINUTE_PER_DOMAIN = 100  # printed once, not confirmed: kept, because it costs nothing
URL_LENGTH = 2_048  # characters; not documented here, sibling APIs say 1,024: what is longer is never sent
BODY_BYTES = 1_048_576  # of one form body; not documented, and a 413 splits the call
SECOND, MINUTE = 1.0, 60.0  # seconds; the windows of the limits
RESET_OFFSET_HOURS = 8  # the daily quotas come back at 00:00 UTC+8
