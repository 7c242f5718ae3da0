# SPDX-License-Identifier: EUPL-1.2
"""``PaiementSecuriseService`` of PayFiP as far as a town's software uses it: SOAP 1.1, with its functional errors.

Source: DGFiP, *Guide de mise en œuvre, régies de recettes du secteur local, web service*, and the service's WSDL.
"""

import re
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError, fromstring
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from parvis_local.payfip.store import Payment, PaymentStore

BASE: Final = "/simulators/payfip"
_SERVICE: Final = (
    "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/"
    "PaiementSecuriseService"
)
_ANSWER: Final = "http://securite.service.tpa.cp.finances.gouv.fr/reponse"
_PARIS: Final = ZoneInfo("Europe/Paris")
_LARGEST: Final = 9_999_999
_SAID: Final = {
    "S1": "Mode de saisie incorrect",
    "T1": "Numéro de client non conforme",
    "M1": "Format du montant non conforme",
    "M3": "Montant inférieur à un euro",
    "M5": "Montant trop élevé",
    "A1": "Adresse électronique absente",
    "A2": "Adresse électronique incorrecte",
    "R3": "Format de la référence non conforme",
    "N1": "Adresse de notification non valide",
    "D1": "Adresse de redirection non valide",
    "P1": "IdOp incorrect",
    "P5": "Résultat de la transaction non connu",
}


def service_routes(store: PaymentStore, wrong: Callable[[], Response | None] = lambda: None) -> list[Route]:
    """The web service; ``wrong`` is what it answers instead, where something goes wrong."""

    async def call(request: Request) -> Response:
        body = await request.body()
        if instead := wrong():
            return instead
        try:
            operation, members = _asked(body)
        except (ParseError, ValueError):
            return _fault("TechProtocolaireErreur", "TP", "Message illisible")
        if operation == "creerPaiementSecurise":
            code = _refusal(members)
            return _functional(code) if code else _made(store.add(members))
        if operation == "recupererDetailPaiementSecurise":
            payment = store.get(members.get("idOp", ""))
            if payment is None:
                return _functional("P1")
            return _detail(payment) if payment.known else _functional("P5")
        return _fault("TechProtocolaireErreur", "TP", "Opération inconnue")

    return [Route(f"{BASE}/services/securite", call, methods=["POST"])]


def _asked(body: bytes) -> tuple[str, dict[str, str]]:
    if b"<!" in body:
        raise ValueError("declarations")
    envelope = fromstring(body.decode())  # noqa: S314 - it declares nothing
    (operation,) = envelope[-1]
    # The members have no namespace, as the WSDL's unqualified ``arg0`` wants it.
    argument = operation.find("arg0")
    if argument is None or not operation.tag.startswith(f"{{{_SERVICE}}}"):
        raise ValueError("no arg0")
    return operation.tag.rpartition("}")[2], {child.tag: _text(child) for child in argument}


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _refusal(order: dict[str, str]) -> str | None:
    """The first thing that the service finds wrong."""
    amount = order.get("montant", "")
    checks = (
        ("T1", re.fullmatch(r"\d{6}", order.get("numcli", ""))),
        ("S1", order.get("saisie") in {"T", "X", "W"}),
        ("R3", re.fullmatch(r"[A-Za-z0-9]{6,30}", order.get("refdet", ""))),
        ("M1", amount.isdecimal()),
        ("M3", amount.isdecimal() and int(amount) >= 100),  # noqa: PLR2004 - one euro
        ("M5", amount.isdecimal() and int(amount) <= _LARGEST),
        ("A1", order.get("mel")),
        ("A2", re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", order.get("mel", ""))),
        ("N1", _is_address(order.get("urlnotif", ""))),
        ("D1", _is_address(order.get("urlredirect", ""))),
    )
    return next((code for code, met in checks if not met), None)


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and len(text) <= 250  # noqa: PLR2004


def _made(payment: Payment) -> Response:
    return _answer("creerPaiementSecurise", f"<idOp>{payment.idop}</idOp>")


def _detail(payment: Payment) -> Response:
    at = datetime.fromtimestamp(payment.done_at, _PARIS)
    members = {
        "dattrans": at.strftime("%d%m%Y"),
        "exer": payment.order.get("exer", ""),
        "heurtrans": at.strftime("%H%M"),
        "idOp": payment.idop,
        "mel": payment.order.get("mel", ""),
        "montant": payment.order["montant"],
        "numauto": payment.authorisation,
        "numcli": payment.order["numcli"],
        "objet": payment.order.get("objet", ""),
        "refdet": payment.order["refdet"],
        "resultrans": payment.result,
        "saisie": payment.order["saisie"],
    }
    written = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in members.items())
    return _answer("recupererDetailPaiementSecurise", written)


def _answer(operation: str, members: str) -> Response:
    inner = f'<ns3:{operation}Response xmlns:ns2="{_ANSWER}" xmlns:ns3="{_SERVICE}"><return>{members}</return>'
    return _envelope(f"{inner}</ns3:{operation}Response>", 200)


def _functional(code: str) -> Response:
    return _fault("FonctionnelleErreur", code, _SAID[code])


def _fault(kind: str, code: str, words: str) -> Response:
    detail = (
        f'<ns1:{kind} xmlns:ns1="{_SERVICE}"><code>{code}</code><descriptif>{escape(words)}</descriptif>'
        f"<libelle>{escape(words)}</libelle><severite>2</severite></ns1:{kind}>"
    )
    fault = (
        "<S:Fault><faultcode>S:Server</faultcode>"
        f"<faultstring>fr.gouv.finances.cp.tpa.webservice.exceptions.{kind}</faultstring>"
        f"<detail>{detail}</detail></S:Fault>"
    )
    return _envelope(fault, 500)


def _envelope(body: str, status: int) -> Response:
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<S:Body>{body}</S:Body></S:Envelope>"
    )
    return Response(content, status, media_type="text/xml;charset=utf-8")
