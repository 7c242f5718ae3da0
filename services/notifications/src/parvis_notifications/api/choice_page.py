# SPDX-License-Identifier: EUPL-1.2
"""Pages with a few buttons, which need no script: what somebody sees and does by a signed link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from parvis_kit.locale import Language

# The style sheet of the sign-in pages, which the gateway serves at the same address.
_STYLE: Final = "/login/style.css"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none';"
    " form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
_TEMPLATES: Final = Environment(
    loader=PackageLoader("parvis_notifications", "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
HTML: Final = {"text/html": {"schema": {"type": "string"}}}
PAGES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A page", "content": HTML},
    404: {"description": "A page that says what went wrong", "content": HTML},
}
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody writes into a form: its name, what it is, what helps to fill it in, and what was wrong of it.

    ``purpose`` is the type of the field and its ``autocomplete`` alike (WCAG 1.3.5).
    """

    name: str
    label: str
    purpose: str
    hint: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One button, what it is about, what is written before it is pressed, and what it sends."""

    button: str
    fields: Mapping[str, str]
    label: str = ""
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What a page says of one thing."""

    title: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says, and its buttons; ``further`` is the words and the address of a link to another."""

    title: str
    lead: str
    town: str = ""
    paragraphs: Sequence[str] = ()
    forms: Sequence[Form] = field(default_factory=tuple)
    action: str = ""
    status: int = 200
    sections: Sequence[Section] = ()
    further: tuple[str, str] | None = None

    def response(self, language: Language) -> Response:
        """In that language."""
        content = _TEMPLATES.get_template("choices.html.jinja").render(
            language=language,
            style=_STYLE,
            title=self.title,
            lead=self.lead,
            town=self.town,
            paragraphs=self.paragraphs,
            forms=self.forms,
            action=self.action,
            sections=self.sections,
            further=self.further,
        )
        return HTMLResponse(content, self.status, _HEADERS | {"Content-Language": language})
