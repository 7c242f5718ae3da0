# SPDX-License-Identifier: EUPL-1.2
"""The collectivity itself, for those who administer it: how it presents itself to people."""

from hashlib import sha256
from typing import Annotated, Final, NoReturn

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.looks import links
from parvis_identity.api.problems import NOT_A_LOGO, UNREADABLE_COLOUR
from parvis_identity.api.staff import actor_of, staff_of
from parvis_identity.domain.collectivity import Collectivity, TimeZone
from parvis_identity.domain.colour import ENOUGH, UnreadableColourError
from parvis_identity.domain.drawing import UnsafeDrawingError
from parvis_identity.service import present_collectivity
from parvis_identity.service.clean_logo import MAX_BYTES, MEDIA_TYPES, NotALogoError, clean_logo
from parvis_identity.service.manage_agents import By
from parvis_kit.locale import Text
from parvis_kit.problems import FieldError
from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.operation import IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED, problems, router, token

routes = router(tags=["collectivity"])
_PATH: Final = "/v1/collectivity"
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_LOGO: Final = token("identity.collectivity.write", headers=[IF_MATCH], body_limit=MAX_BYTES)
_LOGO["openapi_extra"]["requestBody"] = {
    "required": True,
    "description": "SVG, PNG, JPEG or WebP, at most 512 KiB; recognised by content.",
    "content": dict.fromkeys(MEDIA_TYPES, _BINARY),
}


def _printable(name: str) -> str:
    # It goes into the head of letters, and nothing in it may turn the text around.
    if not name.isprintable() or name != name.strip():
        raise ValueError("printable characters, without a space at either end")
    return name


_Name = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_printable)]
_Colour = Annotated[str, StringConstraints(pattern="^#[0-9a-f]{6}$")]


class CollectivityName(BaseModel):
    """What the collectivity is called."""

    model_config = ConfigDict(extra="forbid")

    fr: _Name
    en: _Name


class CollectivityLook(BaseModel):
    """What people see of the collectivity on the pages of sign-in and in letters."""

    model_config = ConfigDict(extra="forbid")

    name: CollectivityName
    colour: _Colour | None = Field(
        default=None,
        description="Main colour; ordinary text in it, and white text on it, must have a contrast of 4.5 (WCAG 2.2 AA)."
        " On dark screens it is lightened by itself. Parvis's own where it is absent.",
    )
    time_zone: TimeZone = Field(default=TimeZone.PARIS, description="By whose clocks the pages tell the time.")


class CollectivityView(BaseModel):
    """The caller's collectivity."""

    collectivity: str
    name: Text
    colour: str | None
    time_zone: TimeZone
    logo: str | None = Field(description="Where the logo is; relative to this server.")
    version: int


@routes.get(
    _PATH,
    **token("identity.collectivity.read", headers=[IF_NONE_MATCH]),
    operation_id="readCollectivity",
    response_model=CollectivityView,
    responses=problems(401, 403, 404) | NOT_MODIFIED,
)
async def read_collectivity(request: Request) -> Response:
    """The caller's collectivity, and how it presents itself."""
    caller = staff_of(request)
    async with parts_of(request).database.reading() as session:
        found = await present_collectivity.read(session, caller.collectivity)
    if not_modified(request, _tag(found)):
        return Response(None, 304, _headers(found))
    return _answer(found)


@routes.put(
    _PATH,
    **token("identity.collectivity.write", headers=[IF_MATCH]),
    operation_id="presentCollectivity",
    response_model=CollectivityView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def change_presentation(body: CollectivityLook, request: Request) -> Response:
    """Another name, main colour or time zone, on every page from now on."""
    by, version = _by(request), required_version(request)
    names = (body.name.fr, body.name.en)
    async with parts_of(request).database.unit_of_work() as uow:
        try:
            shown = await present_collectivity.change(uow.session, by, names, body.colour, body.time_zone, version)
        except UnreadableColourError as error:
            _unreadable(error.reached)
        await uow.commit()
    return _answer(shown)


@routes.put(
    f"{_PATH}/logo",
    **_LOGO,
    operation_id="putLogo",
    response_model=CollectivityView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def put_logo(request: Request) -> Response:
    """Another logo: pixels are encoded anew, a drawing is written anew from its shapes; nothing else is kept."""
    by, version, content = _by(request), required_version(request), await request.body()
    try:
        logo = await clean_logo(content)
    except NotALogoError:
        raise NOT_A_LOGO.problem(
            "Envoyez une image SVG, PNG, JPEG ou WebP d'au plus 16 millions de pixels.",
            "Send an SVG, PNG, JPEG or WebP picture of at most 16 million pixels.",
        ) from None
    except UnsafeDrawingError as error:
        raise _unsafe(error.part) from None
    async with parts_of(request).database.unit_of_work() as uow:
        shown = await present_collectivity.change_logo(uow.session, by, logo, version)
        await uow.commit()
    return _answer(shown)


@routes.delete(
    f"{_PATH}/logo",
    **token("identity.collectivity.write", headers=[IF_MATCH]),
    operation_id="dropLogo",
    response_model=CollectivityView,
    responses=problems(401, 403, 404, 412, 428),
)
async def drop_logo(request: Request) -> Response:
    """No logo any more."""
    by, version = _by(request), required_version(request)
    async with parts_of(request).database.unit_of_work() as uow:
        shown = await present_collectivity.change_logo(uow.session, by, None, version)
        await uow.commit()
    return _answer(shown)


def _unreadable(reached: float) -> NoReturn:
    fr = f"Contraste de {reached:.2f} ; il en faut {ENOUGH} (WCAG 2.2 AA). Choisissez une couleur plus foncée."
    en = f"Contrast of {reached:.2f}; {ENOUGH} is needed (WCAG 2.2 AA). Choose a darker colour."
    error = FieldError("/colour", UNREADABLE_COLOUR.code, Text(fr=fr.replace(".", ",", 1), en=en))
    raise UNREADABLE_COLOUR.problem(error.detail.fr, error.detail.en, errors=[error]) from None


def _unsafe(part: str) -> Exception:
    return NOT_A_LOGO.problem(
        f"Ce dessin SVG contient ce qui n'est pas repris ({part}). Exportez-le en tracés simples, sans texte, image, "
        "style ni script.",
        f"This SVG drawing has what is not taken ({part}). Export it as plain paths, without text, images, style "
        "sheets or scripts.",
    )


def _by(request: Request) -> By:
    caller = staff_of(request)
    return By(actor_of(caller), caller.collectivity, now())


def _answer(collectivity: Collectivity) -> Response:
    return Response(_view(collectivity).model_dump_json(), 200, _headers(collectivity), "application/json")


def _view(collectivity: Collectivity) -> CollectivityView:
    return CollectivityView(
        collectivity=collectivity.slug,
        name=Text(fr=collectivity.name_fr, en=collectivity.name_en),
        colour=collectivity.look.colour,
        time_zone=collectivity.look.time_zone,
        logo=links(collectivity)["logo"],
        version=collectivity.look.version,
    )


def _headers(collectivity: Collectivity) -> dict[str, str]:
    return {"ETag": _tag(collectivity), "Cache-Control": "no-store"}


def _tag(collectivity: Collectivity) -> str:
    # The names that it was founded with can change without its administrators.
    names = sha256(f"{collectivity.name_fr}\n{collectivity.name_en}".encode()).hexdigest()
    return entity_tag(collectivity.look.version, names[:8])
