# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_requests.domain.errors import NotAllowedError, NotFoundError, TransitionError
from parvis_requests.domain.request import TRANSITIONS, Action, Actor, Request, Status

AUTHOR = uuid4()


def request(status: Status = Status.SUBMITTED) -> Request:
    return Request(
        id=uuid4(),
        collectivity="paris",
        reference="R-2026-0000-000",
        type_code="cartons",
        author=AUTHOR,
        status=status,
        team="proprete",
        area=None,
        assignee=None,
        version=1,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def agent(collectivity: str = "paris") -> Actor:
    return Actor(uuid4(), collectivity, is_agent=True)


def citizen(person: UUID = AUTHOR, collectivity: str = "paris") -> Actor:
    return Actor(person, collectivity, is_agent=False)


def test_taking_assigns_the_agent_and_resolving_keeps_them() -> None:
    first, second = agent(), agent()
    taken = request().after(Action.TAKE, first)
    assert (taken.status, taken.assignee, taken.version) == (Status.TAKEN, first.person, 2)
    resolved = taken.after(Action.RESOLVE, second)
    assert (resolved.status, resolved.assignee, resolved.version) == (Status.RESOLVED, first.person, 3)


@given(st.sampled_from(Status), st.lists(st.sampled_from(Action), max_size=6))
def test_every_path_follows_the_table_and_each_act_is_one_version(start: Status, actions: list[Action]) -> None:
    current = request(start)
    for action in actions:
        expected = TRANSITIONS.get((current.status, action))
        if expected is None:
            with pytest.raises(TransitionError):
                current.after(action, agent())
        else:
            after = current.after(action, agent())
            assert after.status is expected
            assert after.version == current.version + 1
            current = after


def test_only_the_author_and_agents_of_the_town_see_a_request() -> None:
    assert request().open_to(citizen()).author == AUTHOR
    assert request().open_to(agent()).author == AUTHOR
    for stranger in (citizen(uuid4()), citizen(collectivity="lutece"), agent("lutece")):
        with pytest.raises(NotFoundError):
            request().open_to(stranger)


def test_the_author_cannot_act_as_an_agent() -> None:
    with pytest.raises(NotAllowedError):
        request().after(Action.TAKE, citizen())
    with pytest.raises(NotAllowedError):
        request().after_message(citizen())
