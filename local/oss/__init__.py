"""OSS in a box: objects over the real protocol, and the event of every change."""

from local.oss.errors import OssError
from local.oss.service import Oss
from local.oss.store import Stored, Website

__all__ = ["Oss", "OssError", "Stored", "Website"]
