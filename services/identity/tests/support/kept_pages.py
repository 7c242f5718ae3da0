# SPDX-License-Identifier: EUPL-1.2
"""Pages as the service answered them, kept to be looked at with a browser that asks nobody else for anything."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

import httpx
from identity_town import ISSUER, Browser, Town
from looking import faults, opened_browser, opened_page
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route

_PARTS = re.compile(r'(?:href|src)="(/login/[^"]+?(?:\.css|\.js|/logo)[^"]*)"')
_LEFT_OUT = {"content-length", "content-encoding", "set-cookie"}


@dataclass(frozen=True)
class Kept:
    name: str
    answer: httpx.Response


@dataclass
class Album:
    """The pages that somebody met, in their language and without any script, and the parts that these are made of."""

    town: Town
    language: str
    pages: list[Kept] = field(default_factory=list)
    parts: dict[str, httpx.Response] = field(default_factory=dict)

    def browser(self, **headers: str) -> Browser:
        return self.town.browser(**{"accept-language": self.language, **headers})

    async def keep(self, name: str, answer: httpx.Response, status: int = 200) -> httpx.Response:
        assert answer.status_code == status, f"{name}: {answer.status_code} {answer.text}"
        self.pages.append(Kept(name, answer))
        async with self.town.client() as http:
            for path in map(unescape, _PARTS.findall(answer.text)):
                if path not in self.parts:
                    self.parts[path] = await http.get(path)
        return answer

    def looked_at(self, chromium: Chromium, *, dark: bool = False) -> list[str]:
        """What is wrong with the pages; they and their parts come from here, whatever the browser asks for."""
        found = []
        with opened_page(chromium, self.language, dark=dark) as page:
            for kept in self.pages:
                found += [f"{kept.name}: {fault}" for fault in self._shown(page, kept)]
        return found

    def _shown(self, page: Page, kept: Kept) -> list[str]:
        url = f"{ISSUER}{kept.answer.request.url.raw_path.decode()}"

        def answered(route: Route) -> None:
            parts = urlsplit(route.request.url)
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            answer = kept.answer if route.request.url == url else self.parts.get(path)
            if answer is None:
                route.abort()
                return
            headers = {name: value for name, value in answer.headers.items() if name not in _LEFT_OUT}
            route.fulfill(status=answer.status_code, headers=headers, body=answer.content)

        page.route("**/*", answered)
        page.goto(url)
        found = faults(page, self.language)
        page.unroute("**/*")
        return found


class Looker:
    """One browser for all tests of a module, in the thread that it belongs to."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._opened = ExitStack()
        self._chromium = self._thread.submit(lambda: self._opened.enter_context(opened_browser())).result()

    async def look(self, album: Album, *, dark: bool = False) -> list[str]:
        """What is wrong with the pages."""
        looked = self._thread.submit(album.looked_at, self._chromium, dark=dark)
        return await asyncio.wrap_future(looked)

    def close(self) -> None:
        self._thread.submit(self._opened.close).result()
        self._thread.shutdown()


async def through(browser: Browser, page: httpx.Response, path: str) -> httpx.Response:
    """Follow the link that leads to this path, whatever it says."""
    found = re.search(rf'href="({re.escape(path)}[^"]*)"', page.text)
    assert found, page.text
    return await browser.follow(await browser.get(unescape(found[1])))


async def pressed(browser: Browser, page: httpx.Response, having: str, **fields: str) -> httpx.Response:
    """Send the form of the page that has this text, with its hidden fields, and follow."""
    form = next(one for one in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if having in one)
    action = re.search(r'action="([^"]+)"', form)
    assert action, form
    hidden = {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }
    return await browser.follow(await browser.http.post(action[1], data=hidden | fields))
