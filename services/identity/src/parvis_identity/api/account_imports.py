# SPDX-License-Identifier: EUPL-1.2
"""Accounts that a town brings from elsewhere, for its administrators: 202 at once, then the progress and a report."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.problems import UNREADABLE_FILE
from parvis_identity.api.staff import JUST_NOW, actor_of, staff_of
from parvis_identity.db import imports
from parvis_identity.db.import_tables import AccountImportRow
from parvis_identity.domain.account_file import COLUMNS, MAX_ROWS, REQUIRED, UnreadableFileError
from parvis_identity.domain.imported import ImportState, RowError, UnknownImportError
from parvis_identity.service.import_accounts import MAX_ERRORS, import_accounts
from parvis_identity.service.manage_agents import By
from parvis_kit.locale import Text
from parvis_kit.problems import FieldError
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token

routes = router(tags=["imports"])
MAX_BYTES: Final = 26_214_400
_UPLOAD: Final = token(
    "identity.imports.write", headers=[IDEMPOTENCY_KEY], body_limit=MAX_BYTES, timeout=60, sign_in=JUST_NOW
)
_UPLOAD["openapi_extra"]["requestBody"] = {
    "required": True,
    "description": (
        f"CSV (RFC 4180) in UTF-8 with a header, separated by commas or semicolons; at most {MAX_ROWS} lines, 25 MiB."
        f" Columns: {', '.join(COLUMNS)}; the first {len(REQUIRED)} are needed. Birth dates are YYYY, YYYY-MM or"
        " YYYY-MM-DD, places and countries INSEE codes, telephone numbers as they are dialled in France or with `+`."
    ),
    "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
}
DryRun = Annotated[bool, Query(description="Only check the file: no account is made, nobody is written to.")]
_WHY: Final = {
    "encoding": Text(fr="La ligne {line} n'est pas en UTF-8.", en="Line {line} is not in UTF-8."),
    "syntax": Text(fr="La ligne {line} n'est pas du CSV.", en="Line {line} is not CSV."),
    "header": Text(
        fr="L'en-tête ne nomme pas les colonnes attendues, chacune une fois.",
        en="The header does not name the columns that are expected, each once.",
    ),
    "columns": Text(
        fr="La ligne {line} n'a pas autant de valeurs que l'en-tête.",
        en="Line {line} does not have as many values as the header.",
    ),
    "too-many-rows": Text(fr="Le fichier est trop long à la ligne {line}.", en="The file is too long at line {line}."),
}


class LineErrorView(BaseModel):
    """What is wrong with a line."""

    line: int = Field(description="Of the file, the header being the first.")
    pointer: str = Field(description="Its column (RFC 6901).")
    code: str = Field(
        description="`missing`, `invalid`, `twice-in-the-file`, or `address-of-another`: somebody else was brought with"
        " that address and has not come yet."
    )


class AccountImportView(BaseModel):
    """How far an import is, and what came of its lines."""

    id: UUID
    dry_run: bool
    state: ImportState
    total: int = Field(description="Lines of the file.")
    created: int = Field(description="Accounts that wait for who they are of; each address gets a letter with a link.")
    known: int = Field(description="Brought before, by `external_id`: nothing was done.")
    existing: int = Field(description="The address has an account already, which stays as its owner has it.")
    refused: int
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
    errors: list[LineErrorView] = Field(description=f"Of about the first {MAX_ERRORS} refused lines, in their order.")


@routes.post(
    "/v1/account-imports",
    **_UPLOAD,
    operation_id="importAccounts",
    status_code=202,
    response_model=AccountImportView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def import_(request: Request, *, dry_run: DryRun = False) -> Response:
    """Send the file; `Location` tells how far it is. Nothing that it says of people ever counts as verified."""
    by, parts, content = _by(request), parts_of(request), await request.body()

    async def effect(session: AsyncSession) -> Answer:
        try:
            wanted = await import_accounts(session, by, content, parts.runtime.master, dry_run=dry_run)
        except UnreadableFileError as error:
            raise _unreadable(error) from None
        view = _view(wanted, await imports.errors(session, wanted.id))
        headers = {"Location": f"/v1/account-imports/{wanted.id}", "Cache-Control": "no-store"}
        return Answer.of(view, headers, 202)

    # A dry run and the real one of the same file are two calls.
    call = idempotent_call(request, principal_of(request), content + (b"dry" if dry_run else b""))
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/account-imports/{import_id}",
    **token("identity.imports.read"),
    operation_id="readAccountImport",
    response_model=AccountImportView,
    responses=problems(401, 403, 404, 422),
)
async def read_import(import_id: UUID, request: Request, response: Response) -> object:
    """How far it is, and the report of errors by line."""
    caller = staff_of(request)
    async with parts_of(request).database.reading() as session:
        found = await imports.find(session, caller.collectivity, import_id)
        if found is None:
            raise UnknownImportError
        wrong = await imports.errors(session, found.id)
    response.headers["Cache-Control"] = "no-store"
    return _view(found, wrong)


def _unreadable(error: UnreadableFileError) -> Exception:
    said = _WHY[error.code]
    detail = Text(fr=said.fr.format(line=error.line), en=said.en.format(line=error.line))
    return UNREADABLE_FILE.problem(detail.fr, detail.en, errors=[FieldError(f"/{error.line}", error.code, detail)])


def _view(found: AccountImportRow, wrong: list[RowError]) -> AccountImportView:
    members: dict[str, Any] = {
        name: getattr(found, name) for name in AccountImportView.model_fields if name != "errors"
    }
    errors = [LineErrorView(line=each.line, pointer=each.pointer, code=each.code) for each in wrong]
    return AccountImportView.model_validate(members | {"errors": errors})


def _by(request: Request) -> By:
    caller = staff_of(request)
    return By(actor_of(caller), caller.collectivity, now())
