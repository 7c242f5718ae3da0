# SPDX-License-Identifier: EUPL-1.2
"""Write the models of ``parvis_events`` from the schemas in ``contracts/events``: ``python libs/events/generate.py``.

One package for each service that tells something, with a module for each event type, and a catalogue of them all; and
for ``parvis_letters`` the schemas themselves, in one file.
"""

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts"
PACKAGE = Path(__file__).parent / "src" / "parvis_events"
# The same schemas for those who mend events: contracts are in no image.
SCHEMAS = ROOT / "libs" / "letters" / "src" / "parvis_letters" / "schemas.json"
HEAD = "# SPDX-License-Identifier: EUPL-1.2\n# Written by libs/events/generate.py from contracts/events; do not edit.\n"
WIDTH = 108
# Where notifications sends on what another service has told.
PUBLIC = "parvis.public."


def topics() -> dict[str, str]:
    """The internal topic of each event type, from the AsyncAPI documents of those that send it."""
    found = {}
    for file in sorted((CONTRACTS / "asyncapi").glob("*.yaml")):
        document = yaml.safe_load(file.read_text("utf-8"))
        for operation in document["operations"].values():
            channel = document["channels"][_last(operation["channel"])]
            if operation["action"] != "send" or channel["address"].startswith(PUBLIC):
                continue
            for message in operation["messages"]:
                found[document["components"]["messages"][_last(message)]["name"]] = channel["address"]
    return found


def modules() -> dict[str, str]:
    """The text of each module by its name, unformatted."""
    addresses = topics()
    services: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for file in sorted((CONTRACTS / "events").glob("*/v*.json")):
        type_ = f"{file.parent.name}.{file.stem}"
        services.setdefault(type_.split(".")[2], []).append((type_, json.loads(file.read_text("utf-8"))))
    texts = {}
    for service, events in services.items():
        texts[f"{service}/__init__"] = _package(service, events)
        for type_, schema in events:
            texts[f"{service}/{_file(type_)}"] = _module(_model(type_, addresses[type_], schema), schema)
    texts["catalogue"] = _catalogue(services)
    return texts


def schemas() -> str:
    """The schemas of all types in one JSON object, a type on each line."""
    lines = []
    for file in sorted((CONTRACTS / "events").glob("*/v*.json")):
        schema = json.dumps(json.loads(file.read_text("utf-8")), ensure_ascii=False)
        lines.append(f"{json.dumps(f'{file.parent.name}.{file.stem}')}: {schema}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def formatted(text: str) -> str:
    """The text as the formatter leaves it."""
    ruff = Path(sys.executable).with_name("ruff")
    for command in (["check", "--fix", "-q", "--select", "F401,I"], ["format", "-q"]):
        done = subprocess.run(
            [ruff, *command, "--stdin-filename", str(PACKAGE / "generated.py"), "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        text = done.stdout
    return text


def _package(service: str, events: list[tuple[str, dict[str, Any]]]) -> str:
    imports = "\n".join(
        f"from parvis_events.{service}.{_file(type_)} import {_class(type_, schema)}" for type_, schema in events
    )
    names = ", ".join(sorted(f'"{_class(type_, schema)}"' for type_, schema in events))
    return f'{HEAD}"""What {service} tells."""\n\n{imports}\n\n__all__ = [{names},]\n'


def _module(model: str, schema: dict[str, Any]) -> str:
    imports = (
        "from dataclasses import dataclass\nfrom datetime import date, datetime\n"
        "from typing import Any, ClassVar, Literal\nfrom uuid import UUID\n"
    )
    return f'{HEAD}"""{schema["title"]}, as its contract says."""\n\n{imports}\n\n{model}'


def _model(type_: str, topic: str, schema: dict[str, Any]) -> str:
    required = set(schema["required"])
    members = sorted(schema["properties"].items(), key=lambda member: member[0] not in required)
    told = [_told(f"{name}: {member.get('description', '')}") for name, member in members if "description" in member]
    title, _, more = schema["description"].partition(": ")
    about = f"{title}." if more else title
    if more:
        about += "\n\n" + _indented(more[0].upper() + more[1:], 4)
    lines = [
        "@dataclass(frozen=True, slots=True, kw_only=True)",
        f"class {_class(type_, schema)}:",
        f'    """{about}\n\n    Attributes:\n' + "\n".join(told) + '\n    """\n',
        f'    TYPE: ClassVar[str] = "{type_}"',
        f'    TOPIC: ClassVar[str] = "{topic}"\n',
        *(_field(name, member, required=name in required) for name, member in members),
    ]
    return "\n".join(lines) + "\n"


def _indented(text: str, by: int) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=" " * by, subsequent_indent=" " * by)


def _told(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 12)


def _field(name: str, schema: dict[str, Any], *, required: bool) -> str:
    hint = _hint(schema)
    if required:
        return f"    {name}: {hint}"
    return f"    {name}: {hint if hint.endswith('| None') else f'{hint} | None'} = None"


def _hint(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        arms = [_hint(arm) for arm in schema["anyOf"]]
        return " | ".join(sorted(arms, key=lambda arm: arm == "None"))
    if "enum" in schema:
        values = [value for value in schema["enum"] if value is not None]
        hint = f"Literal[{', '.join(json.dumps(value, ensure_ascii=False) for value in values)}]"
        return f"{hint} | None" if None in schema["enum"] else hint
    if isinstance(schema["type"], list):
        (kind,) = (kind for kind in schema["type"] if kind != "null")
        return f"{_hint({**schema, 'type': kind})} | None"
    if schema["type"] == "array":
        return f"tuple[{_hint(schema['items'])}, ...]"
    if schema["type"] == "string":
        return {"uuid": "UUID", "date-time": "datetime"}.get(schema.get("format", ""), "str")
    return {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}[schema["type"]]


def _file(type_: str) -> str:
    name, _, version = type_.split(".", 3)[3].rpartition(".v")
    return name.replace("-", "_") + ("" if version == "1" else f"_v{version}")


def _class(type_: str, schema: dict[str, Any]) -> str:
    version = type_.rpartition(".v")[2]
    return str(schema["title"]) + ("" if version == "1" else f"V{version}")


def _catalogue(services: dict[str, list[tuple[str, dict[str, Any]]]]) -> str:
    def entries() -> Iterator[str]:
        for service, events in services.items():
            for type_, schema in events:
                yield f"    {service}.{_class(type_, schema)}.TYPE: {service}.{_class(type_, schema)},"

    imports = "from typing import Any, Final\n\nfrom parvis_events import " + ", ".join(sorted(services))
    return (
        f'{HEAD}"""The model of each event type."""\n\n{imports}\n\n'
        "MODELS: Final[dict[str, type[Any]]] = {\n" + "\n".join(entries()) + "\n}\n"
    )


def _last(reference: dict[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]


if __name__ == "__main__":
    for name, module in modules().items():
        (PACKAGE / name).parent.mkdir(exist_ok=True)
        (PACKAGE / f"{name}.py").write_text(formatted(module), encoding="utf-8")
    SCHEMAS.write_text(schemas(), encoding="utf-8")
