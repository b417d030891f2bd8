"""Which Last-Modified does OSS send with a processed image?"""

import base64
from email.utils import parsedate_to_datetime

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text

NAME = "pixel.png"
PIXEL = base64.b64decode(  # a PNG of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PROCESS = "image/resize,w_1"
PAUSE = 10.0  # seconds between the upload and the processing, so that their times differ


def begin(account: Account, _notes: Notes) -> Later:
    """Upload an image."""
    account.put(NAME, PIXEL, {"Content-Type": "image/png"})
    return Later(PAUSE, {})


def look(account: Account, _notes: Notes) -> Answer:
    """Let OSS process it, and compare the times."""
    own = account.bucket.head_object(account.key(NAME)).headers["Last-Modified"]
    processed = account.bucket.get_object(account.key(NAME), process=PROCESS).headers.get("Last-Modified", "")
    if not processed:
        return otherwise("the processed image has no Last-Modified")
    if parsedate_to_datetime(processed) < parsedate_to_datetime(own):
        return otherwise(f"Last-Modified of the processed image is older: {processed}, of the object: {own}")
    if processed == own:
        return as_assumed("the processed image has the object's own Last-Modified")
    return as_assumed("the processed image has a later Last-Modified than the object")


QUESTION = Question(
    name="image-time",
    question=Text(
        en="Which `Last-Modified` does a processed image have: the object's own, or the time of processing?",
        zh="处理后的图片的 `Last-Modified` 是文件自身的，还是处理时的时间？",
    ),
    assumption=Text(
        en="either: [audit](audit.md#what-is-compared) finds a stale variant in both cases",
        zh="两者皆可：两种情况下[核查](audit.zh-CN.md#比较什么)都能发现旧的样式",
    ),
    otherwise=Text(
        en="without the header, or with an older time, the audit reports fresh variants as stale or compares none",
        zh="如果没有该响应头，或时间更早，核查会把新的样式报告为旧内容，或者不比较样式",
    ),
    check=Text(
        en="compare `curl -sI 'https://www.example.com/a.jpg?x-oss-process=style/thumb'` with the object's own",
        zh="将 `curl -sI 'https://www.example.com/a.jpg?x-oss-process=style/thumb'` 的结果与文件自身的比较",
    ),
    steps=(begin, look),
    seconds=PAUSE,
)
