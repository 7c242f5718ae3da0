# SPDX-License-Identifier: EUPL-1.2
"""An agent marks whether somebody came to their appointment, while that is remembered."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine
from agendas import Agendas, at

from parvis_testing import Caller


@pytest.fixture
def agendas(town: Any) -> Agendas:
    return Agendas(town)


async def booked(agendas: Agendas) -> tuple[Caller, dict[str, Any]]:
    await agendas.counter()
    person = agendas.town.service.citizen()
    answer = await agendas.book(person, at("09:00"))
    assert answer.status_code == 201, answer.text
    return person, answer.json()


async def mark(agendas: Agendas, appointment: dict[str, Any], attendance: str, after: timedelta) -> httpx.Response:
    """So long after the start."""
    with time_machine.travel(datetime.fromisoformat(appointment["starts_at"]) + after, tick=False):
        agent = agendas.town.service.agent()
        return await agendas.change(agent, appointment, "attendance", attendance=attendance)


async def test_it_is_marked_undone_and_kept_in_the_history(agendas: Agendas) -> None:
    person, appointment = await booked(agendas)
    assert appointment["attendance"] == "unknown"
    soon = timedelta(minutes=5)
    missed = await mark(agendas, appointment, "missed", soon)
    assert (missed.status_code, missed.json()["attendance"]) == (201, "missed")
    stale = await mark(agendas, appointment, "came", soon)
    assert stale.status_code == 412
    undone = await mark(agendas, missed.json(), "unknown", soon)
    assert undone.json()["attendance"] == "unknown"
    came = await mark(agendas, undone.json(), "came", soon)
    path = f"/v1/appointments/{appointment['id']}"
    shown = (await agendas.town.get(person, path)).json()
    assert (shown["attendance"], shown["state"]) == (came.json()["attendance"], "booked") == ("came", "booked")
    steps = (await agendas.town.get(person, f"{path}/history")).json()["items"]
    assert [step["act"] for step in steps] == ["booked", "missed", "unmarked", "came"]


@pytest.mark.parametrize(
    ("attendance", "after", "marked"),
    [
        ("came", timedelta(hours=-1), True),
        ("came", timedelta(hours=-1, seconds=-1), False),
        ("missed", timedelta(seconds=-1), False),
        ("missed", timedelta(), True),
        ("missed", timedelta(days=7, minutes=20), True),
        ("came", timedelta(days=7, minutes=20, seconds=1), False),
    ],
)
async def test_it_is_marked_from_its_time_until_a_week_after(
    agendas: Agendas, attendance: str, after: timedelta, *, marked: bool
) -> None:
    _, appointment = await booked(agendas)
    answer = await mark(agendas, appointment, attendance, after)
    assert answer.status_code == (201 if marked else 409), answer.text
    assert marked or answer.json()["code"] == "attendance-not-now"


async def test_nobody_marks_their_own_nor_what_was_cancelled(agendas: Agendas) -> None:
    person, appointment = await booked(agendas)
    start = datetime.fromisoformat(appointment["starts_at"])
    with time_machine.travel(start, tick=False):
        mine = agendas.town.service.citizen(sub=person.subject)
        assert (await agendas.change(mine, appointment, "attendance", attendance="came")).status_code == 403
        other = agendas.town.service.agent("lutece")
        assert (await agendas.change(other, appointment, "attendance", attendance="came")).status_code == 404
    cancelled = (await agendas.change(person, appointment, "cancellation")).json()
    answer = await mark(agendas, cancelled, "missed", timedelta(minutes=5))
    assert (answer.status_code, answer.json()["code"]) == (409, "attendance-not-now")
