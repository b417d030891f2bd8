"""The calls to DCDN.

Its pages put the parameters of a refresh and of a preload into the form body, its SDK and its metadata into the query
(alibabacloud-dcdn20180115 3.1.0). The form body is tried first, because 1,000 URLs do not fit into a query. If DCDN
then answers MissingParameter, calls of at most 100 URLs are made with the query.
"""

from collections.abc import Mapping, Sequence

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import IGNORE_PARAMS, Target
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.api import Peer, Reply
from oss_cdn_refresh.products.dcdn.verdicts import verdict_of
from oss_cdn_refresh.products.object_path import Names, ObjectPathClient
from oss_cdn_refresh.products.signature import query_string

NAMES = Names(
    version="2018-01-15",
    refresh="RefreshDcdnObjectCaches",
    preload="PreloadDcdnObjectCaches",
    quota="DescribeDcdnRefreshQuota",
    look_up="DescribeDcdnRefreshTaskById",
    list="DescribeDcdnRefreshTasks",
    refreshed=("RefreshTaskId", "PushTaskId"),  # a page of 2019 printed the second
    preloaded=("PreloadTaskId", "PushTaskId"),
)
IN_QUERY = "parameters belong into the query"  # the fact that `Peer.learned` holds after NOT_SEEN
NOT_SEEN = "MissingParameter"  # the code where DCDN does not read the form body
QUERY_URLS = 100  # of a call whose URLs are in the query
QUERY_BYTES = 8_000  # of a query; what the gateway takes is not confirmed


class Client(ObjectPathClient):
    """The calls to DCDN in one invocation. All sources name its type IgnoreParams alike."""

    def __init__(self, peer: Peer, _target: Target, _ignore_params_type: str) -> None:
        super().__init__(NAMES, verdict_of, peer, IGNORE_PARAMS)
        self._learned = peer.learned
        self._in_query = IN_QUERY in peer.learned
        self._form_again = False  # the query was refused as well

    def limits(self, usual: Limits) -> Limits:
        """The usual limits, or lower ones for calls with the query."""
        if IN_QUERY not in self._learned:
            return usual
        return usual._replace(
            urls_per_call=min(QUERY_URLS, usual.urls_per_call), bytes_per_call=min(QUERY_BYTES, usual.bytes_per_call)
        )

    def _submit(self, action: str, urls: Sequence[str], more: Mapping[str, str], seconds: float) -> Reply:
        """Call an action with URLs. Where DCDN misses a parameter, the next try uses the query, or the form again.

        :raises CallRefused: as too large if the URLs have to be in the query and do not fit into it.
        """
        if not self._in_query:
            try:
                return super()._submit(action, urls, more, seconds)
            except CallRefused as refusal:
                if refusal.code.startswith(NOT_SEEN) and not self._form_again:
                    self._in_query, refusal.verdict = True, Verdict.RETRY
                raise
        query = {"ObjectPath": "\n".join(urls), **more}
        if len(urls) > QUERY_URLS or (len(urls) > 1 and len(query_string(query)) > QUERY_BYTES):
            raise CallRefused(Verdict.TOO_LARGE, "TooLargeForQuery", f"{len(urls)} URLs do not fit into a query")
        try:
            reply = self._api.call(action, seconds, query=query)
        except CallRefused as refusal:
            if refusal.code.startswith(NOT_SEEN) or refusal.verdict is Verdict.TOO_LARGE:
                self._learned.discard(IN_QUERY)
                self._in_query, self._form_again, refusal.verdict = False, True, Verdict.RETRY
            raise
        self._learned.add(IN_QUERY)
        return reply
