# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from workflows import DECISION, workflow

from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.errors import ConditionError, NotAllowedError, NotFoundError, TransitionError
from parvis_requests.domain.request import Actor, Request, Visibility
from parvis_requests.domain.workflow import Assignment, Facts, Workflow
from parvis_requests.service.workflow_definition import shipped_workflows

AUTHOR = uuid4()
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
REPORT = shipped_workflows()["report"].domain()
STUDY = workflow(DECISION)


def request(status: str = "submitted") -> Request:
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


def agent(collectivity: str = "paris", *roles: str) -> Actor:
    return Actor(uuid4(), collectivity, is_agent=True, roles=frozenset(roles))


def citizen(person: UUID = AUTHOR, collectivity: str = "paris") -> Actor:
    return Actor(person, collectivity, is_agent=False)


def acted(before: Request, known: Workflow, action: str, actor: Actor, **facts: Any) -> Request:
    transition = before.allowed(known, action, actor)
    return before.after(transition, actor, Facts(**{"answers": {}} | facts), now=NOW, holidays=Holidays.FRANCE)


def test_taking_assigns_the_agent_and_resolving_keeps_them() -> None:
    first, second = agent(), agent()
    taken = acted(request(), REPORT, "take", first)
    assert (taken.status, taken.assignee, taken.version) == ("taken", first.person, 2)
    resolved = acted(taken, REPORT, "resolve", second)
    assert (resolved.status, resolved.assignee, resolved.version) == ("resolved", first.person, 3)


def test_only_the_author_and_agents_of_the_town_see_a_request() -> None:
    assert request().open_to(citizen()).author == AUTHOR
    assert request().open_to(agent()).author == AUTHOR
    for stranger in (citizen(uuid4()), citizen(collectivity="lutece"), agent("lutece"), Actor.service("lutece")):
        with pytest.raises(NotFoundError):
            request().open_to(stranger)


def test_the_author_cannot_act_as_an_agent() -> None:
    with pytest.raises(NotAllowedError):
        acted(request(), REPORT, "take", citizen())
    with pytest.raises(NotAllowedError):
        request().after_message(citizen(), Visibility.INTERNAL)
    assert request().after_message(citizen()).version == request().version + 1


def test_the_author_does_what_the_workflow_leaves_to_them() -> None:
    assert acted(request(), STUDY, "withdraw", citizen()).status == "dropped"
    with pytest.raises(NotAllowedError):
        acted(request(), STUDY, "withdraw", agent())


def test_a_role_of_the_token_is_asked_for() -> None:
    studied = request("studied")
    with pytest.raises(NotAllowedError):
        acted(studied, STUDY, "refuse", agent(), reason="Hors délai")
    assert acted(studied, STUDY, "refuse", agent("paris", "decider"), reason="Hors délai").status == "refused"


@pytest.mark.parametrize(
    ("action", "facts", "unmet"),
    [
        ("refuse", {}, ["reason"]),
        ("grant", {}, ["field:quantity"]),
        ("grant", {"answers": {"quantity": 4}}, ["field:quantity"]),
        ("grant", {"answers": {"quantity": True}}, ["field:quantity"]),
    ],
)
def test_a_condition_that_is_not_met_is_named(action: str, facts: dict[str, Any], unmet: list[str]) -> None:
    with pytest.raises(ConditionError) as caught:
        acted(request("studied"), STUDY, action, agent("paris", "decider"), **facts)
    assert caught.value.unmet == unmet


def test_a_deadline_is_counted_in_working_days() -> None:
    asked = acted(request("studied"), STUDY, "ask", agent(), reason="Il manque une pièce")
    assert asked.due_at == datetime(2026, 1, 19, 23, tzinfo=UTC)


def test_only_the_service_acts_for_a_timer() -> None:
    assert acted(request("waiting"), STUDY, "expire", Actor.service("paris")).status == "dropped"
    for other in (citizen(), agent()):
        with pytest.raises(NotAllowedError):
            acted(request("waiting"), STUDY, "expire", other)


def test_another_team_gets_it_without_an_assignee() -> None:
    hand_over = replace(REPORT.transition("take"), effects=(Assignment("nobody", "voirie"),))
    taken = replace(request(), assignee=uuid4())
    moved = taken.after(hand_over, agent(), Facts({}), now=NOW, holidays=Holidays.FRANCE)
    assert (moved.team, moved.assignee) == ("voirie", None)


class LifeOfARequest(RuleBasedStateMachine):
    """Anybody tries anything at any time; the request only ever moves along its workflow."""

    def __init__(self) -> None:
        super().__init__()
        self.request = request()
        self.acts = 0

    @rule(
        action=st.sampled_from([*[t.code for t in STUDY.transitions], "take"]),
        actor=st.sampled_from([citizen(), citizen(uuid4()), agent(), agent("paris", "decider"), agent("lutece")]),
        reason=st.sampled_from([None, "Parce que"]),
        quantity=st.sampled_from([3, 4]),
    )
    def somebody_acts(self, action: str, actor: Actor, reason: str | None, quantity: int) -> None:
        self.attempt(action, actor, reason, quantity)

    @rule()
    def the_timer_rings(self) -> None:
        self.attempt("expire", Actor.service("paris"), None, 3)

    def attempt(self, action: str, actor: Actor, reason: str | None, quantity: int) -> None:
        before = self.request
        try:
            self.request = acted(before, STUDY, action, actor, reason=reason, answers={"quantity": quantity})
        except (NotFoundError, NotAllowedError, TransitionError, ConditionError):
            assert self.request is before
            return
        self.acts += 1
        made = STUDY.transition(action)
        assert before.status in made.sources
        assert self.request.status == made.target
        assert made.roles & before.roles_of(actor)

    @invariant()
    def each_act_is_one_version_and_the_state_is_known(self) -> None:
        assert self.request.version == 1 + self.acts
        assert STUDY.state(self.request.status) is not None

    @invariant()
    def nothing_follows_the_end(self) -> None:
        state = STUDY.state(self.request.status)
        everybody = frozenset({"author", "agent", "system", "decider"})
        assert state is not None
        assert bool(STUDY.open_to(state.code, everybody)) is not state.final


TestLifeOfARequest = LifeOfARequest.TestCase
