"""RAM and STS on loopback: the caller's identity and a role's rights; versions 2015-05-01 and 2015-04-01, RPC style.

Answers have the shape of the API pages GetCallerIdentity, GetRole, ListPoliciesForRole and GetPolicy. The policies are
only shown; no service enforces them.
"""

import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from oss_cdn_refresh_box.account.credentials import Keys
from oss_cdn_refresh_box.account.errors import Refused, refused
from oss_cdn_refresh_box.account.gateway import Gateway, operation, parameters, rpc_answer, rpc_error
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Reply, Request, Response, StandIn
from oss_cdn_refresh_cli.deployment.reading.ros import Infrastructure


class Policy(NamedTuple):
    """A policy: `statements` as they stand in its document."""

    name: str
    statements: list[dict[str, Any]]
    type: str = "Custom"


class Role(NamedTuple):
    """A role: the services that may take it on, and its policies."""

    services: list[str]
    policies: list[Policy]


class Ram(StandIn):
    """Both APIs behind a port of 127.0.0.1; use it as a context manager.

    roles: by name; may be changed at any time.
    identity: the answer of GetCallerIdentity, the same for every access key.
    denied: the actions that no policy allows, such as "GetRole".
    """

    def __init__(
        self,
        clock: Clock,
        roles: Mapping[str, Role],
        *,
        account: str,
        keys: Keys,
        faults: Faults | None = None,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        self.roles = dict(roles)
        self.identity = {
            "IdentityType": "RAMUser",
            "AccountId": account,
            "PrincipalId": "28877424437521",
            "Arn": f"acs:ram::{account}:user/operator",
        }
        self.denied: set[str] = set()
        self.faults = faults or Faults()
        self._account = account
        self._clock = clock
        self._gateway = Gateway(clock, keys)
        super().__init__(self._serve, tls=tls, name="ram", port=port)

    def _serve(self, request: Request) -> Reply:
        return self.faults.strike(request, lambda: self._answer(request), self._refuse)

    def _answer(self, request: Request) -> Response:
        try:
            self._gateway.admit(request)
            return rpc_answer(self._clock.now(), self._perform(request))
        except Refused as no:
            return self._refuse(no.refusal)

    def _refuse(self, refusal: Refusal) -> Response:
        return rpc_error(self._clock.now(), "ram.aliyuncs.com", refusal)

    def _perform(self, request: Request) -> Mapping[str, Any]:
        actions: Mapping[tuple[str, str], Callable[[Mapping[str, str]], Mapping[str, Any]]] = {
            ("2015-04-01", "GetCallerIdentity"): lambda _given: self.identity,
            ("2015-05-01", "GetRole"): self._get_role,
            ("2015-05-01", "ListPoliciesForRole"): self._list_policies,
            ("2015-05-01", "GetPolicy"): self._get_policy,
        }
        version, action = operation(request)
        if action in self.denied:
            raise Refused(Refusal(403, "NoPermission", f"You are not authorized to do this action: ram:{action}"))
        perform = actions.get((version, action))
        if perform is None:
            raise refused("InvalidAction.NotFound", action)
        return perform(parameters(request))

    def _role(self, given: Mapping[str, str]) -> tuple[str, Role]:
        name = given.get("RoleName", "")
        for known, role in self.roles.items():
            if known.lower() == name.lower():
                return known, role
        raise Refused(Refusal(404, "EntityNotExist.Role", f"The role does not exist: {name}"))

    def _get_role(self, given: Mapping[str, str]) -> Mapping[str, Any]:
        name, role = self._role(given)
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": role.services}}
        trust = json.dumps({"Version": "1", "Statement": [statement]})
        arn = f"acs:ram::{self._account}:role/{name}"
        return {"Role": {"RoleName": name, "Arn": arn, "AssumeRolePolicyDocument": trust}}

    def _list_policies(self, given: Mapping[str, str]) -> Mapping[str, Any]:
        policies = [
            {"PolicyName": policy.name, "PolicyType": policy.type, "DefaultVersion": "v1"}
            for policy in self._role(given)[1].policies
        ]
        return {"Policies": {"Policy": policies}}

    def _get_policy(self, given: Mapping[str, str]) -> Mapping[str, Any]:
        wanted = given.get("PolicyName"), given.get("PolicyType")
        for role in self.roles.values():
            for policy in role.policies:
                if (policy.name, policy.type) == wanted:
                    document = json.dumps({"Version": "1", "Statement": policy.statements})
                    return {
                        "Policy": {"PolicyName": policy.name, "PolicyType": policy.type, "DefaultVersion": "v1"},
                        "DefaultPolicyVersion": {"VersionId": "v1", "PolicyDocument": document},
                    }
        raise Refused(Refusal(404, "EntityNotExist.Policy", f"The policy does not exist: {wanted[0]}"))


def allowed(actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """A statement that allows actions on resources."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def roles(infrastructure: Infrastructure, oss_role: str) -> dict[str, Role]:
    """The roles of a deployment: the one that its stack makes, and the one by which OSS calls functions."""
    name = infrastructure.role.name.rpartition("/")[2]
    statements = [allowed(right.actions, right.resources) for right in infrastructure.role.statements]
    calling = Policy("AliyunOSSEventNotificationRolePolicy", [allowed(["fc:InvokeFunction"], ["*"])], "System")
    return {
        name: Role(list(infrastructure.role.services), [Policy(name, statements)]),
        oss_role: Role(["oss.aliyuncs.com"], [calling]),
    }
