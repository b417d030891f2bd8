"""Entry point of the function `refresh`: changes of OSS objects, and the backlog, to CDN refreshes."""

import gc
import os
from typing import Any

gc.disable()  # importing leaves no garbage; looking for it, then and later, costs a cold start some 7 %
from oss_cdn_refresh.delivery.instance import Instance  # noqa: E402 - likewise
from oss_cdn_refresh.handler import invoke  # noqa: E402 - likewise
from oss_cdn_refresh.model import effects  # noqa: E402 - see the line above

gc.freeze()
gc.enable()

_instance = Instance(effects.real())


def initialize(context: Any) -> None:
    """Load the configuration and the TLS context once an instance.

    :raises ConfigurationError: something in the configuration is wrong; the message says what and where.
    """
    _instance.prepare(context, os.environ)


def handler(event: bytes, context: Any) -> dict[str, Any]:
    """Refresh what an event says has changed; docs/operating.md, "What the handler returns", has the fields.

    :raises ConfigurationError: a person must act; nothing was done.
    :raises Unaccounted: something could be put nowhere; the platform must deliver the event again.
    """
    return invoke(event, context, _instance, os.environ)
