# SPDX-License-Identifier: EUPL-1.2
"""What is discussed: whether everybody may read its thread, and whether it takes comments now."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import DEFAULT, Language
from parvis_participation.db import budgets, consultations, projects, proposals
from parvis_participation.domain.errors import ProjectGoneError
from parvis_participation.domain.process import Act
from parvis_participation.domain.proposal import ProposalState, check_published
from parvis_participation.domain.thread import Subject, ThreadKind
from parvis_participation.service.follow_process import check_phase, check_proposal_phase


async def title_of(session: AsyncSession, collectivity: str, subject: Subject, language: Language) -> str | None:
    """What it is called, None once its words are gone; raises NotFoundError unless that collectivity published it."""
    match subject.kind:
        case ThreadKind.PROJECT:
            project = await projects.published(session, collectivity, subject.id)
            return project.title if project.removed_at is None else None
        case ThreadKind.CONSULTATION:
            return (await consultations.one(session, collectivity, subject.id, published=True)).title[language]
        case ThreadKind.PROPOSAL:
            proposal = await proposals.one(session, collectivity, subject.id)
            return proposal.title if proposal.state == ProposalState.PUBLISHED else None


async def check_readable(session: AsyncSession, collectivity: str, subject: Subject) -> None:
    """Raise NotFoundError unless that collectivity has published it."""
    await title_of(session, collectivity, subject, DEFAULT)


async def check_open(session: AsyncSession, collectivity: str, subject: Subject, now: datetime) -> None:
    """Raise NotFoundError, or that error of its phase, end or removal, unless people of that town discuss it now.

    What is discussed stays until the caller's transaction ends.
    """
    match subject.kind:
        case ThreadKind.PROJECT:
            project = await projects.kept(session, collectivity, subject.id)
            if project.removed_at is not None:
                raise ProjectGoneError
            budgets.entity(await budgets.one(session, collectivity, project.budget_id)).check_discussion(now)
        case ThreadKind.CONSULTATION:
            row = await consultations.one(session, collectivity, subject.id, published=True)
            consultations.entity(row).check_open(now)
            await check_phase(session, row.id, Act.COMMENT, now)
        case ThreadKind.PROPOSAL:
            proposal = await proposals.kept(session, collectivity, subject.id)
            check_published(proposal.state)
            await check_proposal_phase(session, proposal, Act.COMMENT, now)
