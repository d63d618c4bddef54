"""Before the first request: production, the plan, a dry run; and known failures at the end."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from conformance.actors import ACTORS
from conformance.exchange import Exchange, Request
from conformance.known_failures import read_known_failures
from conformance.mock.seed import token_of
from conformance.mock.server import MockServer
from conformance.report.verdicts import curl
from conformance.target.keys import Keyring
from conformance.target.production import is_production, most_operators, plan
from conformance.target.settings import Limits
from tests.kit import target_of
from tests.running import run
from tests.safety import play

ENTRY = '[[known_failure]]\nclause = "{}"\ncause = "moves"\nlink = "https://example.com/1"\nuntil = {}\n'


@pytest.mark.parametrize(
    "url",
    [
        "https://api.identitycall.ai/api/v1/public",
        "https://api.identitycall.com/api/v1/public",
        "https://API.IdentityCall.AI:443/api/v1/public",
        "http://api.identitycall.ai:8080/",
        "https://api.identitycall.ai./api",
        "https://api.identitycall.ai..:443/api",
        "https://api\u3002identitycall\uff0eai/api",
        "https://\uff41pi.identitycall.ai/api",
    ],
)
def test_production_is_known_however_it_is_written(url: str) -> None:
    """Ports, upper case, trailing dots, other dots."""
    assert is_production(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/api", "https://api.identitycall.ai.example.com/", "https://staging.example/"]
)
def test_other_hosts_are_not_production(url: str) -> None:
    """Only the host counts."""
    assert not is_production(url)


def test_production_is_refused_unless_allowed(tmp_path: Path) -> None:
    """A usage error in one line, before anything is sent; the plan may be looked at."""
    with MockServer() as server:
        refused = play(server, tmp_path, "--target-url=https://api.identitycall.ai:443/api/v1/public")
        assert refused.code == 4
        assert "is production: look at the plan with --dry-run, then add --allow-production" in refused.output
        shown = play(server, tmp_path, "--target-url=https://api.identitycall.ai/api", "--dry-run")
        assert (shown.code, server.requests_received) == (0, 0)
        assert "(production)" in shown.output


def test_a_dry_run_sends_nothing(tmp_path: Path) -> None:
    """It prints the plan: numbers, requests at worst, what is made and undone."""
    with MockServer() as server:
        outcome = play(server, tmp_path, "--dry-run")
        assert (outcome.code, server.requests_received) == (0, 0)
    for part in ("virtual number 7", "at most 60 requests"[:10], "undoes", "dry run: nothing was sent"):
        assert part in outcome.output
    assert not (tmp_path / "report.json").exists()


def test_the_plan_can_be_looked_at_before_there_is_a_key() -> None:
    """It says what is missing; without --dry-run that is a usage error."""
    arguments = ["--target-url=http://127.0.0.1:9/api", "--virtual-number=7"]
    shown, refused = run(*arguments, "--dry-run"), run(*arguments)
    assert (shown.code, refused.code) == (0, 4)
    assert "no account key yet: set IDENTITYCALL_API_KEY" in shown.output
    assert "no key: set IDENTITYCALL_API_KEY" in refused.output


def test_the_plan_holds_at_worst() -> None:
    """Every operator that can be made can be deleted within the budget."""
    target, limits = target_of(MockServer()), Limits(budget=60)
    assert 2 * most_operators(target, limits) < limits.budget
    assert "at most 60" in plan(target, limits)


def written(folder: Path, *texts: str) -> Path:
    """Write a file of known failures."""
    path = folder / "known.toml"
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ENTRY.format("REATTACH-NOPE", "2030-01-01"), "no clause REATTACH-NOPE"),
        (ENTRY.format("REATTACH-NOOP", '"soon"'), "until is no day"),
        (ENTRY.format("REATTACH-NOOP", "2030-01-01").replace("cause", "reason"), "missing or unknown"),
        (ENTRY.format("REATTACH-NOOP", "2030-01-01") * 2, "stands there twice"),
        ("known_failure = 3", "no list of entries"),
        ("[[", "not TOML"),
    ],
)
def test_files_that_make_no_sense(text: str, said: str, tmp_path: Path) -> None:
    """One line that says what to do."""
    with pytest.raises(ValueError, match=said):
        read_known_failures(written(tmp_path, text), {"REATTACH-NOOP"})


def test_known_failures_are_strict_both_ways(tmp_path: Path) -> None:
    """What fails is excused until its last day; what no longer fails is stale, what was not exercised is not."""
    path = written(tmp_path, ENTRY.format("REATTACH-NOOP", "2030-01-31"))
    known = read_known_failures(path, {"REATTACH-NOOP"}, date(2030, 1, 31))
    assert list(known.causes) == ["REATTACH-NOOP"]
    assert known.stale({"REATTACH-NOOP": "violated"}) == known.stale({"REATTACH-NOOP": "not_exercised"}) == []
    assert known.stale({"REATTACH-NOOP": "conforms"}) == ["REATTACH-NOOP"]
    later = read_known_failures(path, {"REATTACH-NOOP"}, date(2030, 2, 1))
    assert (list(later.causes), len(list(later.lines({"REATTACH-NOOP": "violated"})))) == ([], 1)


@pytest.mark.parametrize(
    ("faults", "until", "clause", "code"),
    [
        (("again-moves-to-the-end",), "2099-01-01", "REATTACH-NOOP", 0),
        (("again-moves-to-the-end",), "2020-01-01", "REATTACH-NOOP", 1),
        ((), "2099-01-01", "REATTACH-NOOP", 1),
        ((), "2099-01-01", "PATH-ID-SPELLED", 0),
        ((), "2099-01-01", "NO-SUCH-CLAUSE", 4),
    ],
)
def test_the_gate_with_known_failures(
    faults: tuple[str, ...], until: str, clause: str, code: int, tmp_path: Path
) -> None:
    """Excused, past its day, stale, not exercised, unknown."""
    path = written(tmp_path, ENTRY.format(clause, until))
    with MockServer(faults=faults) as server:
        assert play(server, tmp_path, f"--known-failures={path}").code == code


@pytest.mark.parametrize(
    ("target", "body", "shown"),
    [
        (
            "/virtual_numbers/7?x=$(rm -rf ~)`id`",
            b"{}",
            "\"$IDENTITYCALL_BASE_URL\"'/virtual_numbers/7?x=$(rm -rf ~)`id`'",
        ),
        ("/virtual_numbers/7", b'{"name": "O\'Neil"}', '\'{"name": "O\'"\'"\'Neil"}\''),
        ("/virtual_numbers/7", b"a\x00b\x1b'\\\n", "$'a\\x00b\\x1b\\x27\\x5c\\x0a'"),
        ("/virtual_numbers/7", b"\xff", "$'\\xff'"),
    ],
)
def test_a_curl_line_can_be_pasted(target: str, body: bytes, shown: str) -> None:
    """Nothing in it is run by the shell, and the body arrives byte for byte."""
    assert shown in curl(Exchange(1, Request("account", "POST", target, (), body), None))


def test_a_curl_line_stays_short_and_says_so() -> None:
    """A header of 9,000 letters is cut, as a long body is, and the end of the line says how long it was."""
    line = curl(Exchange(1, Request("account", "GET", "/operators", (("x-padding", "a" * 9000),), None), None))
    assert len(line) < 1000
    assert line.endswith("# cut: 9011 bytes in all")


@pytest.mark.parametrize("actor", [name for name, each in ACTORS.items() if each.header_in_a_shell])
def test_a_curl_line_speaks_with_the_key_that_was_spoken_with(actor: str) -> None:
    """The shell makes the header of the account's key as the client does; of a key that nobody has, another like it."""
    keys = {each.variable: token_of(name) for name, each in ACTORS.items() if each.variable}
    header = ACTORS[actor].header_in_a_shell
    command = ["/bin/sh", "-c", f"printf %s {header}"]
    made = subprocess.run(command, env=keys, capture_output=True, text=True, check=True)
    sent = Keyring.from_environment(keys).authorization(actor) or ""
    if actor in {"unknown", "never_issued"}:
        assert (len(made.stdout), made.stdout[:19]) == (len(f"Authorization: {sent}"), "Authorization: Bear")
        assert made.stdout.split()[-1] not in keys.values()
    else:
        assert made.stdout == f"Authorization: {sent}"
