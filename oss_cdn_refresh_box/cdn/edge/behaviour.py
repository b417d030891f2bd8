"""How an edge treats URLs and refreshes where no document says it: tests turn each to its other answer.

The values here are those that the stand-in has without a change; `docs/unconfirmed.md` has what the project assumes.
"""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from oss_cdn_refresh_box.cdn.refresh import Refresh

NOT_ZIPPED = "#not-zipped"
NO_DOMAINS: frozenset[str] = frozenset()


class Behaviour(NamedTuple):
    """What no document says of an edge: how it keeps copies, and which of them a refresh finds.

    one_spelling: all spellings of a URL have one copy.
    ignores_queries: so have all queries of a URL, as with the setting "ignore parameters" of a domain.
    encodings_apart: visitors who accept gzip and all others have copies of their own; a preload makes the first.
    preloads_old: a preload brings back the copy from before the last refresh, as nodes behind this one still have it.
    schemes_apart: a refresh of an https URL leaves the copies that visitors by http get.
    custom_keys: the domains whose copies no refresh by URL finds, as perhaps where domains share a cache.
    directory_with_queries: a Directory refresh finds URLs with a query, too.
    directory_deletes: a Directory refresh deletes copies also without Force.
    bare_with_queries: an IgnoreParams refresh finds the URL without a query, too.
    """

    one_spelling: bool = False
    ignores_queries: bool = False
    encodings_apart: bool = False
    preloads_old: bool = False
    schemes_apart: bool = False
    custom_keys: frozenset[str] = NO_DOMAINS
    directory_with_queries: bool = True
    directory_deletes: bool = False
    bare_with_queries: bool = True

    def reaches(self, url: str) -> bool:
        """Whether a refresh of this URL reaches the copies of this edge, which is asked by http."""
        scheme, _, rest = url.partition("://")
        return not (self.schemes_apart and scheme == "https") and rest.partition("/")[0] not in self.custom_keys

    def variant(self, accepted: str) -> str:
        """What the key of a visitor's copy ends with; `accepted`: the Accept-Encoding header. No URL holds a "#"."""
        return NOT_ZIPPED if self.encodings_apart and "gzip" not in accepted else ""

    def key(self, key: str) -> str:
        """The key of a copy, `www.example.com/a.jpg?v=1`, for a URL as it is spelled."""
        path, mark, query = key.partition("?")
        if self.one_spelling:
            path = quote(unquote_to_bytes(path), safe="/")
        return path if self.ignores_queries else path + mark + query

    def deletes(self, refresh: Refresh) -> bool:
        """Whether a refresh deletes the copies that it finds; else it marks them as expired."""
        of_itself = refresh.object_type == "File" or (refresh.object_type == "Directory" and self.directory_deletes)
        return refresh.force or of_itself

    def found(self, refresh: Refresh, keys: Iterable[str]) -> list[str]:
        """Those of the keys of copies that a refresh finds."""
        reaching = (url.partition("://")[2] for url in refresh.urls if self.reaches(url))
        submitted = {self.key(url) for url in reaching}
        match refresh.object_type:
            case "Directory":
                below = tuple(submitted)
                found = [key for key in keys if key.startswith(below)]
                return [key for key in found if self.directory_with_queries or "?" not in key]
            case "IgnoreParams":
                bare = {url.partition("?")[0] for url in submitted}
                found = [key for key in keys if key.partition("#")[0].partition("?")[0] in bare]
                return [key for key in found if self.bare_with_queries or "?" in key]
            case _:
                return [key for key in keys if key.partition("#")[0] in submitted]
