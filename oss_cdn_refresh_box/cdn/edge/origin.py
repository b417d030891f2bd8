"""From the URL that an edge is asked for to the objects of a bucket that may answer it."""

from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit


class Origin(NamedTuple):
    """The objects of a domain: the URL path `path` + x shows the object with the key `prefix` + x.

    bucket: its base URL, `http://127.0.0.1:PORT/bucket`.
    index_page: shown for a URL that ends with "/", and for a directory's URL without its "/"; "" for none.
    error_page: key of the page that answers for a missing object, with status 200, as single-page apps need it.
    """

    bucket: str
    path: str = "/"
    prefix: str = ""
    index_page: str = "index.html"
    error_page: str = ""

    def shows(self, path: str) -> bool:
        """Whether this raw URL path lies in this origin; `/p` is the root of `/p/`, too."""
        return path.startswith(self.path) or path + "/" == self.path

    def targets(self, path: str, query: str) -> list[str]:
        """The request targets, on the bucket's server, to be tried in turn until one is found.

        Of the query only `x-oss-process` is sent; a `!style` stays at the end of the key, where OSS understands it.
        """
        key = self.prefix.encode() + unquote_to_bytes(path[len(self.path) :])
        process = [value for name, value in parse_qsl(query) if name == "x-oss-process"]
        suffix = f"?{urlencode({'x-oss-process': process[0]})}" if process else ""
        root = urlsplit(self.bucket).path
        return [f"{root}/{quote(each)}{suffix}" for each in self._candidates(key)]

    def _candidates(self, key: bytes) -> list[bytes]:
        is_directory = not key or key.endswith(b"/")
        keys = [key]
        if self.index_page:
            keys.insert(0 if is_directory else 1, key + (b"" if is_directory else b"/") + self.index_page.encode())
        return [each for each in (*keys, self.error_page.encode()) if each]
