"""Runs the steps of the chosen questions; the questions wait at the same time, not one after the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh_cli.clients import listing
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.probing import affording, control
from oss_cdn_refresh_cli.probing.account import PREFIX, Account, Place
from oss_cdn_refresh_cli.probing.answers import Answer, Kind, Later, NotTried
from oss_cdn_refresh_cli.probing.question import MINUTE, PUNCTUAL, Question
from oss_cdn_refresh_cli.probing.state import Pending, State
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Failed
from oss_cdn_refresh_cli.shared.output import Step

RIGHTS = "oss:PutObject, oss:GetObject, oss:DeleteObject and oss:ListObjects on the bucket"
LATE = "a step came {:.0f} minutes too late (an interruption, or the machine slept): run the probe again"
SLACK = 2 * MINUTE  # a step is due no later than its question takes, unless the machine's clock was set back
CONTROL = -1  # the step of the control, in the state


class Probe:
    """The questions at one place. `state` lets it continue an interrupted run."""

    def __init__(self, operation: Operation, place: Place, state: State) -> None:
        self._operation = operation
        self._place = place
        self._state = state

    def answers(self, questions: Iterable[Question], step: Step) -> dict[str, Answer]:
        """Try the questions; returns the answers by name. `step` is called after each answer.

        :raises Failed: the bucket cannot be written, or the credentials are refused.
        """
        chosen = {question.name: question for question in questions}
        if any(question.needs_old_copies and question.name not in self._state.answers for question in chosen.values()):
            self._begin_control(chosen)
        now = self._operation.effects.now()
        for name in chosen:
            if name not in self._state.answers and name not in self._state.pending:
                self._state.pending[name] = Pending(0, now, {})
        while waiting := {name: self._state.pending[name] for name in chosen if name in self._state.pending}:
            name = min(waiting, key=lambda each: waiting[each].due)
            self._wait(min(waiting[name].due - self._operation.effects.now(), chosen[name].seconds + SLACK))
            if self._continue(chosen[name], waiting[name]):
                step(1)
        return self._judged(chosen)

    def end(self, questions: Iterable[Question]) -> None:
        """Delete the objects of these questions; if no other question is pending, everything of the run and the state.

        :raises Failed: they could not be deleted.
        """
        if not set(self._state.pending) - {control.NAME}:
            self.clean_up()
            return
        for question in questions:
            with self._account(question.name) as account, self._translated():
                account.clean_up()

    def unaffordable(self, questions: Iterable[Question]) -> dict[str, Answer]:
        """The answers to the questions for which the rest of the day's quota does not suffice; none has begun.

        :raises Failed: the credentials are refused.
        """
        begun = {*self._state.answers, *self._state.pending}
        with self._account("") as account:
            return affording.too_dear(account, (question for question in questions if question.name not in begun))

    def clean_up(self) -> int:
        """Delete everything below the prefix, and the state; returns the number of objects.

        :raises Failed: it could not be deleted.
        """
        with self._account("") as account, self._translated():
            count = account.clean_up()
        self._state.remove()
        return count

    def _continue(self, question: Question, pending: Pending) -> bool:
        """Take the next step of a question; returns whether it has ended."""
        late = self._operation.effects.now() - pending.due
        with self._account(question.name) as account:
            if question.is_timed and pending.step and late > PUNCTUAL:
                result: Answer | Later = Answer(Kind.UNCLEAR, LATE.format(late / MINUTE))
            else:
                result = self._result(lambda: question.steps[pending.step](account, pending.notes))
        if isinstance(result, Later):
            due = self._operation.effects.now() + result.seconds
            self._state.follow(question.name, Pending(pending.step + 1, due, result.notes))
            return False
        self._state.end(question.name, result)
        return True

    def _begin_control(self, chosen: Mapping[str, Question]) -> None:
        """Begin with the control. If the edge keeps no old copies, the questions that need them end as unclear."""
        if control.NAME in self._state.pending:
            return
        with self._account(control.NAME) as account, self._translated():
            why = control.begin(account)
        for question in chosen.values():
            if why and question.needs_old_copies:
                self._state.end(question.name, Answer(Kind.UNCLEAR, why))
        self._state.follow(control.NAME, Pending(CONTROL, self._operation.effects.now(), {}))

    def _judged(self, chosen: Mapping[str, Question]) -> dict[str, Answer]:
        why = ""
        if control.NAME in self._state.pending:
            with self._account(control.NAME) as account:
                why = control.look(account)
        return {name: control.judged(question, self._state.answers[name], why) for name, question in chosen.items()}

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._operation.effects.sleep(seconds)

    @contextmanager
    def _account(self, folder: str) -> Iterator[Account]:
        """The account for one folder, `""` for all folders."""
        account = Account(self._operation, self._place, folder)
        try:
            yield account
        finally:
            account.close()

    def _translated(self) -> AbstractContextManager[None]:
        """Errors of OSS become errors of the command."""
        return listing.translated(self._operation, f"oss://{self._place.bucket}/{PREFIX}", RIGHTS)

    def _result(self, step: Callable[[], Answer | Later]) -> Answer | Later:
        """The result of a step. An unexpected refusal makes its question unclear; the probe continues."""
        try:
            with self._translated():
                return step()
        except NotTried as why:
            return Answer(Kind.NOT_TRIED, str(why))
        except CallRefused as refusal:
            return Answer(Kind.UNCLEAR, f"the product refused a call: {refusal.code}: {refusal.message}")
        except CredentialsRefused:
            raise
        except Failed as why:
            return Answer(Kind.UNCLEAR, str(why))
