# SPDX-License-Identifier: EUPL-1.2
"""What a browser and a front-end do between them when somebody signs in: authorization code with PKCE (RFC 7636)."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from parvis_local.demo.expecting import UnexpectedError, expect

_SECONDS: Final = 15.0


def sign_in(
    public_url: str, client_id: str, person: str, scopes: tuple[str, ...], level: str | None = None
) -> dict[str, str]:
    """The tokens of a person of the look-alikes, by a front-end that is registered and may want a level (RFC 9470).

    Raises:
        UnexpectedError: a page or an answer is not the one that belongs there.
    """
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    back = f"{public_url}/developers/callback"
    with httpx.Client(follow_redirects=True, timeout=_SECONDS, headers={"Accept-Language": "fr"}) as browser:
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": back,
            "scope": " ".join(scopes),
            "state": state,
            "code_challenge": digest,
            "code_challenge_method": "S256",
            **({"acr_values": level} if level else {}),
        }
        login = _page(browser.get(f"{public_url}/oauth2/authorize", params=asked))
        picking = _page(browser.get(login.link("/start?")))
        after = browser.post(picking.form_action, data=picking.hidden | {"person": person})
        if str(after.url).startswith(f"{public_url}/consent"):
            consent = _page(after)
            after = browser.post(consent.form_action, data=consent.hidden | {"decision": "allow"})
        given = parse_qs(urlsplit(str(after.url)).query)
        if given.get("state") != [state] or given.get("iss") != [public_url] or "code" not in given:
            raise UnexpectedError("the browser comes back with the code", str(after.url).partition("?")[0])
        redeemed = browser.post(
            f"{public_url}/oauth2/token",
            data={
                "grant_type": "authorization_code",
                "client_id": client_id,
                "code": given["code"][0],
                "redirect_uri": back,
                "code_verifier": verifier,
            },
        )
    tokens: dict[str, str] = expect(redeemed, 200).json()
    return tokens


@dataclass
class _Page(HTMLParser):
    """The links of a page, and its one form."""

    url: str
    links: list[str] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict)
    form_action: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self.url, given["href"]))
        elif tag == "form":
            self.form_action = urljoin(self.url, given.get("action", ""))
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given["value"]

    def link(self, part: str) -> str:
        """The first link with that in it."""
        for link in self.links:
            if part in link:
                return link
        raise UnexpectedError(f"a link with {part}", self.url.partition("?")[0])


def _page(answer: httpx.Response) -> _Page:
    page = _Page(str(expect(answer, 200).url))
    page.feed(answer.text)
    return page
