"""docs/contract.md has a heading for every place that a clause names as its source, and names the clauses there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from conformance.contract.clauses import load_contract
from conformance.report import explain

PAGE = (Path(__file__).parents[1] / "docs" / "contract.md").read_text(encoding="utf-8")
CLAUSES = load_contract().clauses
ALSO = {"base": "base url", "remove_operator": "delete /virtual_numbers/{id}/remove_operator"}  # shorter in a source

Place = tuple[str, str]
"""The number of the section, "" for the parts that have none, and the heading in it, "" for the section itself."""


def headings() -> dict[Place, list[str]]:
    """Return the places of the page, in its order, each with the clauses that its last lines name."""
    places: dict[Place, list[str]] = {}
    section = ""
    for marks, number, title, text in re.findall(r"^(##+) (?:(\d)\. )?(.+)\n((?:(?!##).*\n)*)", PAGE, re.MULTILINE):
        section = number if marks == "##" else section
        named = re.search(r"^Clauses: ([^.]+)\.$", text, re.MULTILINE)
        place = section, "" if number else title.replace("`", "").lower()
        places[place] = re.split(r",\s+", named[1]) if named else []
    return places


def sources(source: str) -> Iterator[Place]:
    """Return the places that a source names, parted by a semicolon or, where no heading holds both, by "and"."""
    for part in source.split("; "):
        [(number, place)] = re.findall(r"^(?:contract ?)?(\d?)(?:, )?(.*)$", part.lower())
        place = "rfc 9110" if part.startswith("RFC 9110, ") else place
        places = [place] if (number, place) in HEADINGS else place.split(" and ")
        yield from ((number, ALSO.get(each, each)) for each in places)


HEADINGS = headings()


def test_every_source_is_a_heading() -> None:
    """No clause names a place that the page does not have."""
    assert {place for each in CLAUSES.values() for place in sources(each.source)} <= HEADINGS.keys()


def test_every_heading_names_its_clauses() -> None:
    """All whose source is that place, in the order of specs/clauses.yaml, and no others."""
    expected: dict[Place, list[str]] = defaultdict(list)
    for clause in CLAUSES.values():
        for place in sources(clause.source):
            expected[place].append(clause.id)
    assert {place: named for place, named in HEADINGS.items() if named} == expected


def test_explain_points_to_headings() -> None:
    """The sections by their headings' own words."""
    assert all(f"\n## {heading}\n" in PAGE for heading in explain.HEADINGS.values())
    assert explain.explain(load_contract(), "ATTACH-LISTED").endswith("docs/contract.md: 1. The call, rules")
