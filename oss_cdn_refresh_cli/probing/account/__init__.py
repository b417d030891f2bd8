"""The account on which a question is tried: a bucket, a domain in front of it, and the product of the domain.

Each run has a folder of its own below `PREFIX`, because the edge may still keep copies of an earlier run. Each question
has a folder in the folder of the run, so two questions never use one object, and one clean-up deletes all objects.
"""

from oss_cdn_refresh_cli.probing.account.called import Called
from oss_cdn_refresh_cli.probing.account.place import PREFIX, Place
from oss_cdn_refresh_cli.probing.account.trying import Account

__all__ = ["PREFIX", "Account", "Called", "Place"]
