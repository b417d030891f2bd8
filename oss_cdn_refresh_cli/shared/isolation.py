"""Makes the command's HTTP clients independent of the operator's machine, except for the CA bundle.

The clients differ: the function's session uses neither a proxy nor a `.netrc`, the Tea SDKs obey HTTPS_PROXY but not
NO_PROXY, and each of them finds another CA bundle. All of them read the variables of the process, so this module sets
these variables to the same values for all clients.

- No client of the command uses a proxy, whatever HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say.
- No client reads a `.netrc`.
- All trust the first bundle that REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE or SSL_CERT_FILE names, else that of `certifi`.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from oss_cdn_refresh_cli.shared.errors import Failed

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")  # the first one that is set counts
TOUCHED = (*PROXIES, *map(str.lower, PROXIES), *BUNDLES, "SSL_CERT_DIR", "NETRC")


def proxy_of(environ: Mapping[str, str]) -> str:
    """The name of a variable that asks for a proxy, which the command does not use; "" where none is set."""
    names = [name for upper in PROXIES[:3] for name in (upper, upper.lower())]
    return next((name for name in names if environ.get(name)), "")


@contextmanager
def isolated() -> Iterator[None]:
    """Set the variables for every client of this process, and restore the operator's values at the end.

    :raises Failed: the CA bundle that a variable names cannot be used.
    """
    before = {name: os.environ[name] for name in TOUCHED if name in os.environ}
    now = _variables(before)
    _set(now)
    try:
        yield
    finally:
        _set(before)


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    from certifi import where  # noqa: PLC0415 - the help needs no certificates

    name = next((name for name in BUNDLES if environ.get(name)), "")
    bundle = Path(environ[name] if name else where())
    if name:
        _check(name, bundle)
    trusted = {"SSL_CERT_DIR": str(bundle)} if bundle.is_dir() else {"SSL_CERT_FILE": str(bundle)}
    return {"NO_PROXY": "*", "NETRC": os.devnull, "REQUESTS_CA_BUNDLE": str(bundle), **trusted}


def _check(name: str, bundle: Path) -> None:
    import ssl  # noqa: PLC0415 - few machines name a bundle

    try:
        at = {"capath": str(bundle)} if bundle.is_dir() else {"cafile": str(bundle)}
        ssl.create_default_context(**at)  # type: ignore[arg-type]
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        remedy = f"name a file or a directory of PEM certificates, or unset {name}"
        raise Failed(f"{name}: {bundle}: {what}: {remedy}") from error


def _set(wanted: Mapping[str, str]) -> None:
    for name in TOUCHED:
        os.environ.pop(name, None)
    os.environ.update(wanted)
