"""The TLS context: which certificates the function trusts."""

import os
import re
import ssl
from pathlib import Path

from certifi import where

from oss_cdn_refresh.model.errors import ConfigurationError

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")  # in the order in which they count

_HASHED = r"[0-9a-f]{8}\.\d+"  # a certificate in a folder, as `openssl rehash` links it


def tls_context() -> ssl.SSLContext:
    """A context with the CA bundle that the environment names, as `requests` would use it, else that of `certifi`.

    :raises ConfigurationError: the bundle does not exist, or holds no certificate.
    """
    variable = next((name for name in CA_VARIABLES if os.environ.get(name)), "")
    bundle = Path(os.environ[variable] if variable else where())
    try:
        if bundle.is_dir():  # read when a connection needs it, by the hashes of names
            context = ssl.create_default_context(capath=str(bundle))
            found = any(re.fullmatch(_HASHED, entry.name) for entry in bundle.iterdir())
        else:
            context = ssl.create_default_context(cafile=str(bundle))
            found = context.cert_store_stats()["x509"] > 0
    except (OSError, ValueError) as error:
        what = f'"{bundle}" cannot be used: {getattr(error, "strerror", None) or error}'
    else:
        if found:
            return context
        what = f'"{bundle}" holds no certificate'
    if not variable:
        raise ConfigurationError("environment", "certifi", what, "deploy the layer again")
    raise ConfigurationError("environment", variable, what, "name a PEM file of CA certificates, or unset it")
