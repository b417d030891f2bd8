"""Changes that a person names instead of an event, and why a change leads to no URL, in words."""

from oss_cdn_refresh.mapping.sites import EVENT_TYPE, EXCLUDED, NEW_OBJECT, NO_SITE, UNREACHABLE

UPLOAD = "ObjectCreated:PutObject"

WHY = {
    EVENT_TYPE: "its event changes no answer",
    NO_SITE: "no site of the configuration holds it",
    EXCLUDED: "include and exclude of its site leave it out",
    NEW_OBJECT: "its site skips new objects",
    UNREACHABLE: "no client can ask for a path with . or .. in it",
}
