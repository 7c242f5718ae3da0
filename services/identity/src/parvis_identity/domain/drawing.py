# SPDX-License-Identifier: EUPL-1.2
"""SVG drawings made harmless: written anew from shapes, gradients and clips, and nothing else.

A logo is shown by ``<img>``, where a browser runs no script; but anybody can open its address by itself. So nothing
is kept that could act, fetch or hide: what is not named here either is dropped, where the picture stays the same, or
the drawing is refused, where it would not.
"""

import re
from html import escape
from typing import Final
from xml.parsers import expat

MAX_ELEMENTS: Final = 5_000
MAX_DEPTH: Final = 50
_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_SEPARATOR: Final = " "
_ELEMENTS: Final = frozenset(
    {
        "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs",
        "linearGradient", "radialGradient", "stop", "clipPath",
    }
)  # fmt: skip
_DROPPED: Final = frozenset({"metadata", "title", "desc"})
_PRESENTATION: Final = frozenset(
    {
        "clip-path", "clip-rule", "color", "display", "fill", "fill-opacity", "fill-rule", "opacity",
        "overflow", "stop-color", "stop-opacity", "stroke", "stroke-dasharray", "stroke-dashoffset",
        "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width", "visibility",
    }
)  # fmt: skip
_ATTRIBUTES: Final = _PRESENTATION | frozenset(
    {
        "id", "width", "height", "viewBox", "preserveAspectRatio", "transform", "d", "x", "y", "x1", "y1",
        "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "points", "offset", "gradientUnits",
        "gradientTransform", "spreadMethod", "clipPathUnits", "pathLength", "version",
    }
)  # fmt: skip
_OWN_PART: Final = re.compile(r"#[A-Za-z_][A-Za-z0-9_.-]*")
_VALUE: Final = re.compile(r"(?:url\(#[A-Za-z_][A-Za-z0-9_.-]*\)|(?!url)[A-Za-z0-9_#%.,+()\s-])*", re.IGNORECASE)


class UnsafeDrawingError(Exception):
    """No SVG, or one with what is not taken; ``part`` names it."""

    def __init__(self, part: str) -> None:
        super().__init__("unsafe drawing")
        self.part = part


def harmless(content: bytes) -> bytes:
    """The drawing, written anew; raises UnsafeDrawingError."""
    writer = _Writer()
    try:
        writer.read(content)
    except (expat.ExpatError, UnicodeError, LookupError) as error:
        raise UnsafeDrawingError("xml") from error
    return writer.written()


class _Writer:
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._depth = 0
        self._elements = 0
        self._inside_dropped = 0

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _doctype
        parser.Parse(content, True)  # noqa: FBT003 - expat takes no keyword

    def written(self) -> bytes:
        return "".join(self._parts).encode()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise UnsafeDrawingError("size")
        namespace, _, local = name.rpartition(_SEPARATOR)
        if self._depth == 1 and (namespace, local) != (_SVG, "svg"):
            raise UnsafeDrawingError("root")
        if self._inside_dropped or namespace != _SVG or local in _DROPPED:
            # What an editor noted for itself is not part of the picture.
            self._inside_dropped += 1
            return
        if local not in _ELEMENTS:
            raise UnsafeDrawingError(local)
        kept = dict(_kept(attributes, gradient=local.endswith("Gradient")))
        if self._depth == 1:
            if "viewBox" not in kept and not {"width", "height"} <= kept.keys():
                raise UnsafeDrawingError("viewBox")
            kept = {"xmlns": _SVG} | kept
        written = "".join(f' {key}="{escape(value)}"' for key, value in kept.items())
        self._parts.append(f"<{local}{written}>")

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._inside_dropped:
            self._inside_dropped -= 1
        else:
            self._parts.append(f"</{name.rpartition(_SEPARATOR)[2]}>")


def _doctype(_name: str, _system: str | None, _public: str | None, internal: int) -> None:
    # An internal subset can define entities that grow without bound.
    if internal:
        raise UnsafeDrawingError("doctype")


def _kept(attributes: dict[str, str], *, gradient: bool) -> list[tuple[str, str]]:
    kept: dict[str, str] = {}
    for name, value in attributes.items():
        if name in {"href", f"{_XLINK}{_SEPARATOR}href"}:
            if gradient and _OWN_PART.fullmatch(value):
                kept["href"] = value
        elif name in _ATTRIBUTES and _VALUE.fullmatch(value):
            kept[name] = value
    # What style says goes before the attribute of that name (CSS cascade).
    return list((kept | _declared(attributes.get("style", ""))).items())


def _declared(style: str) -> dict[str, str]:
    pairs = (declaration.partition(":") for declaration in style.split(";"))
    said = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return {name: value for name, value in said.items() if name in _PRESENTATION and _VALUE.fullmatch(value)}
