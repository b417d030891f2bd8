"""The TLS context: which certificates the function trusts.

Loading a bundle of certificates takes 20 ms of a cold start. From a folder of hashed certificates, a connection reads
only the certificate that it needs. So the layer has the certificates of `certifi` as a bundle and as such a folder.
"""

import os
import re
import ssl
from importlib.machinery import PathFinder
from pathlib import Path

from oss_cdn_refresh.model.errors import ConfigurationError

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")  # the first one that is set counts
HASHED = "hashed"  # the folder of hashed certificates, which `make layer` puts beside the bundle of `certifi`
PROTOCOLS = ["http/1.1"]  # for TLS to negotiate

_HASHED_NAME = r"[0-9a-f]{8}\.\d+"  # the name of a certificate's link by `openssl rehash`


def tls_context() -> ssl.SSLContext:
    """A context that trusts the certificates named in the environment (as in `requests`), else those of `certifi`.

    :raises ConfigurationError: the file or folder does not exist, or holds no certificate.
    """
    variable = next((name for name in CA_VARIABLES if os.environ.get(name)), "")
    trusted = Path(os.environ[variable]) if variable else _certifi()
    try:
        if trusted.is_dir():
            context = ssl.create_default_context(capath=str(trusted))
            found = any(re.fullmatch(_HASHED_NAME, entry.name) for entry in trusted.iterdir())
        else:
            context = ssl.create_default_context(cafile=str(trusted))
            found = context.cert_store_stats()["x509"] > 0
    except (OSError, ValueError) as error:
        what = f'"{trusted}" cannot be used: {getattr(error, "strerror", None) or error}'
    else:
        if found:
            context.set_alpn_protocols(PROTOCOLS)
            return context
        what = f'"{trusted}" holds no certificate'
    if not variable:
        raise ConfigurationError("environment", "certifi", what, "deploy the layer again")
    raise ConfigurationError("environment", variable, what, "name a PEM file of CA certificates, or unset it")


def _certifi() -> Path:
    """The certificates of `certifi`: the folder if it exists, else the bundle."""
    found = PathFinder.find_spec("certifi")
    for package in (found and found.submodule_search_locations) or ():
        folder = Path(package) / HASHED
        if folder.is_dir():
            return folder
    from certifi import where  # noqa: PLC0415 - the import takes some 10 ms, and the folder does not need it

    return Path(where())
