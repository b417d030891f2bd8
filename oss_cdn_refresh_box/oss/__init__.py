"""OSS in a box: objects over the real protocol, and the event of every change."""

from oss_cdn_refresh_box.oss.errors import OssError
from oss_cdn_refresh_box.oss.service import Oss
from oss_cdn_refresh_box.oss.store import Hosted, Stored, Website

__all__ = ["Hosted", "Oss", "OssError", "Stored", "Website"]
