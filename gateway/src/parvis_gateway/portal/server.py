# SPDX-License-Identifier: EUPL-1.2
"""The front page, ``/developers`` and ``/problems``."""

from html import escape
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from parvis_gateway.portal.api_pages import api_body
from parvis_gateway.portal.layout import code_block, language, page, word
from parvis_gateway.portal.library import Library
from parvis_gateway.typography import typeset


class Portal:
    """The pages over one folder of contracts."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def application(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/healthz", _alive),
                Route("/", _front),
                Route("/developers", self._home),
                Route("/developers/callback", self._callback),
                Route("/developers/apis/{name}", self._api),
                Route("/developers/events/{type}", self._event),
                Route("/developers/events/{name}/{version}", self._schema),
                Route("/developers/contracts/{file}", self._file),
                Route("/problems", self._problems),
                Route("/problems/{code}", self._problem),
            ]
        )

    async def _home(self, request: Request) -> Response:
        lang, library = language(request), self._library
        apis = "".join(
            f'<li><a href="/developers/apis/{name}">{escape(document["info"]["title"])}</a></li>'
            for name, document in library.apis.items()
        )
        types = "".join(
            f'<li><a href="/developers/events/{name}"><code>{name}</code></a></li>' for name in library.schemas
        )
        files = "".join(f'<li><a href="/developers/contracts/{file}">{file}</a></li>' for file in library.files)
        body = (
            f"<p>{word('intro', lang)}</p><h2>{word('apis', lang)}</h2><ul>{apis}</ul>"
            f"<h2>{word('events', lang)}</h2><ul>{types}</ul><h2>{word('files', lang)}</h2><ul>{files}</ul>"
        )
        return page(word("developers", lang), body, lang)

    async def _callback(self, request: Request) -> Response:
        """Where the demonstration clients come back: shows the code, for whoever signs in by hand."""
        lang, code = language(request), request.query_params.get("code")
        outcome, told = ("callback", code) if code else ("refused", request.query_params.get("error", ""))
        body = f'<p>{word(outcome, lang)}</p><pre class="whole">{escape(told)}</pre>'
        return page(word(f"{outcome}-title", lang), body, lang, keep=False)

    async def _api(self, request: Request) -> Response:
        lang, name = language(request), request.path_params["name"]
        document = self._library.apis.get(name)
        if document is None:
            return _missing(lang)
        return page(document["info"]["title"], api_body(document, f"{name}.v1.yaml", lang), lang)

    async def _event(self, request: Request) -> Response:
        lang, type_ = language(request), request.path_params["type"]
        schema = self._library.schemas.get(type_)
        if schema is None:
            return _missing(lang)
        example = self._library.examples.get(type_)
        shown = f"<h2>{word('example', lang)}</h2>{code_block(example)}" if example else ""
        told = f"<p lang='en'>{escape(schema['description'])}</p>"
        body = f"{told}{shown}<h2>{word('schema', lang)}</h2>{code_block(schema)}"
        return page(type_, body, lang)

    async def _schema(self, request: Request) -> Response:
        name, version = request.path_params["name"], request.path_params["version"].removesuffix(".json")
        schema = self._library.schemas.get(f"{name}.{version}")
        return JSONResponse(schema, media_type="application/schema+json") if schema else _missing(language(request))

    async def _file(self, request: Request) -> Response:
        text = self._library.files.get(request.path_params["file"])
        return PlainTextResponse(text, media_type="application/yaml") if text else _missing(language(request))

    async def _problems(self, request: Request) -> Response:
        lang = language(request)
        rows = "".join(
            f'<li><a href="/problems/{code}">{escape(typeset(problem["title"][lang], lang))}</a><br>'
            f"<code>{problem['status']} {code}</code></li>"
            for code, problem in self._library.problems.items()
        )
        return page(word("problems", lang), f"<ul>{rows}</ul>", lang)

    async def _problem(self, request: Request) -> Response:
        lang, code = language(request), request.path_params["code"]
        problem = self._library.problems.get(code)
        if problem is None:
            return _missing(lang)
        body = f"<p><code>{problem['status']} {code}</code></p><p>{escape(typeset(problem['detail'][lang], lang))}</p>"
        return page(typeset(problem["title"][lang], lang), body, lang)


def _missing(lang: str) -> Response:
    return page(word("missing-title", lang), f"<p>{word('missing', lang)}</p>", lang, 404, keep=False)


async def _front(request: Request) -> Response:
    lang = language(request)
    return page(word("home", lang), f"<p>{word('welcome', lang)}</p>", lang)


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive")


def serve(contracts: Path, host: str, port: int) -> None:
    """Serve until told to stop."""
    application = Portal(Library(contracts)).application()
    uvicorn.run(application, host=host, port=port, log_level="warning", access_log=False)
