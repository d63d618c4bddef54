"""Recording other people's data: none of it reaches a file, and the oracle judges the pseudonyms the same."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.mock.application import Application
from conformance.mock.server import KEY_VARIABLES, MockServer
from conformance.recording.people import People
from conformance.recording.pseudonyms import Mask
from conformance.recording.words import other_words, renamed, words_of
from tests.measure_recordings import differences
from tests.running import Outcome, run

COOKIE = "session=kQz81LmCookie"
CAPITALISED = st.from_regex(r"[A-Z][a-z]{1,6}", fullmatch=True)


class Leaking:
    """A server that sets cookies, and tells in every error which key was used."""

    def __init__(self, application: Application) -> None:
        self.inner = application

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: D102 - ASGI
        key = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")

        async def leak(message: Any) -> None:
            if message["type"] == "http.response.start":
                kept = [each for each in message["headers"] if each[0] != b"content-length"]
                message = {**message, "headers": [*kept, (b"set-cookie", COOKIE.encode())]}
            elif message["body"].startswith(b'{"error'):
                document = {**json.loads(message["body"]), "debug": {"authorization": key, "cookie": COOKIE}}
                message = {**message, "body": json.dumps(document).encode()}
            await send(message)

        await self.inner(scope, receive, leak)


def seeded() -> tuple[MockServer, list[str]]:
    """Return a server whose people can be recognised, and the words to look for."""
    server = MockServer()
    account, marks = server.application.seed.store.own, []
    for place, operator in enumerate(account.operators.values()):
        first, last = operator.name.split()
        operator.name = f"{first}marker {last}marker"
        operator.phone_number = f"+1917770{place:04}"
        operator.email = f"marker{place}@people.example.org"
        marks += [f"{first}marker", f"{last}marker", operator.phone_number[1:], operator.email]
    for place, number in enumerate(account.numbers.values()):
        number.phone_number = f"+4930777{place:05}"
        marks.append(number.phone_number[1:])
        for call in number.calls:
            call.phone_number, call.caller_name = f"+3314177{call.id:05}", "Callermarker Person"
            call.transcript_summary = "Callermarker Person rang about the summarymarker."
            marks += [call.phone_number[1:], "Callermarker", "summarymarker"]
    server.application = Leaking(server.application)  # type: ignore[assignment]  # it stands in for an Application
    return server, marks


@pytest.fixture(scope="module")
def leaking(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome, list[str]]:
    """Record a run, and return the folder of its artefacts, what it came to, and what must not be in a file."""
    server, marks = seeded()
    folder = tmp_path_factory.mktemp("artefacts")
    with server:
        outcome = run(
            f"--target-url={server.base_url}",
            *(f"--virtual-number={number}" for number in server.virtual_numbers),
            f"--cassettes={folder / 'cassettes'}",
            "--record-mode=rewrite",
            f"--conformance-html={folder / 'report.html'}",
            f"--conformance-markdown={folder / 'report.md'}",
            f"--junitxml={folder / 'junit.xml'}",
            f"--journal={folder / 'journal.jsonl'}",
            environment={KEY_VARIABLES[actor]: key for actor, key in server.keys.items()},
        )
    (folder / "output.txt").write_text(outcome.output)
    (folder / "report.json").write_text(json.dumps(outcome.report))
    return folder, outcome, [*marks, *server.keys.values(), COOKIE.partition("=")[2]]


def test_no_key_cookie_or_foreign_number_is_in_a_cassette(leaking: tuple[Path, Outcome, list[str]]) -> None:
    folder, outcome, marks = leaking
    files = list((folder / "cassettes").rglob("*.yaml"))
    found = {mark: path.name for path in files for mark in marks if mark in path.read_text()}
    assert outcome.sent > 100
    assert len(files) > 50
    assert found == {}


def test_no_key_or_cookie_is_in_any_artefact(leaking: tuple[Path, Outcome, list[str]]) -> None:
    folder, _, marks = leaking
    secrets = [mark for mark in marks if mark.startswith("idc_") or "Cookie" in mark]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(secrets) == 5
    assert {mark: path.name for path in files for mark in secrets if mark in path.read_text()} == {}


def test_pseudonyms_are_judged_the_same(leaking: tuple[Path, Outcome, list[str]]) -> None:
    replayed = run(f"--cassettes={leaking[0] / 'cassettes'}", "--record-mode=none", "--block-network")
    live = {each["id"]: each["verdict"] for each in leaking[1].clauses}
    assert {each["id"]: each["verdict"] for each in replayed.clauses} == live
    assert differences(leaking[1], replayed) == []


# ---------------------------------------------------------------------- names
@given(st.sets(CAPITALISED, min_size=1, max_size=12), st.sets(CAPITALISED, max_size=6))
def test_words_keep_order_first_letter_and_case(words: set[str], fixed: set[str]) -> None:
    others = other_words(words, fixed)
    assert others.keys() == words
    assert not set(others.values()) & (words | fixed)
    mapped = {word: others.get(word, word) for word in words | fixed}
    assert len(set(mapped.values())) == len(mapped)
    for one, another in itertools.pairwise(sorted(mapped)):
        assert mapped[one] < mapped[another]
        assert mapped[one][0] == one[0]
        assert re.fullmatch("[A-Z][a-z]+", mapped[one])


@given(st.lists(st.tuples(CAPITALISED, CAPITALISED), min_size=2, max_size=8, unique=True))
def test_names_sort_as_they_did(people: list[tuple[str, str]]) -> None:
    names = [" ".join(each) for each in people]
    others = other_words({word for name in names for word in words_of(name)}, {"Operator", "Falk"})
    assert sorted(renamed(name, others) for name in names) == [renamed(name, others) for name in sorted(names)]


def test_names_beyond_two_plain_words() -> None:
    others = other_words({"José", "ACME", "O'Neil", "Łukasz"}, set())
    assert [word[0] for word in others] == [each[0] for each in others.values()]
    assert not others["José"].isascii()
    assert others["ACME"].isupper()
    assert renamed("Dr  J. José 7", others).startswith("Dr  J. J")


# ---------------------------------------------------------------------- phone numbers
def mask() -> Mask:
    return Mask.of(
        People(
            {"Greta Hall"}, {"+15555550199", "+442079460114"}, {"greta@hall.example.org"}, made_phones={"+12025550150"}
        )
    )


def test_a_number_is_the_same_wherever_it_stands_and_however_spelled() -> None:
    hidden = mask()
    other = hidden.phone("+15555550199")
    assert re.fullmatch(r"\+1[0-9]{10}", other)
    assert hidden.value("+1 (555) 555-0199") == f"+1 ({other[2:5]}) {other[5:8]}-{other[8:]}"
    assert hidden.value("(555) 555-0199") == f"({other[2:5]}) {other[5:8]}-{other[8:]}"
    assert hidden.text("phone +15555550199 is taken") == f"phone {other} is taken"
    assert hidden.value("+12025550150") == "+12025550150"


def test_names_and_addresses_in_texts() -> None:
    hidden = mask()
    text = hidden.text("Greta Hall <greta@hall.example.org> or someone@else.example.net, not Gretas Hall")
    assert "Greta Hall" not in text
    assert "greta@" not in text
    assert "someone@else" not in text
    assert text.endswith("not Gretas Hall")


@pytest.mark.parametrize("phone", ["+15555550199", "+442079460114", "+3312", "0049 30 7777", "no digits", "+1"])
def test_a_spelling_keeps_its_form(phone: str) -> None:
    other = Mask.of(People(phones={phone})).phone(phone)
    assert re.sub("[0-9]", "#", other) == re.sub("[0-9]", "#", phone)
