# SPDX-License-Identifier: EUPL-1.2
"""docs/settings.md as the settings classes say it; run as a program, it writes the file."""

import importlib
from pathlib import Path
from typing import Any, Final

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from parvis_kit.settings import ServiceSettings

FILE: Final = Path(__file__).parents[2] / "docs" / "settings.md"
_SERVICES: Final = ("identity", "requests", "notifications", "participation")
_HEAD: Final = """# Settings

Written by `make docs` from the settings classes; a test holds it to them. All are environment variables; none is read
anywhere else. A secret has no default and belongs in a secret store.
"""


def written() -> str:
    """The whole file."""
    shared = set(ServiceSettings.model_fields)
    parts = [
        _HEAD,
        "## Every service\n\n`<SERVICE>` is the name of the service in capitals.\n",
        _table("<SERVICE>", shared),
    ]
    for service in _SERVICES:
        names = set(_class(service).model_fields) - shared
        parts += [f"## {service.capitalize()}\n", _table(service.upper(), names, _class(service))]
    return "\n".join(parts)


def _class(service: str) -> type[ServiceSettings]:
    found: type[ServiceSettings] = importlib.import_module(f"parvis_{service}.settings").Settings
    return found


def _table(prefix: str, names: set[str], settings: type[ServiceSettings] = ServiceSettings) -> str:
    rows = [
        f"| `{_variable(prefix, name, field)}` | {_default(field)} | {(field.description or '').replace('|', '/')} |"
        for name, field in settings.model_fields.items()
        if name in names
    ]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows, ""])


def _variable(prefix: str, name: str, field: FieldInfo) -> str:
    if isinstance(field.validation_alias, AliasChoices):
        return str(field.validation_alias.choices[0])
    return f"PARVIS_{prefix}_{name.upper()}"


def _default(field: FieldInfo) -> str:
    default: Any = field.get_default(call_default_factory=True) if field.default_factory else field.default
    if default is PydanticUndefined:
        return "required"
    if default is None or isinstance(default, SecretStr) or default in ("", (), {}):
        return "–"
    return f"`{default}`"


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
