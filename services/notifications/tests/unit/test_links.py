# SPDX-License-Identifier: EUPL-1.2
"""Where messages about comments lead."""

from base64 import b64encode
from typing import Any, Final

import pytest
from pydantic import SecretStr

from parvis_notifications.link_settings import LinkSettings

_OWN: Final = "{public_url}/v1/collectivities/{collectivity}/threads/{thread}/{id}/page"
_ALL: Final = "https://ville.example/{collectivity}/{kind}/{id}"


@pytest.mark.parametrize(
    ("told", "link"),
    [
        ({}, "http://localhost:8080/v1/collectivities/paris/threads/proposal/7/page"),
        ({"participation_url": _ALL}, "https://ville.example/paris/threads/proposal/7/comments"),
        (
            {"participation_url": _ALL, "discussion_url": "https://ville.example/d/{thread}/{id}"},
            "https://ville.example/d/proposal/7",
        ),
        (
            {"participation_url": _ALL, "discussion_url": _OWN},
            "http://localhost:8080/v1/collectivities/paris/threads/proposal/7/page",
        ),
    ],
    ids=["without a portal", "the portal of all", "a page of its own", "by choice"],
)
def test_a_discussion_is_where_the_town_says_and_else_with_all_the_rest(told: dict[str, Any], link: str) -> None:
    url, key = SecretStr("postgresql://nobody@localhost/none"), SecretStr(b64encode(bytes(32)).decode())
    settings = LinkSettings(database_url=url, keystore_url=url, master_key=key, **told)
    assert settings.participation_link("paris", "7", kind=None, thread="proposal") == link
