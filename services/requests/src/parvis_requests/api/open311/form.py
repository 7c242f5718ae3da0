# SPDX-License-Identifier: EUPL-1.2
"""A POST of Open311: a form, urlencoded or multipart with photos, taken apart within bounds."""

import json
import math
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from parvis_requests.domain.open311 import INVALID, Open311Error
from parvis_requests.domain.position import Position
from parvis_requests.service.file_open311_report import Report

BODY_LIMIT: Final = 26_214_400
_MAX_FIELDS: Final = 200
_MAX_FILES: Final = 5
_MAX_FORM: Final = 65_536
_MAX_TEXT: Final = 300
MAX_DESCRIPTION: Final = 4_000
_ATTRIBUTE: Final = re.compile(r"attribute\[([^\[\]]{1,100})\](\[\])?")
# Who reports, and how to reach them.
_CONTACT: Final = ("email", "first_name", "last_name", "phone", "account_id", "device_id", "media_url")


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields, each with its values in their order, and the contents of the files."""

    fields: Mapping[str, list[str]]
    files: list[bytes]

    def text(self, name: str, limit: int = _MAX_TEXT) -> str | None:
        """The first value of a field, None where it is blank; raises Open311Error where it is no plain text."""
        value = self.fields.get(name, [""])[0].strip()
        if len(value) > limit:
            raise Open311Error(INVALID, f"{name}: at most {limit} characters")
        if "\x00" in value:
            raise Open311Error(INVALID, f"{name}: no plain text")
        return value or None

    @property
    def digest(self) -> bytes:
        """The same for the same form sent again."""
        files = [sha256(content).hexdigest() for content in self.files]
        return sha256(json.dumps([sorted(self.fields.items()), files]).encode()).digest()

    def report(self) -> Report:
        """What is reported; raises Open311Error for what cannot be."""
        service = self.text("service_code")
        if service is None:
            raise Open311Error(INVALID, "service_code: required")
        position, address = self._position(), self.text("address_string")
        if position is None and address is None:
            raise Open311Error(INVALID, "lat and long, or address_string: required; no address_id is known here")
        return Report(
            service_code=service,
            description=self.text("description", MAX_DESCRIPTION) or "",
            position=position,
            address=address,
            attributes=self.attributes(),
            contact=self._contact(),
            media=self.files,
        )

    def attributes(self) -> dict[str, list[str]]:
        """The values of each ``attribute[CODE]`` and ``attribute[CODE][]``."""
        found: dict[str, list[str]] = {}
        for name, values in self.fields.items():
            match = _ATTRIBUTE.fullmatch(name)
            if match:
                found.setdefault(match[1], []).extend(values)
        return found

    def _contact(self) -> dict[str, str]:
        # FixMyStreet writes deviceid without the underscore.
        device = self.text("device_id") or self.text("deviceid")
        left = {name: text for name in _CONTACT if (text := self.text(name))}
        return left | ({"device_id": device} if device else {})

    def _position(self) -> Position | None:
        given = [self.text("lat"), self.text("long")]
        if given == [None, None]:
            return None
        try:
            latitude, longitude = (float(text or "") for text in given)
        except ValueError:
            latitude = longitude = math.nan
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004 - degrees
            raise Open311Error(INVALID, "lat and long: WGS 84 degrees are expected")
        return Position(longitude, latitude)


async def posted(request: Request) -> Posted:
    """The form of a request; raises Open311Error, UnicodeDecodeError, or the problem of a body that is too large."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request)
    if kind != "application/x-www-form-urlencoded":
        raise Open311Error(INVALID, "a form is expected, urlencoded or multipart")
    body = await request.body()
    if len(body) > _MAX_FORM:
        raise Open311Error(INVALID, f"at most {_MAX_FORM} bytes without files")
    fields: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except UnicodeDecodeError:
        raise
    except ValueError as error:
        raise Open311Error(INVALID, f"at most {_MAX_FIELDS} fields") from error
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Posted(fields, [])


class _Parts(MultiPartParser):
    """Refuses what breaks off before its closing delimiter (RFC 2046 section 5.1.1): it may lack a photo or more."""

    _whole = False

    def on_end(self) -> None:
        self._whole = True

    async def parse(self) -> FormData:
        self.stream = self._to_its_end(self.stream)
        return await super().parse()

    async def _to_its_end(self, stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        async for chunk in stream:
            yield chunk
        if not self._whole:
            raise MultiPartException("the body breaks off before its end")


async def _multipart(request: Request) -> Posted:
    fields: dict[str, list[str]] = {}
    files: list[bytes] = []
    async with aclosing(request.stream()) as stream:
        parts = _Parts(request.headers, stream, max_files=_MAX_FILES, max_fields=_MAX_FIELDS, max_part_size=_MAX_FORM)
        try:
            form = await parts.parse()
        except MultiPartException as error:
            raise Open311Error(INVALID, f"multipart: {error.message}") from error
    try:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                fields.setdefault(name, []).append(value)
            elif value.size:
                files.append(await value.read())
    finally:
        await form.close()
    return Posted(fields, files)
