"""The CA certificates of `certifi` as a folder in which OpenSSL finds each by the hash of its name.

Loading the whole bundle costs every cold start over https some 20 ms; from such a folder OpenSSL reads the one or two
certificates that a connection needs. `openssl rehash` makes the same names, but need not be there.

Facts: `X509_LOOKUP_hash_dir` (names of files), `x509_name_canon` in OpenSSL's `crypto/x509/x_name.c` (what is hashed),
RFC 5280 (where the subject stands), X.690 (DER).
"""

import hashlib
import re
import ssl
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n", re.DOTALL)
SEQUENCE, SET, UTF8_STRING, VERSION = 0x30, 0x31, 0x0C, 0xA0  # tags
SUBJECT = 4  # among the fields of a certificate without its version
ENCODINGS = {  # the kinds of text that OpenSSL compares by their characters, by tag
    UTF8_STRING: "utf-8",
    0x13: "latin-1",  # PrintableString; OpenSSL takes each byte of it, and of the next three, for a character
    0x14: "latin-1",  # TeletexString
    0x16: "latin-1",  # IA5String
    0x1A: "latin-1",  # VisibleString
    0x1C: "utf-32-be",  # UniversalString
    0x1E: "utf-16-be",  # BMPString
}


class Element(NamedTuple):
    """A piece of DER: its tag, and what it holds."""

    tag: int
    content: bytes


def write(bundle: Path, folder: Path) -> int:
    """Write each certificate of a PEM bundle into a file of a new folder; returns their number."""
    folder.mkdir()
    names: Counter[str] = Counter()
    for pem in CERTIFICATE.findall(bundle.read_text(encoding="utf-8")):
        name = subject_hash(ssl.PEM_cert_to_DER_cert(pem))
        (folder / f"{name}.{names[name]}").write_text(pem, encoding="ascii")
        names[name] += 1
    return names.total()


def subject_hash(certificate: bytes) -> str:
    """What `openssl x509 -subject_hash` prints for a certificate in DER."""
    (outer,) = elements(certificate)
    fields = list(elements(next(elements(outer.content)).content))
    subject = fields[SUBJECT + (fields[0].tag == VERSION)]
    digest = hashlib.sha1(_canonical(subject.content), usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"


def elements(der: bytes) -> Iterator[Element]:
    """The elements that stand one after the other in DER."""
    at = 0
    while at < len(der):
        tag, length = der[at], der[at + 1]
        at += 2
        if length >= 0x80:  # noqa: PLR2004 - X.690, 8.1.3.5: the number of bytes that give the length
            digits = length - 0x80
            length = int.from_bytes(der[at : at + digits], "big")
            at += digits
        yield Element(tag, der[at : at + length])
        at += length


def _canonical(name: bytes) -> bytes:
    """A name in which spelling does not matter: texts in UTF-8, in lower case, each run of white space one space."""
    return b"".join(
        _der(SET, b"".join(sorted(_der(SEQUENCE, _attribute(pair.content)) for pair in elements(several.content))))
        for several in elements(name)
    )


def _attribute(content: bytes) -> bytes:
    kind, value = elements(content)
    if value.tag in ENCODINGS:
        text = value.content.decode(ENCODINGS[value.tag]).encode()
        value = Element(UTF8_STRING, b" ".join(text.split()).lower())
    return _der(*kind) + _der(*value)


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:  # noqa: PLR2004 - X.690, 8.1.3.4
        return bytes((tag, length)) + content
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 + len(digits))) + digits + content
