# SPDX-License-Identifier: EUPL-1.2
"""All workers of a deployment together keep to what a provider's contract allows, and alerts wait for no news."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_notifications.domain.pace import RUN, Grant, Run, Standing, claimable, gap, longest_run, reserve

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
IDLE = Standing(NOW, NOW)
PACES = st.sampled_from([0.2, 1.0, 3.0, 7.0, 50.0, 1_000.0])


@dataclass
class Worker:
    """Takes turns one after the other, each after a pause of its own."""

    run: Run
    urgent: bool
    pauses: list[float]
    begins: float
    taken: list[float] = field(default_factory=list)


def played(per_second: float, workers: list[Worker], seconds: float) -> None:
    """What they take within that time; those of one instant come in their order."""
    standing, order = IDLE, count()
    due = sorted((worker.begins, next(order), worker) for worker in workers)
    while due and due[0][0] < seconds:
        now, _, worker = heappop(due)
        wait = worker.run.take(now)
        if wait is None:
            at = NOW + timedelta(seconds=now)
            wanted = worker.run.wanted(now, 1)
            standing, grant = reserve(standing, at, per_second, wanted, urgent=worker.urgent)
            if grant.turns:
                worker.run.add(grant.turns, now + grant.wait.total_seconds())
                heappush(due, (now, next(order), worker))
            else:
                heappush(due, (now + grant.wait.total_seconds(), next(order), worker))
            continue
        worker.taken.append(now + wait)
        pause = worker.pauses[len(worker.taken) % len(worker.pauses)]
        heappush(due, (now + wait + pause, next(order), worker))


@st.composite
def crowds(draw: st.DrawFn, per_second: float) -> list[Worker]:
    pauses = st.lists(st.floats(0, 1.5 / per_second), min_size=1, max_size=5)
    urgencies = draw(st.lists(st.booleans(), min_size=1, max_size=6))
    return [Worker(Run(per_second), each, draw(pauses), draw(st.floats(0, 2 / per_second))) for each in urgencies]


@given(st.data(), PACES)
def test_no_window_has_more_than_the_pace_and_what_came_late(data: st.DataObject, per_second: float) -> None:
    workers = data.draw(crowds(per_second))
    played(per_second, workers, 40 / per_second)
    taken = sorted(at for worker in workers for at in worker.taken)
    late = RUN.total_seconds()
    for begin in range(len(taken)):
        for end in range(begin, len(taken)):
            most = (taken[end] - taken[begin] + late) * per_second + 1
            assert end - begin + 1 <= most + 1e-3, (taken[begin], taken[end])


@given(PACES, st.integers(1, 5))
def test_who_never_rests_uses_nearly_every_turn(per_second: float, number: int) -> None:
    workers = [Worker(Run(per_second), urgent=False, pauses=[0.0], begins=0.0) for _ in range(number)]
    seconds = 5 + 20 / per_second
    played(per_second, workers, seconds)
    assert sum(len(worker.taken) for worker in workers) >= per_second * (seconds - 1) * 0.95 - 1


@given(PACES, st.integers(1, 6), st.floats(0, 3))
def test_an_alert_waits_for_no_more_than_what_was_reserved_before_it_came(
    per_second: float, number: int, comes: float
) -> None:
    news = [Worker(Run(per_second), urgent=False, pauses=[0.0], begins=0.0) for _ in range(number)]
    alert = Worker(Run(per_second), urgent=True, pauses=[0.0], begins=comes)
    played(per_second, [*news, alert], comes + 3 + 10 / per_second)
    run = max(RUN.total_seconds(), gap(per_second).total_seconds())
    assert alert.taken[0] <= comes + RUN.total_seconds() + run + gap(per_second).total_seconds() + 1e-3
    # From then on the turns are the alert's as long as it asks for them.
    after = alert.taken[0]
    assert [at for worker in news for at in worker.taken if at > after + 1e-3] == []


def test_news_have_their_turns_again_soon_after_the_last_alert() -> None:
    after, grant = reserve(IDLE, NOW, 10, 5, urgent=True)
    assert grant == Grant(5, timedelta())
    later = NOW + timedelta(seconds=0.5)
    assert reserve(after, later, 10, 1, urgent=False)[1].turns == 0
    assert reserve(after, later + RUN, 10, 1, urgent=False)[1] == Grant(1, timedelta())


@given(PACES, st.floats(-90_000, 90_000), st.floats(-90_000, 90_000), st.booleans())
def test_nobody_waits_long_whatever_stands_there(per_second: float, ahead: float, held: float, urgent: bool) -> None:
    standing = Standing(NOW + timedelta(seconds=ahead), NOW + timedelta(seconds=held))
    after, grant = reserve(standing, NOW, per_second, 3, urgent=urgent)
    longest = 2 * RUN + max(RUN, gap(per_second))
    assert timedelta() <= grant.wait <= longest
    assert grant.turns == 0 or after.next_at <= NOW + longest


@given(PACES, st.floats(0, 90_000), st.floats(0, 90_000), st.booleans())
def test_who_comes_back_as_told_has_a_turn_soon_whatever_stood_there(
    per_second: float, ahead: float, held: float, urgent: bool
) -> None:
    standing = Standing(NOW + timedelta(seconds=ahead), NOW + timedelta(seconds=held))
    longest, waited = 2 * RUN + max(RUN, gap(per_second)), timedelta()
    while waited <= longest:
        standing, grant = reserve(standing, NOW + waited, per_second, 1, urgent=urgent)
        waited += grant.wait
        if grant.turns:
            break
    assert grant.turns
    assert waited <= longest


@pytest.mark.parametrize(("per_second", "longest"), [(0.2, 1), (1, 1), (4, 2), (10_000, 5_000)])
def test_a_run_is_half_a_second_at_most(per_second: float, longest: int) -> None:
    assert longest_run(per_second) == longest
    assert reserve(IDLE, NOW, per_second, 100_000, urgent=False)[1] == Grant(longest, timedelta())


def test_a_single_call_reserves_one_turn_and_many_ever_more() -> None:
    run = Run(100)
    assert run.wanted(0.0, 1) == 1
    sizes = []
    for _ in range(6):
        sizes.append(run.wanted(0.0, 1))
        run.add(sizes[-1], 0.0)
        while run.take(0.0) is not None:
            pass
    assert sizes == [1, 2, 4, 8, 16, 32]
    assert run.wanted(10.0, 1) == 1, "after a rest"
    assert run.wanted(10.0, 7) == 7


def test_turns_that_nobody_took_in_time_are_lost() -> None:
    run = Run(10)
    run.add(5, 0.0)
    assert run.take(0.0) == 0.0
    # Those of 0.1 and 0.2 have passed too long ago; those of 0.3 and 0.4 may still be taken, one after the other.
    assert run.take(0.75) == 0.0
    assert run.take(0.75) == pytest.approx(0.1)
    assert run.take(0.75) is None
    assert run.wanted(0.75, 1) == 1


@pytest.mark.parametrize(
    ("batch", "per_second", "seconds", "claimed"),
    [(500, None, 30, 500), (500, 1, 30, 30), (500, 0.2, 30, 6), (500, 0.2, 1, 1), (500, 10_000, 30, 500)],
)
def test_no_more_is_claimed_than_has_its_turn_within_the_claim(
    batch: int, per_second: float | None, seconds: float, claimed: int
) -> None:
    assert claimable(batch, per_second, seconds) == claimed
