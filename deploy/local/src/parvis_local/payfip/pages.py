# SPDX-License-Identifier: EUPL-1.2
"""The page on which one pays, or does not, below ``/simulators/payfip``; and all payments, for who looks."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from html import escape
from typing import Any, Final
from urllib.parse import parse_qs

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from parvis_local.franceconnect.pages import HEAD, STYLE, language
from parvis_local.payfip.service import BASE
from parvis_local.payfip.store import Payment, PaymentStore

_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_LATE_SECONDS: Final = 60.0
_LIMIT: Final = 100


class Doing(StrEnum):
    """What somebody does on the page."""

    CARD = "card"
    DEBIT = "debit"
    REFUSE = "refuse"
    CANCEL = "cancel"
    LEAVE = "leave"
    LATE = "late"
    TWICE = "twice"
    LOST = "lost"


_RESULTS: Final = {Doing.DEBIT: "V", Doing.REFUSE: "R", Doing.CANCEL: "A"}
_WORDS: Final[dict[str, dict[str, str]]] = {
    "fr": {
        "title": "Payer en ligne",
        "note": "Simulateur de PayFiP\u00a0: aucun argent ne circule, n’importe quelle personne peut payer.",
        "test": "Paiement de test",
        "reference": "Référence",
        "what": "Que se passe-t-il\u00a0?",
        Doing.CARD: "Payer par carte",
        Doing.DEBIT: "Payer par prélèvement",
        Doing.REFUSE: "La banque refuse",
        Doing.CANCEL: "Annuler",
        Doing.LEAVE: "Fermer la fenêtre sans payer",
        Doing.LATE: "Payer, et PayFiP ne le sait qu’une minute après",
        Doing.TWICE: "Payer, et PayFiP le dit deux fois",
        Doing.LOST: "Payer, et l’avis de PayFiP se perd",
        "done": "C’est fait",
        "left": "Vous avez quitté la page\u00a0: PayFiP ne saura rien de plus.",
        "P": "Paiement effectué.",
        "V": "Prélèvement enregistré.",
        "R": "Paiement refusé.",
        "A": "Paiement annulé.",
        "back": "Revenir au service",
        "refused": "Cette page ne s’ouvre pas",
        "P1": "Ce paiement est inconnu.",
        "P3": "Ce paiement a déjà eu lieu.",
        "P4": "Ce paiement a été demandé il y a plus de quinze minutes.",
        "code": "Code d’erreur",
        "all": "Paiements demandés",
        "empty": "Aucun paiement pour l’instant.",
        "": "sans suite",
    },
    "en": {
        "title": "Pay online",
        "note": "Simulator of PayFiP: no money moves, anybody may pay.",
        "test": "Test payment",
        "reference": "Reference",
        "what": "What happens?",
        Doing.CARD: "Pay by card",
        Doing.DEBIT: "Pay by direct debit",
        Doing.REFUSE: "The bank refuses",
        Doing.CANCEL: "Cancel",
        Doing.LEAVE: "Close the window without paying",
        Doing.LATE: "Pay, and PayFiP knows it only a minute later",
        Doing.TWICE: "Pay, and PayFiP says so twice",
        Doing.LOST: "Pay, and PayFiP’s notice is lost",
        "done": "Done",
        "left": "You have left the page: PayFiP will know nothing more.",
        "P": "Paid.",
        "V": "Direct debit recorded.",
        "R": "Payment refused.",
        "A": "Payment cancelled.",
        "back": "Go back to the service",
        "refused": "This page does not open",
        "P1": "This payment is unknown.",
        "P3": "This payment has taken place.",
        "P4": "This payment was asked for more than fifteen minutes ago.",
        "code": "Error code",
        "all": "Payments asked for",
        "empty": "No payment yet.",
        "": "nothing happened",
    },
}
Notify = Callable[[Payment], Awaitable[None]]


async def notify(payment: Payment) -> None:
    """Tell the town's software that something happened; once, and whatever it answers."""
    try:
        async with httpx.AsyncClient(timeout=10, limits=httpx.Limits(max_keepalive_connections=0)) as client:
            await client.post(payment.order["urlnotif"], data={"idop": payment.idop})
    except httpx.HTTPError:
        return


def page_routes(store: PaymentStore, tell: Notify = notify) -> list[Route]:
    """What a person, or a test, looks at; ``tell`` carries a notification."""

    async def show(request: Request) -> Response:
        words = _words(request)
        payment = store.get(request.query_params.get("idop", ""))
        code = payment.opens if payment else "P1"
        if payment is None or code:
            return _refused(request, code or "P1")
        rows = "".join(
            f'<li><button name="doing" value="{doing}">{escape(words[doing])}</button></li>' for doing in Doing
        )
        return _page(
            request,
            words["title"],
            f"<p><strong>{_amount(payment, words is _WORDS['en'])}</strong><br>{escape(payment.order.get('objet', ''))}"
            f"<br><small>{words['reference']} {escape(payment.order['refdet'])}</small></p>{_test(payment, words)}"
            f'<form method="post" action="{BASE}/paiementws.web?idop={payment.idop}"><h2>{words["what"]}</h2>'
            f"<ul>{rows}</ul></form>",
        )

    async def act(request: Request) -> Response:
        payment = store.get(request.query_params.get("idop", ""))
        code = payment.opens if payment else "P1"
        if payment is None or code:
            return _refused(request, code or "P1")
        words = _words(request)
        form = parse_qs((await request.body()).decode())
        doing = next((each for each in Doing if form.get("doing") == [each]), Doing.LEAVE)
        if doing is Doing.LEAVE:
            return _page(request, words["done"], f"<p>{words['left']}</p>")
        payment.end(_RESULTS.get(doing, "P"), known_after=_LATE_SECONDS if doing is Doing.LATE else 0.0)
        times = 2 if doing is Doing.TWICE else 0 if doing in {Doing.LOST, Doing.LATE} else 1
        back = (
            f"<p>{words[payment.result]}</p>"
            f'<form method="post" action="{escape(payment.order["urlredirect"])}">'
            f'<input type="hidden" name="idop" value="{payment.idop}"><button>{words["back"]}</button></form>'
        )
        return _page(request, words["done"], back, BackgroundTask(_told, tell, payment, times))

    async def index(request: Request) -> Response:
        words = _words(request)
        rows = "".join(
            f"<li><strong>{_amount(each, words is _WORDS['en'])}</strong> {escape(each.order.get('objet', ''))}"
            f" <small>({escape(each.order['refdet'])})</small> – {words[each.result]}</li>"
            for each in store.newest()[:_LIMIT]
        )
        return _page(request, words["all"], f"<ul>{rows}</ul>" if rows else f"<p>{words['empty']}</p>")

    async def payments(_request: Request) -> Response:
        return JSONResponse({"items": [_shown(each) for each in store.newest()[:_LIMIT]]})

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive")

    return [
        Route("/healthz", alive),
        Route(BASE, index),
        Route(f"{BASE}/payments", payments),
        Route(f"{BASE}/paiementws.web", show),
        Route(f"{BASE}/paiementws.web", act, methods=["POST"]),
    ]


async def _told(tell: Notify, payment: Payment, times: int) -> None:
    await asyncio.gather(*(tell(payment) for _ in range(times)))


def _shown(payment: Payment) -> dict[str, Any]:
    return {"idop": payment.idop, "resultrans": payment.result, **payment.order}


def _amount(payment: Payment, english: bool) -> str:
    euros = f"{int(payment.order['montant']) / 100:.2f}"
    return f"€{euros}" if english else f"{euros.replace('.', ',')}\u00a0€"


def _test(payment: Payment, words: dict[str, str]) -> str:
    return f'<p class="note">{words["test"]}</p>' if payment.order["saisie"] == "T" else ""


def _refused(request: Request, code: str) -> Response:
    words = _words(request)
    body = f"<p>{words[code]}</p><p>{words['code']} – <code>{code}</code></p>"
    return _page(request, words["refused"], body, status=400)


def _page(
    request: Request, title: str, body: str, task: BackgroundTask | None = None, *, status: int = 200
) -> Response:
    lang, words = _lang(request), _words(request)
    return HTMLResponse(
        f'<!doctype html><html lang="{lang}"><head>{HEAD}<title>{escape(title)} – PayFiP</title>'
        f"<style>{STYLE}</style></head><body><header><h1>{escape(title)}</h1></header>"
        f'<main><p class="note">{words["note"]}</p>{body}</main></body></html>',
        status,
        {"Content-Security-Policy": _CSP, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
        background=task,
    )


def _lang(request: Request) -> str:
    return language(request.headers.get("accept-language"))


def _words(request: Request) -> dict[str, str]:
    return _WORDS[_lang(request)]
