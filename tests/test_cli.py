"""The program: each sub-command, its exit codes, and errors of one line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.contract.clauses import load_contract
from tests.running import run

TRAFFIC = Path(__file__).parent / "traffic"
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Record a run as it is and one of a fault, with their reports."""
    folder = tmp_path_factory.mktemp("runs")
    for name, fault in (("good", []), ("bad", ["--mock-fault=neither-is-400"])):
        options = ("--record-mode=rewrite", "--conformance-profile=smoke")
        outcome = run(f"--cassettes={folder / name}", *options, *fault)
        (folder / f"{name}.json").write_text(json.dumps(outcome.report))
    return {path.name: path for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["nonsense"], "invalid choice"),
        (["judge"], "FILE"),
        (["judge", "x.har", "--clause=NO-SUCH"], "no such clause"),
        (["judge", "x.har", "--json=/dev/null/report.json"], "cannot be written"),
        (["judge", "nowhere.har"], "nowhere.har: no such file"),
        (["compare", "nowhere.json", "nowhere.json"], "nowhere.json: no such file"),
        (["restore", "nowhere.jsonl"], "nowhere.jsonl: no such file"),
        (["explain", "NOT-A-CLAUSE"], "no clause 'NOT-A-CLAUSE'"),
        (["mock", "--port", "seventy"], "'seventy' is no port"),
        (["mock", "--fault", "no-such-fault"], "no-such-fault"),
    ],
)
def test_usage_errors_are_one_line_and_exit_4(arguments: list[str], said: str, capsys: Captured) -> None:
    try:
        code = main(arguments)
    except SystemExit as end:
        code = int(str(end.code))
    printed = capsys.readouterr()
    assert code == 4
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_explain(capsys: Captured) -> None:
    assert main(["explain", "reattach-noop"]) == 0
    assert "changes nothing" in capsys.readouterr().out
    assert main(["explain"]) == 0
    listed = capsys.readouterr().out
    assert all(clause in listed for clause in load_contract().clauses)


def test_the_catalogue_of_the_mock(capsys: Captured) -> None:
    assert main(["mock", "--list"]) == 0
    assert "again-moves-to-the-end" in capsys.readouterr().out


def test_a_recording_is_judged(recorded: dict[str, Path], capsys: Captured) -> None:
    assert main(["judge", str(recorded["good"])]) == 0
    assert main(["judge", str(recorded["good"]), "--require-complete"]) == 1
    assert main(["judge", str(recorded["bad"] / "run.yaml")]) == 1
    assert "MISSING-BOTH" in capsys.readouterr().out


def test_what_is_known_to_fail_is_excused_in_a_recording_too(
    recorded: dict[str, Path], tmp_path: Path, capsys: Captured
) -> None:
    """As in a live run: excused while it fails, bad when it does so no longer."""
    known = tmp_path / "known.toml"
    known.write_text('[[known_failure]]\nclause = "MISSING-BOTH"\ncause = "old"\nlink = "none"\nuntil = 2099-01-01\n')
    assert main(["judge", str(recorded["bad"]), f"--known-failures={known}"]) == 0
    assert main(["judge", str(recorded["good"]), f"--known-failures={known}"]) == 1
    assert "MISSING-BOTH fails no longer" in capsys.readouterr().out


def test_a_part_of_the_contract_is_judged(recorded: dict[str, Path]) -> None:
    """A violation outside it does not count."""
    assert main(["judge", str(recorded["bad"]), "--clause=MISSING-BOTH"]) == 1
    assert main(["judge", str(recorded["bad"]), "--family=order"]) == 0


def test_some_stories_are_judged_by_themselves(recorded: dict[str, Path], capsys: Captured) -> None:
    files = [recorded["bad"] / "test_smoke" / f"{name}.yaml" for name in ("test_what_is_there", "test_what_is_refused")]
    assert main(["judge", *map(str, files)]) == 1
    assert "MISSING-BOTH" in capsys.readouterr().out


def test_a_broken_recording_is_a_harness_error(recorded: dict[str, Path], tmp_path: Path, capsys: Captured) -> None:
    copy = Path(shutil.copytree(recorded["good"], tmp_path / "copy"))
    next(copy.glob("test_*/*.yaml")).unlink()
    assert main(["judge", str(copy)]) == 2
    assert "the file is missing; record again" in capsys.readouterr().err


def test_reports_of_traffic(tmp_path: Path, capsys: Captured) -> None:
    paths = {name: tmp_path / f"report.{name}" for name in ("json", "html", "markdown")}
    options = [text for name, path in paths.items() for text in (f"--{name}", str(path))]
    assert main(["judge", str(TRAFFIC / "mitmproxy-faults.har"), "--virtual-number", "7", *options]) == 1
    report = json.loads(paths["json"].read_text())
    assert (report["verdict"], report["target"]["kind"], report["profile"]) == ("violates", "recording", None)
    assert all("REATTACH-NOOP" in path.read_text() for path in paths.values())
    assert "left aside: 2 requests" in capsys.readouterr().out


def test_traffic_that_cannot_be_read_is_a_harness_error(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "cut.har"
    path.write_text((TRAFFIC / "mitmproxy.har").read_text()[:5000])
    assert main(["judge", str(path)]) == 2
    assert "not JSON, or cut off" in capsys.readouterr().err


def test_what_got_worse(recorded: dict[str, Path], capsys: Captured) -> None:
    assert main(["compare", str(recorded["good.json"]), str(recorded["good"])]) == 0
    assert main(["compare", str(recorded["good"]), str(recorded["bad"])]) == 1
    assert "MISSING-BOTH" in capsys.readouterr().out
    assert main(["compare", str(recorded["bad.json"]), str(recorded["good.json"])]) == 0


def test_traffic_is_a_test_for_pytest(tmp_path: Path) -> None:
    report = f"--conformance-json={tmp_path / 'report.json'}"
    outcome = run(f"--traffic={TRAFFIC / 'mitmproxy-faults.har'}", "--virtual-number=7", report)
    assert outcome.code == 1
    assert "REATTACH-NOOP" in outcome.output
    assert json.loads((tmp_path / "report.json").read_text())["verdict"] == "violates"
    assert run("--traffic=nowhere.har").code == 4


def test_the_program_is_installed() -> None:
    done = subprocess.run([sys.executable, "-m", "conformance.cli", "--version"], capture_output=True, check=True)
    assert done.stdout.startswith(b"identitycall-conformance ")
