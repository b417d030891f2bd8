"""A cloud whose answers to open questions a test can choose, and the command `probe` that asks it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from click.testing import Result
from command import OWNER, run
from three import HOST, SITE_ID, TARGETS, three_products
from waited import Pausing

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.item import Item
from oss_cdn_refresh.products import product as product_of
from oss_cdn_refresh.products.api import Peer
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_box.cdn import Edge, Origin
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.cloud import ACCOUNT, ROLE, TEMPLATE
from oss_cdn_refresh_box.cloud.deployment import nothing as nothing_deployed
from oss_cdn_refresh_box.fc import Api, FunctionCompute
from oss_cdn_refresh_box.fc.registry import registered
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.oss.notifications import Notifications
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Request
from oss_cdn_refresh_cli.deployment.expectations import CHANGES
from oss_cdn_refresh_cli.deployment.reading import template
from oss_cdn_refresh_cli.probing.account import PREFIX

OF_THE_TEMPLATE = {"REFRESH_BUCKET": "my-site", "REFRESH_DOMAINS": HOST["cdn"]}
EXCLUDE = f"{PREFIX}*"


class Probed:
    """The stand-ins `oss`, `edge`, `cdn`, `dcdn`, `esa` and `smq`, and the command."""

    def __init__(self, three: Any, oss: Oss, edge: Edge, folder: Path, stack: ExitStack) -> None:
        self.world = three.world
        self.clock: Clock = three.world.clock
        self.oss, self.edge = oss, edge
        self.cdn, self.dcdn, self.esa, self.smq = three.world.cdn, three.dcdn, three.esa, three.world.smq
        self.products = three.products
        self.folder = folder
        self._stack = stack
        self.world.environ |= {"OSS_ENDPOINT": oss.url, "XDG_STATE_HOME": str(folder)}

    def submit(self, product: str, *urls: str) -> None:
        """Refresh URLs through a product, as somebody else of the account does."""
        peer = Peer(self.world.environ[f"{product.upper()}_ENDPOINT"], lambda: OWNER, Session(), self._effects, set())
        items = tuple(Item("File", url, HOST[product], TARGETS[product]) for url in urls)
        client = product_of(product).Client(peer, TARGETS[product], "IgnoreParams")
        client.refresh(Batch("File", force=False, items=items), 10.0)
        peer.session.close()

    def refuse(self, product: str, action: str, code: str, *, holding: str = "", method: str = "POST") -> None:
        """Let a product refuse every call of an action with this code; `holding`: with this text in the query."""

        def is_refused(request: Request) -> bool:
            named = request.headers.get("x-acs-action") == action
            return named and request.method == method and (not holding or holding in request.query.split("&"))

        refusal = Refusal(400, code)
        self.products[product].faults = Faults(rule=lambda _request: refusal, where=is_refused)

    @property
    def _effects(self) -> Effects:
        return Effects(self.clock.now, self.clock.now, self.clock.sleep, lambda low, _high: low)

    def deploy(self) -> Api:
        """Function Compute's API with the functions of template.yml, which do not run."""
        none = FunctionCompute(
            nothing_deployed(ACCOUNT).template, self.clock, self.smq, environment={}, credentials=lambda: ROLE
        )
        found = template.load(TEMPLATE, environ=OF_THE_TEMPLATE, account=ACCOUNT)
        api = Api(none, Clock(), keys=self.world.keys, functions=registered(found))
        self.world.environ["FUNCTION_COMPUTE_ENDPOINT"] = self._stack.enter_context(api).url
        return api

    def notify(self, change: "Changed" = lambda record: record, *, base64: bool = False) -> None:
        """Let OSS put notifications into the queue "notified"; `change` returns a record or None."""
        send = Notifications(self.smq.add("notified"), CHANGES, base64=base64)

        def changed(record: Mapping[str, Any]) -> None:
            found = change(record)
            if found is not None:
                send(found)

        self.oss.subscribe(changed)

    def run(self, *words: str, product: str = "cdn", clock: Clock | None = None) -> Result:
        """The command in this process, at the domain of a product."""
        where = ("--bucket", "my-site", "--domain", HOST[product], "--connect-to", urlsplit(self.edge.url).netloc)
        words = ("probe", *where, *words)
        return run(*words, environ=self.world.environ, clock=clock or self.clock)

    def answer(self, name: str, turn: "Turn", meanwhile: "Turned") -> dict[str, str]:
        """The answer to one question, as the document has it, with its `exit` code."""
        clock = Pausing(self.clock, lambda: meanwhile(self))
        result = self.run("--json", "--only", name, *turn.words, product=turn.product, clock=clock)
        (answer,) = json.loads(result.stdout)["questions"]
        return {**answer, "exit": result.exit_code}

    def answer_from_logs(self, name: str, lines: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """The answer that exported lines of the log give to one question."""
        file = self.folder / "lines.jsonl"
        stamped = (
            {"level": "INFO", "request_id": "1-abc", "__time__": int(self.clock.now()), **line} for line in lines
        )
        file.write_text("".join(f"{json.dumps(line)}\n" for line in stamped))
        words = ("--json", "probe", "--only", name, "--from-logs", str(file))
        result = run(*words, environ=self.world.environ, clock=self.clock)
        (answer,) = json.loads(result.stdout)["questions"]
        return {**answer, "exit": result.exit_code}


Turned = Callable[[Probed], None]
Changed = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]


def nothing(_probed: Probed) -> None:
    """The stand-in is not changed. For most questions it behaves as the project assumes."""


class Turn(NamedTuple):
    """How a test makes the stand-in give each of the two answers to a question.

    other: makes it give another answer than the assumed one. assumed: makes it give the assumed one.
    setting: the setting of the other answer. product: the product of the domain. words: further options.
    meanwhile: what happens in the cloud after each wait of the probe, if the assumption holds; instead: if it does not.
    """

    other: Turned
    assumed: Turned = nothing
    setting: str = ""
    product: str = "cdn"
    words: tuple[str, ...] = ()
    meanwhile: Turned = nothing
    instead: Turned = nothing


class Lines(NamedTuple):
    """Lines of the function's log from which a question is answered: as assumed, and otherwise."""

    other: tuple[Mapping[str, Any], ...]
    assumed: tuple[Mapping[str, Any], ...]
    setting: str = ""


@contextmanager
def a_cloud(folder: Path) -> Iterator[Probed]:
    """A bucket behind all three products, whose refreshes reach the edge after five minutes."""
    with three_products(folder) as three, Oss(three.world.clock, ["my-site"], keys=three.world.keys) as oss:
        common = {"bucket": "my-site", "scheme": "http", "exclude": [EXCLUDE]}
        three.world.configure(
            {**common, "domains": [HOST["cdn"]]},
            {**common, "domains": [HOST["dcdn"]], "product": "dcdn"},
            {**common, "domains": [HOST["esa"]], "product": "esa", "esa_site_id": SITE_ID},
        )
        origins = {host: [Origin(f"{oss.url}/my-site")] for host in HOST.values()}
        with Edge(three.world.clock, origins, delay=300.0) as edge, ExitStack() as stack:
            for product in three.products.values():
                product.tasks.subscribers.append(edge.follow)
            yield Probed(three, oss, edge, folder, stack)
