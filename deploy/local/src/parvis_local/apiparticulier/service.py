# SPDX-License-Identifier: EUPL-1.2
"""``GET /v3/dss/quotient_familial/identite`` as the DINUM's test environment answers it.

Source: the OpenAPI document of API Particulier and ``etalab/siade_staging_data``. Codes of errors that neither of them
shows are left out.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from parvis_local.apiparticulier.people import FAMILIES, Family

PATH: Final = "/v3/dss/quotient_familial/identite"
_PARIS: Final = ZoneInfo("Europe/Paris")
_FRANCE: Final = "99100"
# What the test environment says of a civil status that it cannot read, and of somebody whom it does not know.
_UNREADABLE: Final[dict[str, Any]] = {
    "code": "00366",
    "title": "Entité non traitable",
    "detail": "Un ou plusieurs paramètres de civilité ne sont pas correctement formatés",
    "source": None,
    "meta": {},
}
_ABSENT: Final[dict[str, Any]] = {
    "code": "37003",
    "title": "Dossier allocataire absent CNAV",
    "detail": "Le dossier allocataire n'a pas été trouvé auprès de la CNAV.",
    "source": None,
    "meta": {"provider": "CNAV"},
}
_FORMATS: Final = {
    "recipient": r"\d{14}",
    "nomNaissance": r".+",
    "prenoms[]": r".+",
    "sexeEtatCivil": r"[FM]",
    "codeCogInseePaysNaissance": r"99\d{3}",
}


def service_routes(token: str, wrong: Callable[[], Response | None] = lambda: None) -> list[Route]:
    """The service; ``wrong`` is what it answers instead, where something goes wrong."""

    async def answer(request: Request) -> Response:
        if instead := wrong():
            return instead
        if request.headers.get("authorization") != f"Bearer {token}":
            return JSONResponse({"errors": []}, 401)
        asked = request.query_params
        if not _readable(asked):
            return JSONResponse({"errors": [_UNREADABLE]}, 422)
        family = next((each for each in FAMILIES if _is(each, asked)), None)
        return JSONResponse(_payload(family)) if family else JSONResponse({"errors": [_ABSENT]}, 404)

    async def health(request: Request) -> Response:
        del request
        return PlainTextResponse("ok")

    return [Route(PATH, answer), Route("/healthz", health)]


def _readable(asked: QueryParams) -> bool:
    whole = all(re.fullmatch(form, asked.get(name, "")) for name, form in _FORMATS.items())
    born_here = asked.get("codeCogInseePaysNaissance") == _FRANCE
    return whole and (
        not born_here or re.fullmatch(r"\d[\dAB]\d{3}", asked.get("codeCogInseeCommuneNaissance", "")) is not None
    )


def _is(family: Family, asked: QueryParams) -> bool:
    names = [_plain(name) for name in asked.getlist("prenoms[]")]
    born = tuple(int(asked.get(name) or 0) for name in ("anneeDateNaissance", "moisDateNaissance", "jourDateNaissance"))
    return (
        (_plain(asked["nomNaissance"]), names[0]) == (_plain(family.name), _plain(family.given_names.split()[0]))
        and born == tuple(int(part) for part in family.born.split("-"))
        and asked["sexeEtatCivil"] == family.sex
        and asked.get("codeCogInseeCommuneNaissance") == family.place
    )


def _payload(family: Family) -> dict[str, Any]:
    today = datetime.now(_PARIS)
    title = "Madame" if family.sex == "F" else "Monsieur"
    return {
        "data": {
            "allocataires": [_person(family.name, family.given_names, family.born, family.sex)],
            "enfants": [_person(family.name, name, born, sex) for name, born, sex in family.children],
            "adresse": {
                "destinataire": f"{title} {family.name} {family.given_names}".upper(),
                "complement_information": None,
                "complement_information_geographique": None,
                "numero_libelle_voie": "1 RUE MONTORGUEIL",
                "lieu_dit": None,
                "code_postal_ville": "75002 PARIS",
                "pays": "FRANCE",
            },
            "quotient_familial": {
                "fournisseur": family.fund,
                "valeur": family.quotient,
                "annee": today.year,
                "mois": today.month,
                "annee_calcul": today.year,
                "mois_calcul": today.month,
            },
        },
        "links": {},
        "meta": {},
    }


def _person(name: str, given: str, born: str, sex: str) -> dict[str, Any]:
    return {"nom_naissance": name, "nom_usage": None, "prenoms": given, "date_naissance": born, "sexe": sex}


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
