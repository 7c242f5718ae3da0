# SPDX-License-Identifier: EUPL-1.2
"""Letters whose provider fails, or of which nobody knows whether they were taken: none is lost, none goes twice."""

import itertools
from typing import Any

import pytest
from notifications_letters import Letters

from parvis_local.lettersink.faults import Fault
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.domain.breaker import FAILURES
from parvis_notifications.domain.delivery import WITHDRAWING
from parvis_notifications.outgoing.letters import LetterRefusal, LetterRefusedError
from parvis_notifications.outgoing.maileva import Maileva
from parvis_notifications.service.ask_about_letters import LetterAsker


async def test_while_a_provider_is_in_trouble_the_next_one_steps_in_and_the_first_is_left_alone(quick: Letters) -> None:
    template, key = await quick.template(), await quick.office.key()
    for _ in range(FAILURES + 2):
        assert (await quick.write(template, key)).status_code == 201
    quick.first.faults = [Fault.AWAY] * 100
    sender, _ = quick.worker()
    while await sender.round():
        pass
    assert len(quick.second.posted()) == FAILURES + 2
    assert len(quick.first.faults) == 100 - FAILURES, "the breaker is open by then"
    assert quick.first.letters() == [], "nothing of a letter stays where it does not go from"
    assert (await quick.attempts())[:2] == [
        ("first", "deferred", "503 UNAVAILABLE"),
        ("second", "accepted", "accepted"),
    ]


async def test_when_no_provider_takes_it_a_letter_waits_and_then_goes(quick: Letters) -> None:
    await quick.waiting()
    quick.first.faults, quick.second.faults = [Fault.AWAY], [Fault.AWAY]
    await quick.send()
    row = await quick.row()
    assert (row["state"], row["handed_over_at"], row["last_reply"]) == ("retry", None, "503 UNAVAILABLE")
    await quick.post.due_now("delivery")
    await quick.send(letter_providers=(quick.first.settings("wrong"), quick.second.settings()))
    assert (quick.first.posted(), len(quick.second.posted())) == ([], 1)
    assert (await quick.attempts())[-2:] == [("first", "deferred", "token 401"), ("second", "accepted", "accepted")]


async def test_a_letter_whose_answer_was_lost_is_asked_after_and_not_submitted_again(quick: Letters) -> None:
    await quick.waiting()
    quick.first.faults = [Fault.UNANSWERED]
    await quick.send()
    row = await quick.row()
    assert (row["state"], row["last_reply"]) == ("unknown", "HTTP 502")
    await quick.post.due_now("delivery")
    await quick.send()
    assert (len(quick.first.letters()), quick.second.letters()) == (1, [])
    await quick.ask()
    assert (await quick.row())["state"] == "sent"
    assert len(quick.first.letters()) == 1


async def test_what_was_never_submitted_is_taken_back_and_goes_again(quick: Letters) -> None:
    await quick.waiting()
    quick.first.faults = [Fault.LOST]
    await quick.send()
    (draft,) = quick.first.letters()
    await quick.ask(letter_settle_seconds=300.0)
    assert (await quick.row())["state"] == "unknown", "the submission may still be under way"
    await quick.ask()
    assert quick.first.letters() == []
    assert (await quick.row())["state"] == "retry"
    await quick.send()
    (letter,) = quick.first.posted()
    assert letter.id != draft.id
    assert (await quick.row())["state"] == "sent"


async def test_a_submission_that_comes_to_pass_while_it_is_asked_about_is_not_taken_back(
    quick: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quick.waiting()
    quick.first.faults = [Fault.LOST]
    await quick.send()
    (draft,) = quick.first.letters()
    whole = Maileva.withdraw

    async def late(self: Maileva, reference: str) -> bool:
        draft.submitted_at = draft.created_at
        return await whole(self, reference)

    monkeypatch.setattr(Maileva, "withdraw", late)
    await quick.ask()
    assert (await quick.row())["state"] == "sent"
    assert quick.first.letters() == [draft]


async def test_a_provider_that_does_not_know_it_any_more_has_it_all_the_same(quick: Letters) -> None:
    await quick.waiting()
    quick.first.faults = [Fault.UNANSWERED]
    await quick.send()
    quick.first.store.__init__()  # type: ignore[misc]
    await quick.ask()
    assert (await quick.row())["state"] == "unknown", "as with another account: nobody says that it was not posted"
    await quick.post.pool.execute("UPDATE delivery SET report_status = $1", WITHDRAWING)
    await quick.ask()
    assert (await quick.row())["state"] == "retry", "it was taken back, and whoever did so died"


async def test_an_answer_about_a_former_attempt_says_nothing_of_the_present_one(
    quick: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker asks, and is slow; meanwhile another takes the letter back, and its next answer is lost."""
    await quick.waiting()
    quick.first.faults = [Fault.LOST]
    await quick.send()
    await quick.post.pool.execute("UPDATE delivery SET report_status = $1", WITHDRAWING)
    whole = Maileva.report

    async def slow(self: Maileva, reference: str) -> Any:
        monkeypatch.setattr(Maileva, "report", whole)
        await quick.ask()
        quick.first.faults = [Fault.UNANSWERED]
        await quick.send()
        return await self.report(reference)

    monkeypatch.setattr(Maileva, "report", slow)
    await quick.ask()
    assert (await quick.row())["state"] == "unknown"
    await quick.send()
    await quick.ask()
    assert (await quick.row())["state"] == "sent"
    assert len(quick.first.posted()) == 1


class Died(BaseException):
    """The worker was killed here."""


STEPS: dict[str, tuple[type, str, bool]] = {
    "before-prepare": (Maileva, "prepare", False),
    "after-prepare": (Maileva, "prepare", True),
    "after-hand-over": (Deliveries, "hand_over", True),
    "before-submit": (Maileva, "submit", False),
    "after-submit": (Maileva, "submit", True),
    "after-sent": (Deliveries, "sent", True),
}


@pytest.mark.parametrize("step", STEPS)
async def test_whenever_the_worker_dies_a_letter_is_posted_once(
    quick: Letters, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quick.waiting()
    class_, name, done = STEPS[step]
    whole = getattr(class_, name)

    async def dying(*args: Any, **more: Any) -> None:
        if done:
            await whole(*args, **more)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(class_, name, dying)
        with pytest.raises(Died):
            await quick.send()
    for _ in range(4):
        await quick.post.due_now("delivery")
        await quick.send()
        await quick.ask()
    assert len(quick.first.posted() + quick.second.posted()) == 1
    assert (await quick.row())["state"] == "sent"
    assert await quick.post.pool.fetchval("SELECT count(*) FROM outbox") == 1


BACK: dict[str, tuple[type, str, bool]] = {
    "before-withdrawing": (Deliveries, "withdrawing", False),
    "after-withdrawing": (Deliveries, "withdrawing", True),
    "after-withdraw": (Maileva, "withdraw", True),
    "before-ended": (Deliveries, "ended", False),
    "before-next": (Deliveries, "ended", True),
}


@pytest.mark.parametrize("step", BACK)
async def test_a_letter_refused_when_it_was_submitted_is_posted_once_wherever_the_worker_dies(
    quick: Letters, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quick.waiting()
    class_, name, done = BACK[step]
    whole = getattr(class_, name)

    async def refused(*_args: Any) -> None:
        raise LetterRefusedError(LetterRefusal.TROUBLE, "429")

    async def dying(*args: Any, **more: Any) -> None:
        if done:
            await whole(*args, **more)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(Maileva, "submit", refused)
        patched.setattr(class_, name, dying)
        with pytest.raises(Died):
            await quick.send()
    for _ in range(4):
        await quick.post.due_now("delivery")
        await quick.send()
        await quick.ask()
    assert len(quick.first.posted() + quick.second.posted()) == 1
    assert (await quick.row())["state"] == "sent"


async def test_what_was_submitted_and_refused_by_what_stands_before_the_provider_goes_to_no_other(
    quick: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quick.waiting()
    whole = Maileva.submit

    async def gateway(self: Maileva, reference: str) -> None:
        await whole(self, reference)
        raise LetterRefusedError(LetterRefusal.TROUBLE, "429")

    monkeypatch.setattr(Maileva, "submit", gateway)
    await quick.send()
    assert (len(quick.first.posted()), quick.second.letters()) == (1, [])
    assert ((await quick.row())["state"], await quick.attempts()) == ("sent", [("first", "accepted", "accepted")])


async def test_a_token_that_holds_no_longer_is_asked_for_anew(quick: Letters) -> None:
    await quick.waiting()
    sender, _ = quick.worker()
    await sender.round()
    quick.first.account.forget()
    await quick.write(await quick.template(name="autre"), await quick.office.key())
    await sender.round()
    await quick.post.due_now("delivery")
    await sender.round()
    assert len(quick.first.posted() + quick.second.posted()) == 2


async def test_letters_that_are_too_large_are_refused_by_themselves_and_stop_no_other(quick: Letters) -> None:
    template, key = await quick.template(), await quick.office.key()
    for _ in range(FAILURES + 1):
        assert (await quick.write(template, key)).status_code == 201
    quick.first.faults = [Fault.TOO_LARGE] * FAILURES
    sender, _ = quick.worker()
    while await sender.round():
        pass
    rows = await quick.post.pool.fetch("SELECT state, last_reply FROM delivery WHERE channel = 'letter'")
    told = sorted((row["state"], row["last_reply"].partition(" ")[0]) for row in rows)
    assert told == [("failed", "content-refused")] * FAILURES + [("sent", "accepted")]
    assert len(quick.first.posted()) == 1, "the provider is not left alone for that"


async def test_one_letter_that_cannot_be_asked_about_keeps_no_other_from_its_turn(
    quick: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    template, key = await quick.template(), await quick.office.key()
    for _ in range(3):
        assert (await quick.write(template, key)).status_code == 201
    for _ in range(3):
        await quick.send()
    quick.first.settle()
    taken, refused = LetterAsker._taken, itertools.count()  # noqa: SLF001 - where a report is read

    async def first_fails(asker: LetterAsker, *given: Any) -> str:
        if next(refused) == 0:
            raise RuntimeError
        return await taken(asker, *given)

    with monkeypatch.context() as patch:
        patch.setattr(LetterAsker, "_taken", first_fails)
        await quick.ask()
    rows = await quick.post.pool.fetch("SELECT report_status FROM delivery WHERE channel = 'letter'")
    assert sorted(str(row["report_status"]) for row in rows) == ["None", "posted", "posted"]
    await quick.ask()
    rows = await quick.post.pool.fetch("SELECT report_status FROM delivery WHERE channel = 'letter'")
    assert {row["report_status"] for row in rows} == {"posted"}, "its turn comes again"
