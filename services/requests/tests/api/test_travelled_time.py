# SPDX-License-Identifier: EUPL-1.2
"""Lives of requests through real time: clock changes, holidays, years that end, and a worker that comes when it can."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import time_machine
from counted_silence import Counted, midnight_after, paris_day
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from requests_town import Town
from workflows import state, transition

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_testing import Caller

GRANTED, REFUSED, LATER = "travelled-and-granted", "travelled-and-refused", "travelled-on-and-extended"
DROPPED_AFTER, WARNED_BEFORE = 40, 15  # days
OPEN = ["submitted", "incomplete"]
WORKFLOW: dict[str, Any] = {
    "initial": "submitted",
    "states": [state("submitted"), state("incomplete")]
    + [state(code, final=True) for code in ("granted", "refused", "decided-by-silence", "dropped")],
    "transitions": [
        transition("ask", ["submitted"], "incomplete"),
        transition("complete", ["incomplete"], "submitted", "author"),
        transition("grant", OPEN, "granted"),
        transition("refuse", OPEN, "refused"),
        transition("silence", OPEN, "decided-by-silence", "system"),
        transition("drop", ["incomplete"], "dropped", "system"),
    ],
    "timers": [{"code": "patience", "state": "incomplete", "delay": {"days": DROPPED_AFTER}, "action": "drop"}],
}
COMMON: dict[str, Any] = {
    "action": "silence",
    "paused_in": ["incomplete"],
    "alert_days": WARNED_BEFORE,
    "source": {"fr": "Article 1", "en": "Article 1"},
}
LEGAL = {
    GRANTED: COMMON | {"silence": "accepted", "months": 2, "resume": "reset", "extension_months": 1},
    REFUSED: COMMON | {"silence": "rejected", "days": 60, "resume": "continue", "pause_days": 30},
    LATER: COMMON | {"silence": "rejected", "months": 2, "resume": "continue", "pause_days": 20, "extension_months": 1},
}
# Months, days, and how many of them at most do not count each time that documents are awaited.
COUNTED = {GRANTED: (2, 0, 0), REFUSED: (0, 60, 30), LATER: (2, 0, 20)}
# Before clocks change, before a month that is short or a year that begins, on both sides of midnight in Paris.
STARTS = [
    datetime(2026, 12, 30, 23, 30, tzinfo=UTC),
    datetime(2027, 1, 31, 12, tzinfo=UTC),
    datetime(2027, 3, 27, 22, 59, tzinfo=UTC),
    datetime(2027, 4, 30, 21, 30, tzinfo=UTC),
    datetime(2027, 8, 31, 22, 30, tzinfo=UTC),
    datetime(2027, 10, 30, 22, 0, tzinfo=UTC),
]
ACTS = {"ask": "agent", "grant": "agent", "refuse": "agent", "complete": "author"}
STEPS = st.lists(
    st.tuples(
        st.integers(0, 35),
        st.sampled_from([0, 1, 119, 719, 1439]),  # minutes
        st.sampled_from(
            ["ask", "ask", "complete", "complete", "extend", "receive", "worker", "worker", "grant", "refuse"]
        ),
    ),
    max_size=8,
)


class Life:
    """One request of the product beside one that is counted by hand."""

    def __init__(self, town: Town, request: dict[str, Any], citizen: str, counted: Counted, filed_on: date) -> None:
        self.town, self.request, self.citizen, self.counted = town, request, citizen, counted
        self.filed_on, self.corrected = filed_on, False
        self.status = "submitted"
        self.drops_at: datetime | None = None
        self.decided_at: datetime | None = None

    @property
    def path(self) -> str:
        return f"/v1/requests/{self.request['id']}"

    @property
    def final(self) -> bool:
        return self.status not in OPEN

    def over(self, now: datetime) -> bool:
        """Whether silence has decided, recorded or not."""
        end = self.counted.end()
        return not self.final and end is not None and end <= now

    async def step(self, act: str, now: datetime, days: int = 0) -> None:
        if act == "worker":
            await self.rung(now)
        elif act == "receive":
            await self.received(self.filed_on - timedelta(days=3 * days), now)
        elif act == "extend":
            await self.extended(now)
        else:
            await self.acted(act, now)
        await self.agrees()

    async def acted(self, act: str, now: datetime) -> None:
        answer = await self.town.act(self._caller(ACTS[act]), self.request, act, await self._tag())
        code = answer.json().get("code")
        made = next(t for t in WORKFLOW["transitions"] if t["code"] == act)
        if self.status not in made["from"]:
            assert (answer.status_code, code) == (409, "transition-not-allowed")
        elif self.over(now):
            assert (answer.status_code, code) == (409, "decided-by-silence")
        else:
            assert answer.status_code == 201, answer.text
            self._moves(made["to"], now)

    async def extended(self, now: datetime) -> None:
        headers = self._caller("agent").headers | {"Idempotency-Key": self.town.key(), "If-Match": await self._tag()}
        answer = await self.town.client.post(f"{self.path}/extension", json={"reason": "Avis."}, headers=headers)
        if self.over(now):
            assert (answer.status_code, answer.json()["code"]) == (409, "decided-by-silence")
        elif self.final or self.counted.months != 2:
            assert (answer.status_code, answer.json()["code"]) == (409, "extension-not-allowed")
        else:
            assert answer.status_code == 201, answer.text
            self.counted.months += 1

    async def received(self, on: date, now: datetime) -> None:
        body = {"received_on": on.isoformat(), "reason": "Le tampon le dit."}
        headers = self._caller("agent").headers | {"Idempotency-Key": self.town.key(), "If-Match": await self._tag()}
        answer = await self.town.client.post(f"{self.path}/reception", json=body, headers=headers)
        then = replace(self.counted, received=on).end()
        if self.over(now):
            assert (answer.status_code, answer.json()["code"]) == (409, "decided-by-silence")
        elif self.final:
            assert (answer.status_code, answer.json()["code"]) == (409, "reception-settled")
        elif then and then <= now:
            assert (answer.status_code, answer.json()["code"]) == (422, "period-over")
        else:
            assert answer.status_code == 201, answer.text
            self.counted.received, self.corrected = on, True

    async def rung(self, now: datetime) -> None:
        runtime = self.town.service.runtime
        await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, now)
        if self.over(now):
            self.status, self.decided_at = "decided-by-silence", self.counted.end()
        elif not self.final and self.drops_at and self.drops_at <= now:
            self._moves("dropped", now)

    async def agrees(self) -> None:
        shown = (await self.town.get(self._caller("agent"), self.path)).json()
        assert shown["status"]["code"] == self.status
        if self.final:
            return
        ends_at, end = shown["legal"]["ends_at"], self.counted.end()
        assert (ends_at and datetime.fromisoformat(ends_at)) == end
        assert shown["legal"]["paused"] is (self.status == "incomplete")

    async def told_once(self) -> None:
        """Nothing was decided twice or at another instant, no warning came late, no act is lacking in the history."""
        pool = self.town.service.runtime.database.pool
        rows = await pool.fetch("SELECT type, data FROM outbox WHERE data ->> 'request_id' = $1", self.request["id"])
        told = [(row["type"].split(".")[3], json.loads(row["data"])) for row in rows]
        effective = [datetime.fromisoformat(data["effective_at"]) for name, data in told if name == "request-decided"]
        assert effective == ([self.decided_at] if self.decided_at else [])
        warned = [data["ends_at"] for name, data in told if name == "request-due-soon"]
        # Who moves the end there and back is warned of it again.
        assert self.corrected or len(set(warned)) == len(warned)
        wanted = "SELECT sequence, action FROM history_entry WHERE request_id = $1 ORDER BY sequence"
        acts = await pool.fetch(wanted, self.request["id"])
        assert [act["sequence"] for act in acts] == list(range(1, len(acts) + 1))
        assert [place for place, act in enumerate(acts, 1) if act["action"] in ENDING] == [len(acts)]

    def _moves(self, status: str, now: datetime) -> None:
        self.status, self.drops_at = status, None
        if status == "incomplete":
            self.counted.ask(paris_day(now))
            self.drops_at = midnight_after(paris_day(now) + timedelta(days=DROPPED_AFTER))
        elif status == "submitted":
            self.counted.complete(paris_day(now))

    def _caller(self, role: str) -> Caller:
        service = self.town.service
        return service.agent() if role == "agent" else service.citizen(sub=self.citizen)

    async def _tag(self) -> str:
        return (await self.town.get(self._caller("agent"), self.path)).headers["etag"]


ENDING = {"grant", "refuse", "silence", "drop"}


# An extension before a pause, and during it.
EXTENDED = [(3, 0, "extend"), (5, 0, "ask"), (10, 1, "complete"), (1, 0, "worker")]
MEANWHILE = [(3, 0, "ask"), (5, 0, "extend"), (30, 1, "complete"), (1, 0, "worker")]


# The day of reception is corrected before a pause, during it and after it.
CORRECTED = [(3, 0, "receive"), (2, 0, "ask"), (4, 1, "receive"), (9, 0, "complete"), (1, 0, "receive")]


@example(start=STARTS[2], code=GRANTED, steps=EXTENDED, lay=0)
@example(start=STARTS[1], code=LATER, steps=EXTENDED, lay=0)
@example(start=STARTS[5], code=LATER, steps=MEANWHILE, lay=0)
@example(start=STARTS[0], code=GRANTED, steps=CORRECTED, lay=40)
@example(start=STARTS[3], code=LATER, steps=CORRECTED, lay=1)
@given(
    start=st.sampled_from(STARTS),
    code=st.sampled_from([GRANTED, REFUSED, LATER]),
    steps=STEPS,
    lay=st.sampled_from([0, 0, 1, 9, 40]),
)
# What fails is told as it was found: to shrink it would travel for minutes.
@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
async def test_silence_decides_once_and_when_the_days_say_whatever_happens(
    town: Town, start: datetime, code: str, steps: list[tuple[int, int, str]], lay: int
) -> None:
    with time_machine.travel(start, tick=False) as clock:
        await town.have(code, workflow=WORKFLOW, legal=LEGAL[code], channels=["online", "letter"])
        citizen, today = town.service.citizen(), paris_day(start)
        received = today - timedelta(days=lay)
        clerk = town.service.citizen(sub=citizen.subject, act={"sub": town.service.agent().subject, "kind": "agent"})
        letter = {"channel": "letter", "received_on": received.isoformat()}
        filed = await town.submit(clerk, request_type=code, answers={}, **letter)
        assert filed.status_code == 201, filed.text
        life = Life(town, filed.json(), citizen.subject, Counted(received, *COUNTED[code]), today)
        now = start
        for days, minutes, act in steps:
            now += timedelta(days=days, minutes=minutes)
            clock.move_to(now, tick=False)
            await life.step(act, now, days)
        end = life.counted.end()
        if end and end > now:
            for late in (timedelta(seconds=-1), timedelta(), timedelta(hours=1)):
                clock.move_to(end + late, tick=False)
                await life.step("worker" if late < timedelta() else "grant", end + late)
        now = max(now, end or now) + timedelta(days=90)
        clock.move_to(now, tick=False)
        for _ in range(2):
            await life.step("worker", now)
        assert life.final
        await life.told_once()
