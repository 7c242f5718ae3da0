# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_identity.domain.drawing import MAX_DEPTH, MAX_ELEMENTS, UnsafeDrawingError, harmless

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"'


def cleaned(inside: str, head: str = HEAD) -> str:
    return harmless(f"{head}>{inside}</svg>".encode()).decode()


def test_shapes_and_gradients_stay_as_they_are() -> None:
    inside = (
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"></stop></linearGradient>'
        '<linearGradient id="h" href="#g"></linearGradient></defs>'
        '<g transform="translate(1,-2)" fill="url(#g)"><path d="M0 0L8 8z" fill-rule="evenodd"></path></g>'
    )
    assert cleaned(inside) == f"{HEAD}>{inside}</svg>"
    assert harmless(cleaned(inside).encode()).decode() == cleaned(inside)


@pytest.mark.parametrize(
    "head",
    [
        f'{HEAD} onload="alert(1)"',
        f'{HEAD} style="background:url(https://evil.example/)"',
        f'{HEAD} xml:base="https://evil.example/"',
        f'{HEAD} fill="url(https://evil.example/#a)"',
        f'{HEAD} fill="URL(https://evil.example/#a)"',
        f'{HEAD} id="a&quot; onload=&quot;alert(1)"',
        f'{HEAD} href="javascript:alert(1)"',
        f'{HEAD} class="x"',
    ],
)
def test_attributes_that_act_or_fetch_are_gone(head: str) -> None:
    assert cleaned("", head) == f"{HEAD}></svg>"


def test_what_an_editor_noted_and_what_is_written_between_shapes_is_gone() -> None:
    noted = '<metadata><x:y xmlns:x="urn:x">Émile</x:y></metadata><title>T</title><x:z xmlns:x="urn:x"><path/></x:z>'
    assert cleaned(f"{noted}text<!-- remark --><?php 1 ?><g></g>") == f"{HEAD}><g></g></svg>"


def test_a_style_attribute_becomes_what_it_says() -> None:
    assert cleaned('<path style="fill: #123456 ; stroke:none;-x:y" fill="red"/>') == (
        f'{HEAD}><path fill="#123456" stroke="none"></path></svg>'
    )


@pytest.mark.parametrize(
    ("inside", "part"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<foreignObject/>", "foreignObject"),
        ('<image href="https://evil.example/pixel"/>', "image"),
        ('<use href="#a"/>', "use"),
        ("<style>*{fill:red}</style>", "style"),
        ('<a href="https://evil.example/"/>', "a"),
        ('<g><animate attributeName="href"/></g>', "animate"),
        ("<text>Ville</text>", "text"),
        ("<g>" * MAX_DEPTH + "</g>" * MAX_DEPTH, "size"),
        ("<g/>" * MAX_ELEMENTS, "size"),
        ("<g>", "xml"),
        ("&unknown;", "xml"),
    ],
)
def test_what_would_change_the_picture_or_cannot_be_trusted_is_named(inside: str, part: str) -> None:
    with pytest.raises(UnsafeDrawingError) as refused:
        cleaned(inside)
    assert refused.value.part == part


@pytest.mark.parametrize(
    ("document", "part"),
    [
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>', "doctype"),
        (b"<html><body/></html>", "root"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "viewBox"),
        (b'<?xml version="1.0" encoding="rot13"?><svg/>', "xml"),
        (b"", "xml"),
    ],
)
def test_a_document_that_is_no_plain_drawing_is_refused(document: bytes, part: str) -> None:
    with pytest.raises(UnsafeDrawingError) as refused:
        harmless(document)
    assert refused.value.part == part


def test_a_declaration_of_type_without_anything_in_it_is_let_by() -> None:
    public = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    assert harmless(public + f"{HEAD}/>".encode()) == f"{HEAD}></svg>".encode()
