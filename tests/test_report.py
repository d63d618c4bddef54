"""The report: its model, its schema, and every way to show it, whatever a server sent."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from conformance.contract.clauses import Clause, load_contract
from conformance.contract.files import specification
from conformance.report import html, junit, markdown, terminal
from conformance.report.model import (
    ClauseResult,
    FindingResult,
    HarnessError,
    Report,
    ReportError,
    RequestCount,
    TargetResult,
    Verdict,
)
from conformance.report.text import cut, printable, shorten, wrap

HOSTILE = "<script>alert('1')</script>\x1b[2J\x1b[31mEVIL\u202egnol\r\n| ``` @everyone"
CURL = (
    'curl -X POST "$IDENTITYCALL_BASE_URL"/virtual_numbers/7/add_operator '
    '-H "Authorization: Bearer $IDENTITYCALL_API_KEY" '
    "-H 'content-type: application/json' --data-binary '{\"operator_id\": 12}'"
)
REATTACHED = FindingResult(
    "a re-attached operator moved to the end",
    "12@0 22@1",
    "22@0 12@1",
    (
        '   1  account    POST  /virtual_numbers/7/add_operator  {"operator_id": 22}  200   12@0 22@1',
        '   2  account    POST  /virtual_numbers/7/add_operator  {"operator_id": 12}  200   22@0 12@1   <-- here',
    ),
    CURL,
    is_shortest=True,
)
RENAMED = FindingResult(
    f"operator 31 is now called {HOSTILE}",
    "Greta Hall",
    HOSTILE,
    (f'   9  account    POST  /virtual_numbers/7/add_operator  {{"name": "{HOSTILE}"}}  200   31@0   <-- here',),
    CURL,
)
VERDICTS: dict[str, Verdict] = {
    "REATTACH-NOOP": "violated",
    "EFFECTS-OPERATOR-RECORD": "violated",
    "ORDER-FIRST-IS-ZERO": "violated",
    "NAME-BLANK": "inconsistent",
    "CONCURRENT-DISTINCT": "not_exercised",
    "HTTP-LIMITS": "not_exercised",
    "ATTACH-LIMIT": "not_exercised",
}
READINGS = {
    "NAME-BLANK": {"empty": "default and kept", "null": "default"},
    "OPERATOR-ID-SPELLED": {'"22"': "read", "22.0": "read", '"0x16"': "refused"},
    "NAME-OF-OTHER-TYPE": {HOSTILE: "turned to text"},
}


def clause_result(clause: Clause) -> ClauseResult:
    """Make up what became of a clause: no project key, a server that re-orders and renames."""
    needs = tuple(need for need in clause.needs if need in {"project key", "foreign number"})
    verdict: Verdict = VERDICTS.get(clause.id) or ("observed" if clause.level == "open" else "conforms")
    verdict = "not_testable" if needs else verdict
    readings: dict[str, str] = {}
    if verdict in {"observed", "inconsistent"}:
        readings = READINGS.get(clause.id) or {"all": next(iter(clause.readings))}
    return ClauseResult(
        clause.id,
        clause.family,
        clause.level,
        clause.title,
        verdict,
        known_failure=clause.id in {"ORDER-FIRST-IS-ZERO", "AUTH-MISSING"},
        exercised=0 if verdict.startswith("not_") else 7,
        readings=readings,
        needs=needs,
        findings=() if verdict != "violated" else (RENAMED if clause.family == "effects" else REATTACHED,),
    )


def example() -> Report:
    """Return a report of a run against a server, with something of everything."""
    return Report(
        verdict="violates",
        suite_version="0.1.0",
        contract_sha256="3f9a" * 16,
        target=TargetResult("url", "https://staging.example/api/v1/public", ("account", "read_only"), (7, 8)),
        profile="standard",
        seed=20261123,
        started="2026-11-23T16:04:12Z",
        duration_s=41.27,
        requests=RequestCount(sent=262, budget=300, retried=3),
        restored=False,
        not_restored=(f"operator 31 ({HOSTILE}) is still attached to number 7",),
        clauses=tuple(map(clause_result, load_contract().clauses.values())),
        versions={"python": "3.11.7", "pytest": "9.1.1"},
    )


def broken() -> Report:
    """Return the same with an error of the suite."""
    return replace(
        example(), verdict="harness_error", harness_errors=(HarnessError("test_names.py::test_long", HOSTILE),)
    )


def finding_of(clause_id: str) -> tuple[ClauseResult, FindingResult]:
    """Return a violated clause of the example and its finding."""
    clause = next(each for each in example().clauses if each.id == clause_id)
    return clause, clause.findings[0]


# ---------------------------------------------------------------------- the model
@pytest.mark.parametrize("report", [example(), broken(), replace(example(), clauses=(), seed=None, profile=None)])
def test_json_there_and_back(report: Report) -> None:
    """What is written is valid to the schema, and reads as the same report."""
    assert Report.loads(report.dumps()) == report


def test_totals_count_every_clause() -> None:
    """Each clause is in the totals once."""
    totals = example().to_json()["totals"]
    assert sum(sum(counts.values()) for counts in totals.values()) == len(load_contract().clauses)
    assert totals["should"]["violated"] == 1


def test_the_optional_fields_are_optional() -> None:
    """A report without totals, errors and versions is read."""
    optional = {"totals", "harness_errors", "versions"}
    raw = {key: each for key, each in example().to_json().items() if key not in optional}
    assert Report.from_json(raw).totals == example().totals


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"schema_version": 2}, "schema_version"),
        ({"verdict": "fine"}, "verdict"),
        ({"surprise": 1}, "its top level"),
        ({"requests": {"sent": -1, "budget": None, "retried": 0}}, "requests/sent"),
    ],
)
def test_what_is_no_report_is_refused(change: dict[str, Any], place: str) -> None:
    """The message names the place."""
    with pytest.raises(ReportError, match=re.escape(f"at {place}: ")):
        Report.from_json({**example().to_json(), **change})


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "conforms", "exercised": 0},
        {"verdict": "violated", "findings": []},
        {"verdict": "not_testable", "needs": []},
        {"verdict": "observed", "level": "must"},
        {"known_failure": None},
    ],
)
def test_a_clause_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    """Nothing run is green, nothing violated is without evidence."""
    raw = example().to_json()
    raw["clauses"] = [{**raw["clauses"][0], **change}]
    with pytest.raises(ReportError):
        Report.from_json(raw)


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', b"\xff\xfe\x00"])
def test_text_that_is_no_report_is_refused(text: str | bytes) -> None:
    """Not JSON, not an object, not a report."""
    with pytest.raises(ReportError, match="not a report"):
        Report.loads(text)


def test_lone_surrogates_can_be_written() -> None:
    """What a server sent in JSON escapes does not keep a report from being written."""
    clause = replace(example().clauses[0], verdict="violated", findings=(replace(REATTACHED, actual="\ud800"),))
    report = replace(example(), clauses=(clause,))
    assert Report.loads(report.dumps().encode()) == report
    for text in (terminal.summary(report), html.render(report), markdown.render(report)):
        assert r"\ud800" in text.encode().decode()


# ---------------------------------------------------------------------- texts
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("a\r\n\tb\x00\x7f\x9b", r"a\r\n\tb\x00\x7f\x9b"),
        ("\u202e\u2066\u200b\ufeff\u2028\ud800\ufffe", r"\u202e\u2066\u200b\ufeff\u2028\ud800\ufffe"),
        ("\u00a0\U000e0041", r"\xa0\U000e0041"),
        ("Zoë, 李, عمر, 😀 e\u0301", "Zoë, 李, عمر, 😀 e\u0301"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    """What a terminal obeys or hides becomes visible; letters stay letters."""
    assert printable(text) == shown


def test_lines() -> None:
    """Lines are broken between words, and long texts lose their middle only."""
    assert wrap("one two three", 9, "- ") == ["- one two", "  three"]
    assert wrap("one", 2, "- ") == ["- one"]
    assert wrap("李李 李李", 6) == ["李李", "李李"]
    assert cut("one two three", 8) == "one t..."
    assert shorten("a" * 50 + "b" * 50, 30) == "a" * 20 + " ...(70 more)... " + "b" * 10


# ---------------------------------------------------------------------- the terminal
def test_a_failure_reads_as_designed() -> None:
    """Clause, conversation, what conforms and what came, and how to see it again."""
    title = "Attaching an operator that is attached already changes nothing."
    shown = terminal.failure(*finding_of("REATTACH-NOOP"), 120, again=(CURL, "pytest --clause REATTACH-NOOP"))
    assert shown.splitlines() == [
        f"REATTACH-NOOP violated   {title}   (contract 1, rules)",
        "  a re-attached operator moved to the end",
        "  shortest conversation, 2 requests:",
        *(f"    {line[3:]}" for line in REATTACHED.conversation),
        "  conforms:  12@0 22@1        came:  22@0 12@1",
        f"  again:     {CURL}",
        "             pytest --clause REATTACH-NOOP",
    ]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_fit_and_commands_stay_whole(width: int) -> None:
    """Nothing is wider than the terminal but what is copied or compared, and single words."""
    lines = terminal.summary(broken(), width).splitlines()
    assert sum(CURL in line for line in lines) == len(example().of_verdict("violated"))
    wide = [line for line in lines if len(line) > max(width, 72)]
    assert all(re.search(r"curl |pytest |POST  /|^verdict: |EVIL", line) for line in wide)


def test_the_summary_says_everything_once() -> None:
    """Every clause that is not simply kept is named; the verdict comes last."""
    shown = terminal.summary(example())
    for clause in example().clauses:
        named = re.search(rf"(?<![-\w]){clause.id}(?![-\w])", shown) is not None
        assert named is (clause.verdict != "conforms" or clause.known_failure)
    assert shown.splitlines()[-1].startswith("verdict: violates - 2 must violated, 1 should violated, 1 of them known,")
    assert "set IDENTITYCALL_PROJECT_API_KEY" in shown
    assert "AUTH-MISSING" in shown.split("known failures that fail no longer")[1]


def test_a_harness_error_comes_first() -> None:
    """What was violated is told all the same; what was not judged may come of the error, and is not listed."""
    lines = terminal.summary(broken()).splitlines()
    assert lines[0].startswith("verdict: harness_error")
    assert lines[1] == "harness errors: the suite could not judge"
    assert lines[-1] == lines[0]
    assert any(line.startswith("REATTACH-NOOP violated") for line in lines)
    assert not [line for line in lines if line.startswith(("not exercised", "not testable", "observed"))]


def test_colour_changes_nothing_but_colour() -> None:
    """Without markup no escape is written; with it the text is the same."""
    plain, coloured = terminal.summary(broken()), terminal.summary(broken(), markup=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.parametrize(("verdict", "words"), [("conforms", "kept"), ("incomplete", "must not exercised")])
def test_other_verdicts(verdict: Any, words: str) -> None:
    """The last line says why."""
    last = terminal.summary(replace(example(), verdict=verdict)).splitlines()[-1]
    assert last.startswith(f"verdict: {verdict} - ")
    assert words in last


# ---------------------------------------------------------------------- HTML, Markdown, JUnit
class Page(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        """Read the page."""
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_the_page_is_inert() -> None:
    """No script, nothing loaded, and every link leads to one place of the page."""
    page = Page(html.render(broken()))
    assert {"script", "link", "img", "iframe", "object", "form"}.isdisjoint(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"src", "style"}]
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids)) == len(load_contract().clauses)
    assert {value for name, value in page.attributes if name == "href"} == {f"#{each}" for each in ids}


def test_the_page_shows_hostile_texts() -> None:
    """They are there to be read."""
    text = html.render(broken())
    assert r"&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\x1b[2J\x1b[31mEVIL\u202egnol\r\n" in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


@pytest.mark.parametrize("report", [replace(example(), clauses=()), replace(example(), restored=None)])
def test_every_reader_takes_a_small_report(report: Report) -> None:
    """Nothing depends on there being clauses."""
    assert "violates" in html.render(report)
    assert "violates" in terminal.summary(report)
    assert "violates" in markdown.render(report)


def test_markdown_obeys_nothing() -> None:
    """Outside of code no markup, mention or tag of a server's stays alive, and no fence is left early."""
    text = markdown.render(broken())
    prose = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", prose.replace("\\`", ""))
    assert "\x1b" not in text
    assert set(re.findall(r"(?<!\\)</?(\w+)", prose)) <= {"details", "summary", "br"}
    assert not re.search(r"(?<!\\)@", prose)


def test_markdown_has_room() -> None:
    """Hundreds of violations make no comment that a forge refuses."""
    clause, finding = finding_of("EFFECTS-OPERATOR-RECORD")
    many = tuple(
        replace(clause, id=f"X-{place}", findings=(replace(finding, actual="x" * 9000),) * 3) for place in range(300)
    )
    assert len(markdown.render(replace(example(), clauses=many))) < 65_000


def test_junit_properties_can_be_written_as_xml() -> None:
    """Names tell the clauses apart, values hold nothing that XML forbids."""
    pairs = junit.properties(example().clauses)
    root = ET.Element("properties")
    for name, value in pairs:
        ET.SubElement(root, "property", name=name, value=value)
    assert len(ET.fromstring(ET.tostring(root))) == len(dict(pairs)) == len(pairs)  # noqa: S314 - our own text
    assert ("clause.REATTACH-NOOP", "violated") in pairs
    assert ("clause.SCOPE-NUMBER.needs", "project key, foreign number") in pairs


def test_the_schema_names_every_field() -> None:
    """The report writes what the schema knows, and no more."""
    schema = json.loads(specification("report.schema.json"))
    assert set(schema["properties"]) == set(example().to_json())
    assert set(schema["$defs"]["clause"]["properties"]) == set(example().to_json()["clauses"][0])
