"""Which signals end a command as Ctrl-C does."""

import signal
from collections.abc import Iterator

import pytest

from oss_cdn_refresh_cli.shared.interruptions import terminable


@pytest.fixture(params=[signal.SIG_DFL, signal.SIG_IGN])
def hang_up(request: pytest.FixtureRequest) -> Iterator[signal.Handlers]:
    """What happens at SIGHUP when the command starts: it ends, or goes on, as nohup wants."""
    before = signal.signal(signal.SIGHUP, request.param)
    yield request.param
    signal.signal(signal.SIGHUP, before)


def test_a_closed_terminal_interrupts_a_command_but_not_one_under_nohup(hang_up: signal.Handlers) -> None:
    interrupted = False
    try:
        with terminable():
            signal.raise_signal(signal.SIGHUP)
    except KeyboardInterrupt:
        interrupted = True
    assert (interrupted, signal.getsignal(signal.SIGHUP)) == (hang_up is signal.SIG_DFL, hang_up)
