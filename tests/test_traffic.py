"""Traffic from elsewhere: HAR files of mitmproxy and Schemathesis, a browser's, vcrpy's cassettes.

The HAR files in tests/traffic were written by mitmproxy 12 and Schemathesis 4.32 in front of the mock, as it is and
with the faults again-moves-to-the-end and neither-is-400; only the keys in them were replaced.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import vcr

from conformance.mock.server import MockServer
from conformance.oracle.world import Setting
from conformance.recording.errors import RecordingError
from conformance.recording.traffic import TrafficRun, read_traffic

TRAFFIC = Path(__file__).parent / "traffic"
KEY = "idc_AccountAccountAccountAccountAcco"
SEVEN = Setting(frozenset({7}))


def judged(path: Path, setting: Setting | None = None, **keys: str) -> TrafficRun:
    return TrafficRun(read_traffic([path], setting, {key: actor for actor, key in keys.items()}))


def violated(run: TrafficRun) -> set[str]:
    return {each["id"] for each in run.report()["clauses"] if each["verdict"] == "violated"}


# ---------------------------------------------------------------------- programs that are not ours
@pytest.mark.parametrize("name", ["mitmproxy.har", "schemathesis.har"])
@pytest.mark.parametrize("setting", [None, SEVEN])
def test_a_good_server_is_not_blamed(name: str, setting: Setting | None) -> None:
    run = judged(TRAFFIC / name, setting)
    assert violated(run) == set()
    assert run.report()["verdict"] == "incomplete"
    assert run.judge.exercised["PAYLOAD-SHAPE"] > 3


@pytest.mark.parametrize(
    ("name", "setting", "clauses"),
    [
        ("mitmproxy-faults.har", None, {"MISSING-BOTH"}),
        ("mitmproxy-faults.har", SEVEN, {"MISSING-BOTH", "REATTACH-NOOP"}),
        ("schemathesis-faults.har", SEVEN, {"REATTACH-NOOP"}),
    ],
)
def test_a_faulty_server_is(name: str, setting: Setting | None, clauses: set[str]) -> None:
    run = judged(TRAFFIC / name, setting)
    assert violated(run) == clauses
    assert run.report()["verdict"] == "violates"


def test_what_was_judged_and_what_was_left_aside_is_counted() -> None:
    remarks = judged(TRAFFIC / "mitmproxy.har").remarks()
    assert remarks[0].startswith("judged: 16 requests below http://127.0.0.1:")
    assert remarks[1] == "left aside: 2 requests that the contract says nothing of"
    assert "no --virtual-number" in remarks[2]


def test_who_spoke_is_found_by_the_answers() -> None:
    traffic = read_traffic([TRAFFIC / "mitmproxy.har"])
    assert set(traffic.actors) == {"account", "anonymous", "unknown", "read_only", "project"}


def test_no_key_stays_in_what_is_judged() -> None:
    for path in TRAFFIC.glob("*.har"):
        run = judged(path, SEVEN)
        assert "idc_" not in json.dumps(run.report())
        assert "idc_" not in repr(run.traffic.conversation)


# ---------------------------------------------------------------------- a browser's, and what files lack
def rewritten(tmp_path: Path, change: Callable[[dict[str, Any]], None], name: str = "mitmproxy.har") -> Path:
    document = json.loads((TRAFFIC / name).read_text())
    for entry in document["log"]["entries"]:
        change(entry)
    path = tmp_path / "changed.har"
    path.write_text(json.dumps(document))
    return path


def without_authorization(entry: dict[str, Any]) -> None:
    headers = entry["request"]["headers"]
    entry["request"]["headers"] = [each for each in headers if each["name"].lower() != "authorization"]


def test_a_browser_leaves_the_key_out(tmp_path: Path) -> None:
    run = judged(rewritten(tmp_path, without_authorization))
    assert violated(run) == set()
    assert "browsers leave it out" in "\n".join(run.remarks())


def test_answers_without_their_bodies_are_not_judged(tmp_path: Path) -> None:
    path = rewritten(tmp_path, lambda entry: entry["response"]["content"].pop("text", None))
    run = judged(path, SEVEN)
    assert run.traffic.without_answer == 16
    assert run.judge.findings == []


def test_a_key_made_alike_by_a_program_is_told_apart_by_its_answers(tmp_path: Path) -> None:
    def redact(entry: dict[str, Any]) -> None:
        for header in entry["request"]["headers"]:
            if header["name"].lower() == "authorization":
                header["value"] = "REDACTED"

    assert violated(judged(rewritten(tmp_path, redact))) == set()


def test_other_people_may_have_changed_a_list(tmp_path: Path) -> None:
    """Between two requests somebody else attached 40: no alarm, unless the user says that nobody did."""

    def somebody_came(entry: dict[str, Any]) -> None:
        content, body = entry["response"]["content"], entry["request"].get("postData", {}).get("text", "")
        if body.replace(" ", "") == '{"operator_id":12}':
            data = json.loads(content["text"])
            data["data"]["operators"].append(
                {"id": 40, "name": "New Comer", "phone_number": "+12025550177", "initials": "NC", "priority": 9}
            )
            content["text"] = json.dumps(data)

    path = rewritten(tmp_path, somebody_came)
    assert violated(judged(path)) == set()
    assert violated(judged(path, SEVEN)) != set()


def test_a_user_can_say_whose_a_key_is() -> None:
    traffic = read_traffic([TRAFFIC / "mitmproxy.har"], SEVEN, {KEY: "project"})
    assert traffic.conversation[0].request.actor == "project"


# ---------------------------------------------------------------------- vcrpy's own cassettes
@pytest.mark.parametrize(("faults", "clauses"), [([], set()), (["again-moves-to-the-front"], {"REATTACH-NOOP"})])
def test_a_cassette_that_vcrpy_recorded(tmp_path: Path, faults: list[str], clauses: set[str]) -> None:
    path = tmp_path / "theirs.yaml"
    with MockServer((), faults) as server, vcr.VCR().use_cassette(str(path)), httpx.Client() as client:
        headers = {"Authorization": f"Bearer {server.keys['account']}"}
        client.get(f"{server.base_url}/virtual_numbers/7", headers=headers)
        for operator in (31, 22, 31):
            body = {"operator_id": operator}
            client.post(f"{server.base_url}/virtual_numbers/7/add_operator", json=body, headers=headers)
        client.get(f"{server.base_url}/virtual_numbers/7", headers=headers)
    assert violated(judged(path, SEVEN)) == clauses


# ---------------------------------------------------------------------- files that cannot be judged
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not JSON, or cut off"),
        ("a: [", "not YAML"),
        ("[]", "neither a VCR cassette nor a HAR file"),
        ('{"log": {}}', "no list of entries"),
        ('{"log": {"entries": [{}]}}', "interaction 1: it is not of its format"),
        ('{"log": {"entries": []}}', "none of its 0 requests is to a documented path"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "traffic.har"
    path.write_text(text)
    with pytest.raises(RecordingError, match=r"traffic\.har") as error:
        read_traffic([path])
    assert what in str(error.value)
    assert "\n" not in str(error.value)
