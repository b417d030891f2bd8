"""Makes the stand-in give each of the two answers to the questions about refreshes."""

from probed import Lines, Probed, Turn, Turned
from three import HOST

from oss_cdn_refresh_box.cdn.describing import Described, Function
from oss_cdn_refresh_box.cdn.edge import Behaviour, Origin
from oss_cdn_refresh_box.oss import Hosted, Website
from oss_cdn_refresh_cli.doctor.domains import SHARED


def behaves(**differs: bool) -> Turned:
    """The edge has other values in these fields."""

    def turned(probed: Probed) -> None:
        probed.edge.behaviour = Behaviour(**differs)

    return turned


def only_ex_query(probed: Probed) -> None:
    """The CDN accepts only the other name of the type."""
    probed.cdn.limits = probed.cdn.limits._replace(ignore_params_types=frozenset({"ExQuery"}))


def no_brackets(probed: Probed) -> None:
    """The CDN refuses URLs with brackets."""
    probed.cdn.limits = probed.cdn.limits._replace(refused_characters="[]")


def shared(*, finds: bool) -> Turned:
    """The domain shares its cache, and a refresh by URL finds its copies, or not."""

    def turned(probed: Probed) -> None:
        probed.cdn.described[HOST["cdn"]] = Described(functions=(Function(SHARED, {"host": "main.example.com"}),))
        probed.edge.behaviour = Behaviour(custom_keys=frozenset() if finds else frozenset({HOST["cdn"]}))

    return turned


def hosted(*, error: str = "", **differs: bool) -> Turned:
    """The bucket has a website with a home page, whose answers differ in these fields."""

    def turned(probed: Probed) -> None:
        probed.edge.origins[HOST["cdn"]] = [Origin(f"{probed.oss.url}/my-site", index_page="")]
        probed.oss.stock("my-site", {"index.html": b"home", "404.html": b"lost"})
        probed.oss.websites["my-site"] = Website(error=error, hosted=Hosted(**differs))

    return turned


def undated_images(probed: Probed) -> None:
    """OSS sends the year 1970 with processed images."""
    probed.oss.image_time = 0.0


def slow(probed: Probed) -> None:
    """A refresh takes ten minutes."""
    probed.edge.delay = 600.0


def refused(code: str, means: str) -> dict[str, object]:
    """A line of the function's log about a refused call."""
    return {"event": "refused", "level": "WARNING", "product": "cdn", "code": code, "means": means}


one_spelling = behaves(one_spelling=True)
TURNS: dict[str, Turn | Lines] = {
    "spellings": Turn(one_spelling, setting="spellings: browser"),
    "raw-characters": Turn(no_brackets, setting="spellings: [component, encoded]"),
    "directory-queries": Turn(
        behaves(directory_with_queries=True),
        behaves(directory_with_queries=False),
        setting="collapse: {variants: true}",
    ),
    "ignore-params-name": Turn(only_ex_query, setting="ignore_params_type: ExQuery"),
    "bare-url": Turn(behaves(bare_with_queries=False), setting="query: exact"),
    "directory-headers": Turn(behaves(directory_deletes=True)),
    "shared-cache": Turn(shared(finds=True), shared(finds=False)),
    "image-time": Turn(undated_images),
    "error-page": Turn(hosted(error="404.html", confirms_error=True), hosted(error="404.html")),
    "home-page": Turn(hosted(redirects_home=True), hosted()),
    "undocumented-codes": Lines(
        other=(refused("Surprise.Refresh", "unknown"), refused("Throttling.User", "retry")),
        assumed=(refused("Throttling.User", "retry"),),
    ),
    "every-node": Turn(slow, setting="confirm: {after: 900}"),
}
