"""The embedded server over a socket: its interface, races of real clients, and the program."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from conformance.mock.server import KEY_VARIABLES, MockServer, serve

ADD = "/virtual_numbers/7/add_operator"


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


def client_of(server: MockServer, actor: str = "account") -> httpx.Client:
    return httpx.Client(
        base_url=server.base_url,
        headers={"Authorization": f"Bearer {server.keys[actor]}"},
        transport=httpx.HTTPTransport(),
    )


def test_what_a_suite_is_told(server: MockServer) -> None:
    assert server.base_url.endswith("/api/v1/public")
    assert set(server.keys) == set(KEY_VARIABLES)
    assert all(len(key) == 36 and key.startswith("idc_") for key in server.keys.values())
    assert server.virtual_numbers == (7, 15, 9)
    assert server.keys == MockServer().keys
    assert server.phone_numbers[0] == "+12025550150"


def test_bare_and_picky_tell_less() -> None:
    bare, picky = MockServer(["bare"]), MockServer(["picky"])
    assert (set(bare.keys), bare.virtual_numbers, bare.foreign_virtual_number) == ({"account"}, (7,), None)
    assert picky.phone_numbers == ()


def test_requests_are_counted_and_the_back_door_is_not(server: MockServer) -> None:
    with client_of(server) as client:
        before = server.snapshot()
        client.post(ADD, json={"operator_id": 31})
        state = client.get(server.base_url.replace("/api/v1/public", "/__mock__/state")).json()
    assert server.requests_received == state.pop("requests_received") == 1
    assert state == server.snapshot() != before


def test_a_thousand_requests_need_one_connection_and_little_time(server: MockServer) -> None:
    started = time.monotonic()
    with client_of(server) as client:
        assert all(client.get("/virtual_numbers/15").status_code == 200 for _ in range(200))
    assert server.requests_received == 200
    assert time.monotonic() - started < 5


def test_stopping_is_prompt(server: MockServer) -> None:
    with client_of(server) as client:
        client.get("/virtual_numbers")
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 1.5
        assert server.snapshot()["numbers"]


@pytest.mark.parametrize("variant", [(), ("wire",)])
def test_attachments_at_once_all_stand(variant: tuple[str, ...]) -> None:
    operators = [31, 5, 8, 25, 17, 31]
    barrier = threading.Barrier(len(operators))
    with MockServer(variant) as server, client_of(server) as client:

        def attach(operator_id: int) -> int:
            barrier.wait()
            answer = client.post(ADD, json={"operator_id": operator_id})
            if answer.status_code == 503:
                time.sleep(int(answer.headers["retry-after"]))
                answer = client.post(ADD, json={"operator_id": operator_id})
            return answer.status_code

        with ThreadPoolExecutor(len(operators)) as pool:
            assert set(pool.map(attach, operators)) == {200}
        held = client.get("/virtual_numbers/7").json()["data"]["operators"]
    assert {operator["id"] for operator in held} == {12, 22, *operators}
    assert [operator["priority"] for operator in held] == list(range(7))


def test_a_lost_attachment_shows_over_the_socket() -> None:
    with MockServer(faults=["attachment-lost"]) as server, client_of(server) as client:
        barrier = threading.Barrier(3)

        def attach(operator_id: int) -> None:
            barrier.wait()
            client.post(ADD, json={"operator_id": operator_id})

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(attach, [31, 5, 8]))
        assert len(client.get("/virtual_numbers/7").json()["data"]["operators"]) < 5


def test_a_connection_is_dropped_on_one_input_only() -> None:
    with MockServer(faults=["nul-drops-the-connection"]) as server, client_of(server) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(ADD, json={"name": "a\0b"})
        assert client.post(ADD, json={"operator_id": 31}).status_code == 200


def test_reads_that_lag_catch_up() -> None:
    with MockServer(["lagging"]) as server, client_of(server) as client:
        client.get("/virtual_numbers/7")
        time.sleep(0.4)
        shown = client.post(ADD, json={"operator_id": 31}).json()
        assert client.get("/virtual_numbers/7").json() != shown
        time.sleep(0.5)
        assert client.get("/virtual_numbers/7").json() == shown


def test_wire_and_gzip() -> None:
    with MockServer(["wire"]) as server, client_of(server) as client:
        answer = client.get("/virtual_numbers/7")
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["connection"] == "close"
        assert answer.json()["data"]["id"] == 7


def test_an_address_that_is_taken_is_told(server: MockServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert serve("127.0.0.1", server.port) == 4
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_the_program_says_how_to_use_it() -> None:
    call = "serve('127.0.0.1', 0, ['strict'], ['phone-wins'])"
    code = f"import sys; from conformance.mock.server import serve; sys.exit({call})"
    root = Path(__file__).parents[1]
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as program:
        if program.stdout is None:
            pytest.fail("no output")
        lines = []
        for line in program.stdout:
            lines.append(line.rstrip())
            if line.startswith("Stop with"):
                break
        page = "\n".join(lines)
        address = next(line.split()[1] for line in lines if line.strip().startswith("address"))
        key = next(line.partition("=")[2] for line in lines if "export IDENTITYCALL_API_KEY" in line)
        answer = httpx.get(f"{address}/virtual_numbers/7", headers={"Authorization": f"Bearer {key}"}, trust_env=False)
        program.send_signal(signal.SIGINT)
        assert program.wait(5) == 0
    assert answer.status_code == 200
    for part in (
        *KEY_VARIABLES.values(),
        "--virtual-number 7 ",
        "--foreign-virtual-number 9",
        "curl -X POST",
        "strict",
        "phone-wins",
    ):
        assert part in page
