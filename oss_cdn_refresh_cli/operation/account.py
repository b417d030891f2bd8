"""Asks STS for the account of the credentials, which the default endpoints of SMQ and Function Compute need.

Source: STS API 2015-04-01, GetCallerIdentity, which needs no right.
"""

from collections.abc import Mapping

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh.transport.credentials import Source
from oss_cdn_refresh_cli.operation.credentials import origin_of
from oss_cdn_refresh_cli.operation.sources import ACCOUNT_ID
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Unanswered
from oss_cdn_refresh_cli.shared.waiting import waiting

VERSION = "2015-04-01"
STS = "https://sts.aliyuncs.com"  # "Endpoints" of STS
LENGTH = 32  # characters of an account's id, at most; those of today have 16


class Caller:
    """Asks for the account when it is called, at most once."""

    def __init__(self, credentials: Source, environ: Mapping[str, str], effects: Effects, seconds: float) -> None:
        self._credentials = credentials
        self._environ = environ
        self._effects = effects
        self._seconds = seconds
        self._account = ""

    def __call__(self) -> str:
        """The id of the account.

        :raises Failed: there are no credentials.
        :raises CredentialsRefused: STS does not accept them.
        :raises Unanswered: no readable answer came.
        :raises ConfigurationError: STS_ENDPOINT is no base URL.
        """
        self._account = self._account or self._asked()
        return self._account

    def _asked(self) -> str:
        from oss_cdn_refresh.products.api import Api, Peer  # noqa: PLC0415 - `--help` asks nobody
        from oss_cdn_refresh.transport.session import Session  # noqa: PLC0415 - as above

        endpoint = environment.base_url("STS_ENDPOINT", self._environ, STS)
        session = Session()
        api = Api(Peer(endpoint, self._credentials, session, self._effects, set()), VERSION, lambda *_: Verdict.ACCOUNT)
        missing, remedy = f"{ACCOUNT_ID} is not set", f"or set {ACCOUNT_ID}"
        try:
            with waiting("STS", endpoint):
                answer = api.call("GetCallerIdentity", self._seconds)
        except CallRefused as refused:
            if refused.verdict is not Verdict.ACCOUNT or refused.code.startswith("HTTP"):
                what = f"{missing}, and STS at {endpoint} gave no answer that tells it"
                raise Unanswered(refused.code, f"{what}: check STS_ENDPOINT and the network, {remedy}") from refused
            what = f"{missing}, and STS does not tell it: {refused.code}"
            origin = f"they come from {origin_of(self._credentials)}"
            why = f"{what}: check the credentials ({origin}) and the clock of this machine, {remedy}"
            raise CredentialsRefused(refused.code, why) from refused
        finally:
            session.close()
        account = answer.text("AccountId", LENGTH)
        if not account.isdecimal():
            what = f"{missing}, and the answer of {endpoint} has no AccountId"
            raise Unanswered("NoAnswer", f"{what}: check STS_ENDPOINT, {remedy}")
        return account
