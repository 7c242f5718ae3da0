# SPDX-License-Identifier: EUPL-1.2
"""Every exception that leaves a route, as a problem; nothing of the inside is shown."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from parvis_kit import problems
from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_kit.db.database import CONNECTION_ERRORS
from parvis_kit.locale import Text
from parvis_kit.logs import logger
from parvis_kit.problems import Catalogue, FieldError, Problem, unavailable

_log = logger(__name__)
_FRENCH: Final[dict[str, str]] = json.loads(Path(__file__).with_name("validation.fr.json").read_text("utf-8"))
_ERASED: Final = problems.NOT_FOUND.problem("Ces données ont été effacées.", "These data were erased.")
# Classes of SQLSTATE that say "not now" rather than "never": connection, resources, operator intervention.
_TRANSIENT_SQLSTATE: Final = re.compile(r"^(08|53|57P|55P03|40)")
# U+0000, which PostgreSQL keeps in no text and no jsonb.
_NULL_SQLSTATE: Final = ("22021", "22P05")
_NULL: Final = problems.MALFORMED.problem("U+0000 n'est pas accepté.", "U+0000 is not accepted.")


def as_problem(error: Exception, catalogue: Catalogue) -> Problem:
    """The problem that answers this exception; unknown ones are logged and answered 500."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _validation(error.errors())
    if isinstance(error, HTTPException):
        return _http(error)
    listed = _ERASED if isinstance(error, KeyDestroyedError) else catalogue.problem_for(error)
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    if listed or state in _NULL_SQLSTATE:
        return listed or _NULL
    if _is_transient(error, state):
        _log.warning("dependency_unavailable", error=type(error).__name__)
        return unavailable()
    _log.error("unexpected_error", error=type(error).__name__, exc_info=error)
    return problems.INTERNAL.problem(
        "L'erreur a été enregistrée ; citez son numéro de trace si vous nous écrivez.",
        "The error was recorded; quote its trace id if you write to us.",
    )


def _is_transient(error: Exception, state: str | None) -> bool:
    if isinstance(error, (*CONNECTION_ERRORS, PoolTimeoutError)):
        return True
    if isinstance(error, DBAPIError) and (error.connection_invalidated or state is None):
        return True
    return bool(state and _TRANSIENT_SQLSTATE.match(state))


def _http(error: HTTPException) -> Problem:
    kind = problems.BY_STATUS.get(error.status_code, problems.BY_STATUS[400 if error.status_code < 500 else 500])  # noqa: PLR2004
    if kind is problems.TOO_LARGE:
        return kind.problem("Envoyez un contenu plus petit.", "Send a smaller body.")
    if kind is problems.MALFORMED:
        return kind.problem("Le contenu envoyé ne peut pas être lu.", "The body cannot be read.")
    return kind.problem(headers=dict(error.headers or {}))


def _validation(errors: Sequence[Any]) -> Problem:
    if any(error["type"] == "json_invalid" for error in errors):
        return problems.MALFORMED.problem("Le corps n'est pas du JSON valide.", "The body is not valid JSON.")
    return problems.VALIDATION.problem(
        "Corrigez les champs signalés.",
        "Correct the members named in errors.",
        errors=[field_error(error) for error in errors[:50]],
    )


def field_error(error: ErrorDetails) -> FieldError:
    """One pydantic error, told as a pointer and words in both languages; one of our own brings its French as ``fr``."""
    kind = error["type"]
    french = error.get("ctx", {}).get("fr") or _FRENCH.get(kind, "Valeur non acceptée.")
    return FieldError(pointer(error["loc"]), kind.replace("_", "-"), Text(fr=french, en=f"{error['msg']}."))


def pointer(location: Sequence[str | int]) -> str:
    """RFC 6901 pointer of a place in the body; ``#/query/name`` and the like for what is not in the body."""
    where, *rest = location or ("body",)
    path = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in rest)
    return path if where == "body" else f"#/{where}{path}"
