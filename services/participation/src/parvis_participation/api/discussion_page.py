# SPDX-License-Identifier: EUPL-1.2
"""A discussion as a page, where mails about it lead unless the town's portal has one of its own. No script."""

from html import escape
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.clocks import clock_of
from parvis_kit.locale import Language, Text
from parvis_kit.web.cursor import CursorParameter
from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import language_of, parts_of
from parvis_participation.api.html_pages import PAGES, html_page, paragraph
from parvis_participation.api.page_words import PROPOSAL
from parvis_participation.api.spoken_times import spoken_moment
from parvis_participation.db import comments
from parvis_participation.db.comment_tables import Comment
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.thread import CommentState, Subject, ThreadKind
from parvis_participation.service.discussed import title_of

routes = router(tags=["comments"])
_A_PAGE: Final = 50
_WHAT: Final = {
    ThreadKind.PROPOSAL: Text(fr="Discussion d’une proposition", en="Discussion of a proposal"),
    ThreadKind.PROJECT: Text(fr="Discussion d’un projet", en="Discussion of a project"),
    ThreadKind.CONSULTATION: Text(fr="Discussion d’une consultation", en="Discussion of a consultation"),
}
_LEAD: Final = Text(
    fr="Chacun écrit sous un pseudonyme. Pour répondre, connectez-vous au site de votre ville.",
    en="Everybody writes under a pseudonym. To answer, sign in to your town's site.",
)
_NONE: Final = Text(fr="Personne n’a encore écrit.", en="Nobody has written yet.")
_ANSWER: Final = Text(fr="réponse", en="answer")
_GONE: Final = Text(fr="Ces mots ont été retirés.", en="These words were taken back or removed.")
_MORE: Final = Text(fr="Suite de la discussion", en="More of the discussion")
_CLOSED_TITLE: Final = Text(fr="Cette discussion n’est pas publique", en="This discussion is not public")
_CLOSED: Final = Text(
    fr="Elle a pris fin, ou n’est ouverte qu’à certains\u00a0: connectez-vous au site de votre ville.",
    en="It is over, or open to some alone: sign in to your town's site.",
)


@routes.get(
    "/v1/collectivities/{collectivity}/threads/{thread}/{subject_id}/page",
    **public(),
    operation_id="showDiscussion",
    response_class=Response,
    responses=problems(400, 422) | PAGES,
)
async def show(
    collectivity: Collectivity, thread: ThreadKind, subject_id: UUID, request: Request, cursor: CursorParameter = None
) -> Response:
    """A discussion as a page of fifty comments, in French or English: where mails about it lead."""
    parts, subject, language = parts_of(request), Subject(thread, subject_id), language_of(request)
    bound = ["discussion-page", thread, str(subject_id)]
    place = parts.runtime.cursors.read(cursor, bound)
    try:
        async with parts.runtime.database.reading() as session:
            title = await title_of(session, collectivity, subject, language)
            found = await comments.page(session, subject, place, _A_PAGE)
    except NotFoundError:
        lead = paragraph(_CLOSED.in_language(language), ' class="lead"')
        return html_page(language, 404, _CLOSED_TITLE.in_language(language), lead)
    what, more = _WHAT[thread].in_language(language), parts.runtime.cursors.write(found.next, bound)
    main = f'<p class="whose">{escape(what)}</p>' if title else ""
    main += paragraph(_LEAD.in_language(language), ' class="lead"')
    said = (_comment(row, parts.pseudonyms.of(row.collectivity, row.person), language) for row in found.rows)
    main += "".join(said) or paragraph(_NONE.in_language(language))
    if more:
        label = escape(_MORE.in_language(language))
        main += f'<p class="actions"><a href="?cursor={escape(more)}" rel="next">{label}</a></p>'
    if thread is ThreadKind.PROPOSAL:
        subject_page = escape(f"/v1/collectivities/{collectivity}/pages/proposals/{subject_id}")
        main += f'<p class="actions"><a href="{subject_page}">{escape(PROPOSAL.in_language(language))}</a></p>'
    return html_page(language, 200, title or what, main)


def _comment(row: Comment, author: str, language: Language) -> str:
    words: Any = row.text if row.state == CommentState.PUBLISHED else _GONE.in_language(language)
    heading = (
        f"<h3>{escape(author)} ({_ANSWER.in_language(language)})</h3>" if row.depth else f"<h2>{escape(author)}</h2>"
    )
    at = spoken_moment(row.created_at, language, clock_of(row.collectivity))
    when = f'<p class="reference"><time datetime="{row.created_at.isoformat()}">{escape(at)}</time></p>'
    return f"<article>{heading}{when}{paragraph(words)}</article>"
