# SPDX-License-Identifier: EUPL-1.2
"""A discussion as a page, where mails about it lead unless the town's portal has one of its own. No script."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from parvis_kit.clocks import clock_of
from parvis_kit.locale import Language, Text
from parvis_kit.web.cursor import CursorParameter
from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import language_of, parts_of
from parvis_participation.api.meeting_page import PAGES
from parvis_participation.api.spoken_times import spoken_moment
from parvis_participation.db import comments
from parvis_participation.db.comment_tables import Comment
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.thread import CommentState, Subject, ThreadKind
from parvis_participation.service.discussed import check_readable
from parvis_participation.service.pseudonyms import Pseudonyms

routes = router(tags=["comments"])
_A_PAGE: Final = 50
# The style sheet of the sign-in pages, which the gateway serves at the same address.
_STYLE: Final = "/login/style.css"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, no-cache",
    "Vary": "Accept-Language",
}
_TITLES: Final = {
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
            await check_readable(session, collectivity, subject)
            found = await comments.page(session, subject, place, _A_PAGE)
    except NotFoundError:
        title, lead = _CLOSED_TITLE.in_language(language), _CLOSED.in_language(language)
        return _page(language, 404, title, lead)
    more = parts.runtime.cursors.write(found.next, bound)
    said = _said(found.rows, parts.pseudonyms, language) or f"<p>{escape(_NONE.in_language(language))}</p>"
    if more:
        label = escape(_MORE.in_language(language))
        said += f'<p class="actions"><a href="?cursor={escape(more)}" rel="next">{label}</a></p>'
    return _page(language, 200, _TITLES[thread].in_language(language), _LEAD.in_language(language), said)


def _said(rows: Sequence[Comment], pseudonyms: Pseudonyms, language: Language) -> str:
    return "".join(_comment(row, pseudonyms.of(row.collectivity, row.person), language) for row in rows)


def _comment(row: Comment, author: str, language: Language) -> str:
    words: Any = row.text if row.state == CommentState.PUBLISHED else _GONE.in_language(language)
    answer = f" ({escape(_ANSWER.in_language(language))})" if row.depth else ""
    at = escape(spoken_moment(row.created_at, language, clock_of(row.collectivity)))
    text = "<br>".join(escape(line) for line in words.splitlines())
    return f"<article><h2>{escape(author)}{answer}</h2><p>{at}</p><p>{text}</p></article>"


def _page(language: Language, status: int, title: str, lead: str, more: str = "") -> Response:
    content = f"""<!DOCTYPE html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  <title>{escape(title)}</title>
  <link rel="stylesheet" href="{_STYLE}">
</head>
<body>
  <main>
    <h1>{escape(title)}</h1>
    <p class="lead">{escape(lead)}</p>
    {more}
  </main>
</body>
</html>
"""
    return HTMLResponse(content, status, _HEADERS | {"Content-Language": language})
