"""Changes that a person names instead of an event, and the reasons for ignored changes in words."""

from collections.abc import Mapping

from oss_cdn_refresh.mapping.sites import EVENT_TYPE, EXCLUDED, NEW_OBJECT, NO_SITE, UNREACHABLE
from oss_cdn_refresh_cli.shared.output import Output, counted

UPLOAD = "ObjectCreated:PutObject"

WHY = {
    EVENT_TYPE: "its event changes no answer",
    NO_SITE: "no site of the configuration holds it",
    EXCLUDED: "include and exclude of its site leave it out",
    NEW_OBJECT: "its site skips new objects",
    UNREACHABLE: "no client can ask for a path with . or .. in it",
}


def say_ignored(ignored: Mapping[str, int], output: Output) -> None:
    """Say how many objects no site refreshes, a line for each reason."""
    for why, meaning in WHY.items():
        if ignored.get(why):
            output.say(f"{counted(ignored[why], 'object')} ignored: {meaning}.")
