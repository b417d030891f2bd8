"""Further settings of a cloud, beside the configuration and the template: buckets, queues, ports, https and delay."""

import ssl
from typing import NamedTuple

SERVICES = ("oss", "cdn", "dcdn", "esa", "smq", "edge", "fc", "ram")  # in the order of their ports


class Further(NamedTuple):
    """Buckets and queues that neither configuration nor template names; ports, https and delay.

    port: of the first service; the others follow in the order of `SERVICES`. 0: each service takes a free port.
    delay: seconds from an accepted refresh until it takes effect at the edge.
    tls: the edge answers https with it, too; the other services speak http.
    """

    buckets: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    port: int = 0
    delay: float = 0.0
    tls: ssl.SSLContext | None = None

    def of(self, service: str) -> int:
        """The port of a service, 0 for a free one."""
        return self.port and self.port + SERVICES.index(service)


NOTHING_FURTHER = Further()
