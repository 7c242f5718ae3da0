# SPDX-License-Identifier: EUPL-1.2
"""What is behind the link of a letter that announces something: a visit alone stops nothing, a button does.

No sign-in is asked: who reads the letters to an account may have it left alone. ``about`` names what is announced, in
the path and in the words.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import form, language_of, query
from parvis_identity.api.documents import form_field
from parvis_identity.api.local_flow import check_form, form_page
from parvis_identity.api.pages import page

OBJECTION: Final = {"csrf": form_field("From the page."), "token": form_field("From the page.")}


def path_of(about: str) -> str:
    """Where the link leads."""
    return f"/account/{about}-objection"


def token_of(request: Request) -> str:
    """What the link brings."""
    return query(request).get("token") or ""


def objection_page(request: Request, about: str) -> Response:
    """What is going to happen, with the button."""
    name, token = f"{about}-objection", token_of(request)
    return form_page(
        request,
        "objection.html",
        name,
        language=language_of(request),
        token=token,
        about=about,
        action=path_of(about),
    )


async def objection(request: Request, about: str) -> str:
    """The token of who pressed the button on our own page; raises RefusedError for any other form."""
    fields = await form(request)
    check_form(request, fields, f"{about}-objection")
    return fields.get("token") or ""


def stopped_page(request: Request, about: str) -> Response:
    """It will not happen."""
    language = language_of(request)
    return page(request, "done.html", language=language, title=f"{about}-stopped-title", body=f"{about}-stopped")
