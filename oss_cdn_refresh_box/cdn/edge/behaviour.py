"""How an edge treats URLs and refreshes where no document says it: tests turn each to its other answer.

The values here are those that the stand-in has without a change; `docs/unconfirmed.md` has what the project assumes.
"""

from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes


class Behaviour(NamedTuple):
    """one_spelling: all spellings of a URL have one copy."""

    one_spelling: bool = False

    def key(self, key: str) -> str:
        """The key of a copy, `www.example.com/a.jpg?v=1`, for a URL as it is spelled."""
        if not self.one_spelling:
            return key
        path, mark, query = key.partition("?")
        return quote(unquote_to_bytes(path), safe="/") + mark + query
