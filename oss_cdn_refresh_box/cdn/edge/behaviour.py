"""How an edge treats URLs and refreshes where no document says it: tests turn each to its other answer.

The values here are those that the stand-in has without a change; `docs/unconfirmed.md` has what the project assumes.
"""

from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

NOT_ZIPPED = "#not-zipped"
NO_DOMAINS: frozenset[str] = frozenset()


class Behaviour(NamedTuple):
    """What no document says of an edge.

    one_spelling: all spellings of a URL have one copy.
    encodings_apart: visitors who accept gzip and all others have copies of their own; a preload makes the first.
    preloads_old: a preload brings back the copy from before the last refresh, as nodes behind this one still have it.
    schemes_apart: a refresh of an https URL leaves the copies that visitors by http get.
    custom_keys: the domains whose copies no refresh by URL finds.
    """

    one_spelling: bool = False
    encodings_apart: bool = False
    preloads_old: bool = False
    schemes_apart: bool = False
    custom_keys: frozenset[str] = NO_DOMAINS

    def reaches(self, url: str) -> bool:
        """Whether a refresh of this URL reaches the copies of this edge, which is asked by http."""
        scheme, _, rest = url.partition("://")
        return not (self.schemes_apart and scheme == "https") and rest.partition("/")[0] not in self.custom_keys

    def variant(self, accepted: str) -> str:
        """What the key of a visitor's copy ends with; `accepted`: the Accept-Encoding header. No URL holds a "#"."""
        return NOT_ZIPPED if self.encodings_apart and "gzip" not in accepted else ""

    def key(self, key: str) -> str:
        """The key of a copy, `www.example.com/a.jpg?v=1`, for a URL as it is spelled."""
        if not self.one_spelling:
            return key
        path, mark, query = key.partition("?")
        return quote(unquote_to_bytes(path), safe="/") + mark + query
