# SPDX-License-Identifier: EUPL-1.2
"""What most processes of the stack import, loaded once by the nursery: importing it anew takes each of them seconds."""

import contextlib
import gc
import importlib
from typing import Final

_MODULES: Final = (
    "aiokafka",
    "alembic.command",
    "asyncpg",
    "fastapi",
    "httptools",
    "httpx",
    "jinja2",
    "joserfc.jwt",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.sdk.trace",
    "parvis_kit.migrate",
    "parvis_kit.process",
    "parvis_kit.runtime",
    "parvis_kit.web.app",
    "prometheus_client",
    "pydantic_settings",
    "python_multipart",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.ext.asyncio",
    "starlette.applications",
    "structlog",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
    "yaml",
)

for _name in _MODULES:
    # A module that is missing is missed, and told, by the process that needs it.
    with contextlib.suppress(ImportError):
        importlib.import_module(_name)
# What is loaded stays: the collector must not touch it, or every child would get a copy of its own.
gc.collect()
gc.freeze()
