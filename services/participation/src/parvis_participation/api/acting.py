# SPDX-License-Identifier: EUPL-1.2
"""Each operation by which agents act for a town is written into the town's chain, or is named here with its reason."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from parvis_kit.web.idempotency import Answer
from parvis_participation.api.context import agent_of, now, parts_of
from parvis_participation.domain.desk import Channel
from parvis_participation.service.seals import canonical
from parvis_participation.service.town_acts import TownAct, add_act, count_reception

OF_POLLS: Final = frozenset(
    {"createPoll", "changePollDraft", "actOnPoll", "importEntitledPeople", "changePoll", "enterPaperBatch", "countPoll"}
)
"""Written into the chain of their poll, which ends in the signed record of its count."""
COUNTED: Final = frozenset({"receiveDeskVoter", "markPaperVoter"})
"""Told as how many an agent received within an hour: a line for each would keep the order in which people came."""
ELSEWHERE: Final = {
    "redriveParticipationDeadLetter": "it has the service read an event again, and decides nothing in a town's name",
    "discardParticipationDeadLetter": "it leaves an event unread, of which the letter itself keeps who and why",
}
"""In no chain, and why."""
WORDS: Final = frozenset(
    {"createConsultation", "changeConsultationDraft", "createBudget", "changeBudgetDraft"}
    | {"changeBudgetVote", "extendConsultation"}
    | {"analyseProject", "reportMilestone", "reportProposalMilestone"}
    | {"createSurvey", "changeSurvey", "decidePetition", "answerPetition"}
    | {"createProcess", "changeProcess", "tellProcessNews"}
    | {"createAssembly", "changeAssembly", "createAssemblySession", "changeAssemblySession", "freezeAssemblyDraw"}
    | {"voidAssemblyDraw", "drawAssemblyLots"}
    | {"createMeeting", "changeMeeting", "reportOnMeeting"}
    | {"createConversation", "changeConversation", "seedStatement"}
)
"""Of which the digest of the body is told: it is, or will be, for everybody to read, and tells of nobody."""
FILES: Final = frozenset({"importBudgetArchive"})
"""Of which the digest of the file is told, as it was sent."""
DOCUMENTS: Final = frozenset(
    {"sendProcessDocument", "replaceProcessDocument", "sendAssemblyDocument", "replaceAssemblyDocument"}
)
"""Of which the digest of the file is told, as everybody gets it, and that of what is said of it."""
_SAID: Final = ("title", "language", "alternative")
_TOLD: Final = ("action", "outcome", "verified")
_TOLD_OF: Final = {"changeBudgetVote": ("kind", "closes_at", "votes"), "extendConsultation": ("closes_at",)}
SHEETS: Final = frozenset({"enterSheet", "confirmSheet", "withdrawSheet"})
"""Told of their survey alone: the id of a sheet has the time of its entry, and would join its lines."""
_BY_DAY: Final = SHEETS | {"attestResidence"}
"""Told by their day: somebody stood before the agent, or the hour would tell which answer was entered."""


def chained(
    request: Request, effect: Callable[[AsyncSession], Awaitable[Answer]]
) -> Callable[[AsyncSession], Awaitable[Answer]]:
    """The effect, and that an agent did it, in one transaction; ``id`` names what it made."""

    async def both(session: AsyncSession) -> Answer:
        answer = await effect(session)
        await chain_act(request, session, answer)
        return answer

    return both


async def chain_act(
    request: Request, session: AsyncSession, answer: Answer | None = None, *, last_act: bytes | None = None
) -> None:
    """Write that the agent who calls did what the operation does: the last thing before the commit.

    ``last_act`` is the digest of the last line of a secret poll's chain, where its draft went.
    """
    agent, act = agent_of(request), request.scope["route"].operation_id
    of, at = _object(request, act, answer), _when(act)
    # What is done to nothing that has a name has one for the day: another each day.
    object_ = next(iter(of.values()), f"{agent.collectivity}/{at.date()}")
    name = parts_of(request).seals.agent_name(object_, agent.person)
    details = await _details(request, act, answer) | ({} if last_act is None else {"last_act": last_act.hex()})
    await add_act(session, agent.collectivity, TownAct(act, of, at, name, details))


def _object(request: Request, act: str, answer: Answer | None) -> dict[str, str]:
    if act in SHEETS:
        return {"survey_id": str(request.path_params["survey_id"])}
    of = {name: str(value) for name, value in request.path_params.items()}
    made = None if answer is None else json.loads(answer.body).get("id")
    return of if made is None or made in of.values() else of | {"id": made}


async def _details(request: Request, act: str, answer: Answer | None) -> dict[str, Any]:
    if act in DOCUMENTS and answer is not None:
        made = json.loads(answer.body)
        said = sha256(canonical({name: made[name] for name in _SAID})).hexdigest()
        return {"sha256": made["versions"][-1]["sha256"], "words_sha256": said}
    if act in FILES:
        return {"sha256": sha256(await request.body()).hexdigest()}
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return {}
    given = json.loads(await request.body() or b"{}")
    details = {name: given[name] for name in (*_TOLD, *_TOLD_OF.get(act, ())) if name in given}
    return details | {"sha256": sha256(canonical(given)).hexdigest()} if act in WORDS else details


async def count_voter(request: Request, poll_id: UUID, channel: Channel) -> None:
    """Count a voter whom the agent who calls received, in a transaction of its own: no roll is written in it."""
    agent, parts = agent_of(request), parts_of(request)
    name = parts.seals.agent_name(str(poll_id), agent.person)
    async with parts.runtime.database.unit_of_work() as uow:
        await count_reception(uow.session, agent.collectivity, poll_id, name, channel, now())
        await uow.commit()


def _when(act: str) -> datetime:
    at = now()
    return at.replace(hour=0, minute=0, second=0, microsecond=0) if act in _BY_DAY else at
