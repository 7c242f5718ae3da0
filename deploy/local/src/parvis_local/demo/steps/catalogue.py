# SPDX-License-Identifier: EUPL-1.2
"""What can be asked, and where: open to all, without a token."""

from collections.abc import Iterator

from parvis_local.demo.cast import TOWN
from parvis_local.demo.expecting import expect, same
from parvis_local.demo.story import Story


def read_catalogue(story: Story) -> Iterator[str]:
    """The request types with their forms, and the areas."""
    town = f"/v1/collectivities/{TOWN}"
    types = expect(story.stage.http.get(f"{town}/request-types"), 200).json()["items"]
    forms = {found["code"]: found["answers_schema"] for found in types}
    same("the form of each type", {form["type"] for form in forms.values()}, {"object"})
    yield f"{len(types)} request types, such as « {types[3]['name']} », each with the JSON Schema of its answers"
    areas = expect(story.stage.http.get(f"{town}/areas"), 200).json()["items"]
    levels = [area["level"] for area in areas]
    same("arrondissements and quartiers", (levels.count("arrondissement"), levels.count("quartier")), (20, 80))
    yield "20 arrondissements and their 80 quartiers"
