"""Static website hosting of a bucket.

Facts: "GetBucketWebsite" and "PutBucketWebsite" in the OSS documentation.
"""

from typing import NamedTuple

from local.wire.markup import Node, document, fields


class Website(NamedTuple):
    """The hosting of a bucket: its home page and its error page, "" where one is not set.

    GetBucketWebsite returns it, but it has no effect: requests for `/` and for missing objects are answered without it.

    sub_directories: SupportSubDir, whether `/docs/` shows `docs/index.html`.
    kind: what `/docs` answers then: 0 a redirect, 1 a 404, 2 the page.
    """

    home: str = "index.html"
    error: str = ""
    error_status: int = 404
    sub_directories: bool = False
    kind: int = 0

    def document(self) -> bytes:
        """As GetBucketWebsite tells it."""
        told: list[Node] = []
        if self.home:
            suffix = [("Suffix", self.home), ("SupportSubDir", str(self.sub_directories).lower())]
            told.append(Node("IndexDocument", fields([*suffix, ("Type", self.kind)])))
        if self.error:
            told.append(Node("ErrorDocument", fields([("Key", self.error), ("HttpStatus", self.error_status)])))
        return document(Node("WebsiteConfiguration", told))
