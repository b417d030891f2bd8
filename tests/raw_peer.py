"""A peer that answers each request with any bytes, HTTP or not, and closes the connection."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

REQUEST_BYTES = 65_536


@contextmanager
def raw_peer(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """Start a peer; gives its base URL. `answer` gets the bytes of a request and returns the bytes to send."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_accept, args=(listening, answer), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _accept(listening: socket.socket, answer: Callable[[bytes], bytes]) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            connection.sendall(answer(_request(connection)))


def _request(connection: socket.socket) -> bytes:
    """The bytes of one request, with a body of its Content-Length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        piece = _some(connection)
        received += piece
        missing -= len(piece)
    return received


def _some(connection: socket.socket) -> bytes:
    piece = connection.recv(REQUEST_BYTES)
    if not piece:
        raise ConnectionError("the client went away")
    return piece
