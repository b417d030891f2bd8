"""The files of the package that are files of this repository with some changes.

In the package, the Python packages of the functions are in the code folder: no component of Serverless Devs publishes a
layer during `s deploy`, and the console runs no further step. So the template has no
layer, and no step that asks for the version of one.
"""

from pathlib import Path

from infra.application.edits import Edited
from oss_cdn_refresh_cli.deployment import regions

HEADERS = "oss:ObjectModified:UpdateObjectMeta"  # in a region without this event, OSS refuses the trigger
WITH_HEADERS = " || ".join(f"region == '{region}'" for region in sorted(regions.HEADER_CHANGES))


def template(root: Path) -> str:
    """template.yml without its layer, and with the event of changed headers only in the regions that have it.

    Its comments name no pages and tools of the repository, because the package has neither.

    :raises OutOfDate: template.yml no longer has a text that the package changes.
    """
    edited = Edited.of(root / "template.yml").replaced(
        "`make deploy` publishes the layer and deploys; after that plain `s deploy` works.",
        "`s deploy` deploys it; the packages\n# that the functions import are in functions/.",
    )
    edited = edited.without("  layer_version").without("actions").without("      layers")
    edited = edited.replaced(
        'batched: see docs/operating.md, "Bulk changes"', "batched: changes are collected, and refreshed together"
    )
    edited = edited.replaced("no alarms; see docs/monitoring.md", "no alarms")
    edited = edited.replaced(
        "queue. `make check-template` proves this for the configured values, and for\n"
        "      # each product that the configuration uses.",
        "queue.",
    )
    edited = edited.replaced("event, and `make check-template` refuses it.", "event, and refuses the trigger.")
    line = " " * 14
    return edited.only_if(WITH_HEADERS, f"{line}# Delete the next line in other regions", f"{line}- {HEADERS}").text


def configuration(root: Path) -> str:
    """functions/config.yml, with the bucket and the domains that the user gives, and without references to pages.

    :raises OutOfDate: functions/config.yml no longer has a text that the package changes.
    """
    edited = Edited.of(root / "functions" / "config.yml")
    edited = edited.replaced(
        "docs/configuration.md explains every key; `make check-template` compares this\n"
        "# file with the triggers and the rights of the deployment.",
        "readme.md says how to check the file.",
    )
    edited = edited.replaced("many URLs; see docs/operating.md", "many URLs")
    edited = edited.replaced("  - bucket: my-site\n", "  - bucket: '{{ bucket }}'\n")
    return edited.replaced("    domains: [www.example.com]\n", "    domains: [{{ domains }}]\n").text
