"""The pages that static website hosting shows to a visitor who asks for a missing object.

Facts: "Host static websites" and "PutBucketWebsite" in the OSS documentation. A signed request gets no page.
"""

from oss_cdn_refresh_box.oss.operations.reading import get, unchanged
from oss_cdn_refresh_box.oss.store import Hosted, Stored, Website, describe
from oss_cdn_refresh_box.oss.task import Outcome, Task
from oss_cdn_refresh_box.wire.serving import Response


def visit(task: Task) -> Outcome:
    """GetObject and HeadObject, with the pages of website hosting."""
    website = task.website
    if website is None or website.hosted is None or task.key in task.bucket.objects or task.header("Authorization"):
        return get(task)
    if task.key.endswith("/") and website.home in task.bucket.objects and not website.sub_directories:
        return _home(task, website.home, website.hosted)
    if website.error in task.bucket.objects:
        return _error(task, website, website.hosted)
    return get(task)


def _home(task: Task, home: str, hosted: Hosted) -> Outcome:
    if hosted.redirects_home:
        return Outcome(Response(302, headers={"Location": f"/{home}"}))
    return Outcome(_answer(task.bucket.objects[home], 200))


def _error(task: Task, website: Website, hosted: Hosted) -> Outcome:
    page = task.bucket.objects[website.error]
    if hosted.confirms_error and unchanged(page, dict(task.headers)):
        return Outcome(Response(304, headers=describe(page)))
    return Outcome(_answer(page, website.error_status))


def _answer(page: Stored, status: int) -> Response:
    return Response(status, page.body, {**describe(page), **page.headers})
