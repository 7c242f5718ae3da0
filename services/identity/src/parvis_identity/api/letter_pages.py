# SPDX-License-Identifier: EUPL-1.2
"""The two pages before a letter: the one that asks for an address, and the one that says to look into one's mail."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import form, now, parts_of
from parvis_identity.api.cookies import browser_of, device_of
from parvis_identity.api.documents import form_field, parameter
from parvis_identity.api.flow import language_for
from parvis_identity.api.local_flow import UNPROCESSABLE, check_form, form_page, local_asking
from parvis_identity.api.pages import page
from parvis_identity.api.source import source_of
from parvis_identity.domain.address import MAX_LENGTH, deliverable
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.service.authorize import Asking

TOKEN: Final = parameter("token", "From the letter; works once.", required=True)
ASKED: Final = {
    "continue": form_field("From the page."),
    "csrf": form_field("From the page."),
    "email": form_field("Where to write to.", maxLength=MAX_LENGTH),
}


def ask_page(request: Request, purpose: Purpose, asking: Asking, *, wrong: bool = False) -> Response:
    """Ask where to write to."""
    return form_page(
        request,
        "ask_for_letter.html",
        f"ask/{purpose}",
        asking=asking,
        status=UNPROCESSABLE if wrong else 200,
        purpose=purpose.value,
        wrong=wrong,
    )


async def asked(request: Request, purpose: Purpose) -> Response:
    """Have the letter written, and say the same to everybody."""
    fields = await form(request)
    asking = await local_asking(request, fields)
    check_form(request, fields, f"ask/{purpose}")
    address = deliverable(fields.get("email"))
    if address is None:
        return ask_page(request, purpose, asking, wrong=True)
    letter = Letter(
        purpose=purpose,
        recipient=address,
        language=language_for(asking.request),
        collectivity=asking.collectivity.slug,
        continuation=fields.get("continue"),
        browser=fingerprint(browser_of(request)).hex(),
    )
    await parts_of(request).accounts.ask_for_letter.ask(letter, device_of(request), source_of(request), now())
    return page(
        request,
        "done.html",
        language=language_for(asking.request),
        title="letter-sent-title",
        body=f"letter-sent-{purpose}",
        minutes=str(parts_of(request).settings.letter_minutes),
    )
