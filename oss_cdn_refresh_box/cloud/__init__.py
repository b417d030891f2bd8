"""The whole cloud in a box: all services on one clock, with the functions of a template; and SDKs that talk to it."""

from oss_cdn_refresh_box.cloud.cloud import ACCOUNT, OWNER, ROLE, TEMPLATE, Cloud
from oss_cdn_refresh_box.cloud.further import SERVICES, Further

__all__ = ["ACCOUNT", "OWNER", "ROLE", "SERVICES", "TEMPLATE", "Cloud", "Further"]
