# SPDX-License-Identifier: EUPL-1.2
"""Everybody gets a token; the citizen's is verified as any service does it, offline."""

from collections.abc import Iterator

from joserfc import jwt
from joserfc.jwk import KeySet

from parvis_local.demo.cast import TOWN
from parvis_local.demo.expecting import expect, same
from parvis_local.demo.story import CITIZEN_MAIL, Story


def sign_everybody_in(story: Story) -> Iterator[str]:
    """Through the pages, as browsers do."""
    stage = story.stage
    story.citizen = stage.citizen("amelie")
    keys = expect(stage.http.get("/.well-known/jwks.json"), 200).json()
    token = jwt.decode(story.citizen.token, KeySet.import_key_set(keys), algorithms=["ES256"])
    same("type of the token", token.header["typ"], "at+jwt")
    same("who issued it", token.claims["iss"], stage.public_url)
    same("whom it is about", (token.claims["kind"], token.claims["collectivity"]), ("citizen", TOWN))
    yield f"Amélie has an access token for {token.claims['exp'] - token.claims['iat']} s, signed with ES256"
    me = expect(story.citizen.get("/v1/me"), 200).json()
    same("her address", me["email"], CITIZEN_MAIL)
    yield f"identity knows her as {me['given_names']} {me['family_name']}; the token holds no name and no address"
    story.neighbour = stage.citizen("bruno")
    story.agent = stage.agent("camille")
    story.stranger = stage.agent("lucie", "lutece-backoffice")
    yield "Bruno, a neighbour; Camille, agent of the town; Lucie, agent of another town: signed in, too"
