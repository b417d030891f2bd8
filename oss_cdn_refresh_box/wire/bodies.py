"""The body of a request, by its length or by its chunks: what is not whole is none."""

from email.message import Message
from io import BufferedIOBase


def read(stream: BufferedIOBase, headers: Message) -> bytes:
    """The body that follows these headers; trailers are not expected.

    :raises ValueError: a length is no number.
    :raises ConnectionError: the client goes away before all of it is there.
    """
    if headers.get("Transfer-Encoding", "").lower() != "chunked":
        return _whole(stream, _length(headers.get("Content-Length") or "0", 10))
    chunks = []
    while size := _length(stream.readline().partition(b";")[0].decode("latin-1").strip(), 16):
        chunks.append(_whole(stream, size))
        stream.readline()
    stream.readline()
    return b"".join(chunks)


def _whole(stream: BufferedIOBase, length: int) -> bytes:
    body = stream.read(length)
    if len(body) < length:
        raise ConnectionError("the client went away")
    return body


def _length(text: str, base: int) -> int:
    """A length as HTTP writes it; ValueError for what only Python takes for a number, such as "-5" or "1_0"."""
    if not text.isalnum():
        raise ValueError(text)
    return int(text, base)
