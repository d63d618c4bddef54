"""Recording: what stands in the files, what never does, and that the oracle judges them as it judged the run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from vcr.persisters.filesystem import FilesystemPersister
from vcr.serializers import yamlserializer

from conformance.exchange import Exchange, Request, Response
from conformance.recording.cassette import Cassette, loads
from conformance.recording.keeping import kept, without_secrets
from conformance.recording.shelf import RUN_FILE, read
from tests.measure_recordings import differences
from tests.running import Outcome, run

URL = "http://mock.invalid/api/v1/public"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    directory = tmp_path_factory.mktemp("recorded") / "cassettes"
    return directory, run(f"--cassettes={directory}", "--record-mode=rewrite", "--conformance-profile=smoke")


def test_vcrpy_loads_every_file(recorded: tuple[Path, Outcome]) -> None:
    files = sorted(recorded[0].rglob("*.yaml"))
    interactions = 0
    for path in files:
        requests, responses, *_ = FilesystemPersister.load_cassette(path, yamlserializer)
        interactions += len(requests)
        assert len(requests) == len(responses)
        assert all(request.uri.startswith(URL) for request in requests)
    assert interactions == recorded[1].sent
    assert len(files) > 10


def test_what_stands_beside_request_and_response(recorded: tuple[Path, Outcome]) -> None:
    document = yaml.safe_load((recorded[0] / "test_smoke" / "test_what_is_there.yaml").read_text())
    facts, first = document["metadata"], document["interactions"][0]
    assert {"number", "actor", "started", "ended", "request", "response"} == first.keys()
    assert (first["number"], first["actor"]) == (1, "account")
    assert {"contract_sha256", "versions", "profile", "seed", "digest", "virtual_numbers"} <= facts.keys()
    assert first["request"]["headers"]["authorization"] == ["Bearer <account>"]


def test_numbers_run_through_all_files(recorded: tuple[Path, Outcome]) -> None:
    recording = read(recorded[0]).recording
    assert recording is not None
    numbers = [each.number for each in recording.conversation]
    assert numbers == list(range(1, recorded[1].sent + 1))


def test_replay_equals_the_run(recorded: tuple[Path, Outcome]) -> None:
    replayed = run(f"--cassettes={recorded[0]}", "--record-mode=none", "--block-network")
    assert differences(recorded[1], replayed) == []
    assert replayed.report is not None
    assert replayed.report["target"]["kind"] == "recording"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--mock-variant=bare", "--pseudonymise"],
        ["--mock-variant=verbose", "--pseudonymise"],
        ["--mock-variant=typed", "--clause=REATTACH-NOOP"],
        ["--mock-fault=again-moves-to-the-end", "--pseudonymise"],
        ["--mock-fault=neither-is-400"],
        ["--mock-fault=created-one-first"],
    ],
)
def test_replay_equals_the_run_of_others(arguments: list[str], tmp_path: Path) -> None:
    place = f"--cassettes={tmp_path}"
    live = run(place, "--record-mode=rewrite", "--conformance-profile=smoke", *arguments)
    assert differences(live, run(place, "--record-mode=none", "--block-network")) == []


def test_once_records_once_and_then_replays(tmp_path: Path) -> None:
    options = (f"--cassettes={tmp_path / 'new'}", "--record-mode=once", "--conformance-profile=smoke")
    first, second = run(*options), run(*options)
    kinds = [each.report["target"]["kind"] for each in (first, second) if each.report]
    assert kinds == ["mock", "recording"]
    assert differences(first, second) == []


def test_rewriting_leaves_nothing_of_the_old_recording_and_everything_of_others(tmp_path: Path) -> None:
    stale, notes = tmp_path / "test_smoke" / "test_gone.yaml", tmp_path / "test_smoke" / "notes.yaml"
    stale.parent.mkdir()
    stale.write_text(Cassette("test_smoke::test_gone", {"base_url": URL}).dumps())
    notes.write_text("not: ours\n")
    run(f"--cassettes={tmp_path}", "--record-mode=rewrite", "--conformance-profile=smoke")
    assert (stale.exists(), notes.exists(), (tmp_path / RUN_FILE).exists()) == (False, True, True)


@given(
    st.text(st.characters(codec="utf-8"), max_size=60) | st.binary(max_size=40),
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.floats(0, 9_999, allow_nan=False),
)
def test_any_body_survives(body: str | bytes, answer: str, moment: float) -> None:
    raw = body if isinstance(body, bytes) else body.encode()
    request = Request("account", "POST", "/operators", (("content-type", "application/json"),), raw)
    exchange = Exchange(
        3, request, Response(200, (), answer.encode()), None, round(moment, 6), round(moment, 6), "a::b"
    )
    text = Cassette("a::b", {"base_url": URL}, (exchange,)).dumps()
    assert loads(text, "here").exchanges == (exchange,)


# ---------------------------------------------------------------------- secrets
KEY = "idc_" + "Q" * 32
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl"  # noqa: S105 - made up


@pytest.mark.parametrize(
    "text",
    [
        f"the key {KEY} is wrong",
        f'{{"error": "no", "debug": {{"authorization": "Bearer {KEY}"}}}}',
        f'{{"access_token": "abcdef-secret-{KEY[4:]}"}}',
        f'{{"jwt": "{TOKEN}"}}',
        "next=/login?api_key=QQQQQQQQQQQ&x=1",
        "set-cookie=QQQQQQQQQQQ",
    ],
)
def test_what_looks_secret_is_taken_out(text: str) -> None:
    assert not re.search(r"Q{8}|c2lnbmF0dXJl", without_secrets(text))


def test_cookies_and_unknown_headers_are_not_kept() -> None:
    headers = (("set-cookie", "a=b"), ("content-type", "text/html"), ("x-internal", "node-17"))
    request = Request("account", "GET", "/operators", (("cookie", "a=b"), ("accept", "text/html")))
    result = kept(Exchange(1, request, Response(200, headers, b"{}")))
    assert result.response is not None
    assert result.response.headers == (("content-type", "text/html"),)
    assert result.request.headers == (("accept", "text/html"),)
