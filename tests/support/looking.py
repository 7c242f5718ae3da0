# SPDX-License-Identifier: EUPL-1.2
"""A browser that looks at a page as people do: in their language, on a small screen, with or without scripts."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

NARROW: Final = {"width": 320, "height": 640}
_ARGUMENTS: Final = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]
# In milliseconds: on a busy machine a page takes its time.
_PATIENCE: Final = 60_000
_GRAVE: Final = {"serious", "critical"}
# Where somebody wants to see the pages: each one that is looked at is kept there as a picture.
_PICTURES: Final = os.environ.get("PARVIS_PICTURES")
# French puts a narrow no-break space before these; a plain one lets a line begin with them.
_LOOSE: Final = re.compile(r"(?<=\S) [?!;:»]|« ")


def chromium() -> str | None:
    """The program of Debian's package ``chromium``, or None where it is not installed."""
    return shutil.which("chromium")


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """Chromium, without a window; where it is not installed the test fails, and says what to install."""
    if chromium() is None:
        pytest.fail("the pages cannot be looked at: install the Debian package chromium")
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened_page(browser: Browser, language: str, *, scripts: bool = True, dark: bool = False) -> Iterator[Page]:
    """A page of somebody who reads that language on a screen as narrow as the smallest telephone's."""
    context = browser.new_context(
        locale=language,
        viewport={"width": NARROW["width"], "height": NARROW["height"]},
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
    )
    context.set_default_timeout(_PATIENCE)
    yield context.new_page()
    context.close()


def follow(link: Locator) -> None:
    """Press a link or a button that leads to another page, and wait until that page is there, whole.

    A click by itself returns when the other page's first bytes have come, or before.
    """
    with link.page.expect_navigation():
        link.click()


def faults(page: Page, language: str) -> list[str]:
    """What is wrong with the page that is shown, each fault with the page's address."""
    if _PICTURES:
        name = re.sub(r"[^a-z0-9]+", "-", f"{urlsplit(page.url).path} {page.title()}".lower()).strip("-")
        page.screenshot(path=Path(_PICTURES) / f"{name}-{language}.png", full_page=True)
    seen = page.evaluate(_LOOK)
    found = [
        *([] if seen["lang"] == language else [f"its language is {seen['lang']!r}"]),
        *([] if seen["title"].strip() else ["it has no title"]),
        *([] if seen["h1"] == 1 else [f"it has {seen['h1']} headings of the first level"]),
        *([] if seen["main"] == 1 else [f"it has {seen['main']} main parts"]),
        *([] if seen["wide"] <= NARROW["width"] else [f"it is {seen['wide']} pixels wide"]),
        *(f"it fetches {url}" for url in seen["fetched"] if urlsplit(url).netloc != urlsplit(page.url).netloc),
        *_loose(seen["text"], language),
        *_axe(page),
    ]
    return [f"{page.url}: {fault}" for fault in found]


_LOOK: Final = """() => ({
    lang: document.documentElement.lang,
    title: document.title,
    h1: document.querySelectorAll("h1").length,
    main: document.querySelectorAll("main").length,
    wide: document.documentElement.scrollWidth,
    fetched: performance.getEntriesByType("resource").map((entry) => entry.name),
    // What is quoted, and what is marked as another language's, is not set here.
    text: [...document.querySelectorAll("main h1, main h2, main p, main li, main a, main label, main button")]
        .filter((part) => !part.closest("[lang]:not(html)") && !part.querySelector("[lang], pre"))
        .map((part) => part.innerText).join("\\n"),
})"""


def _loose(text: str, language: str) -> list[str]:
    return [f"a line may begin with {match.group()!r}" for match in _LOOSE.finditer(text)] if language == "fr" else []


def _axe(page: Page) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    result: dict[str, Any] = page.evaluate("() => axe.run({resultTypes: ['violations']})")
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:120]}"
        for violation in result["violations"]
        if violation["impact"] in _GRAVE
        for node in violation["nodes"]
    ]
