"""The TLS context: which certificates the function trusts.

A folder of certificates by the hashes of their names costs nothing until a connection needs one, a bundle is loaded as
a whole: 20 ms of a cold start. So the layer holds the certificates of `certifi` both ways.
"""

import os
import re
import ssl
from importlib.machinery import PathFinder
from pathlib import Path

from oss_cdn_refresh.model.errors import ConfigurationError

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")  # in the order in which they count
HASHED = "hashed"  # the folder of certificates that `make layer` puts beside the bundle of `certifi`
PROTOCOLS = ["http/1.1"]  # of the connection, as TLS negotiates them

_HASHED_NAME = r"[0-9a-f]{8}\.\d+"  # of a certificate in a folder, as `openssl rehash` links it


def tls_context() -> ssl.SSLContext:
    """A context with the certificates that the environment names, as `requests` would use them, else with `certifi`'s.

    :raises ConfigurationError: there is no such file or folder, or it holds no certificate.
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
    """The certificates of `certifi`: the folder where it is there, else the bundle. Importing it takes some 10 ms."""
    found = PathFinder.find_spec("certifi")
    for package in (found and found.submodule_search_locations) or ():
        folder = Path(package) / HASHED
        if folder.is_dir():
            return folder
    from certifi import where  # noqa: PLC0415 - see above

    return Path(where())
