"""The server over a socket: in a thread beside a suite, or as a program."""

import asyncio
import socket
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from conformance.mock.application import BACK_DOOR, Application
from conformance.mock.building import build
from conformance.mock.faults import FAULTS
from conformance.mock.variants import VARIANTS

BASE = "/api/v1/public"
KEY_VARIABLES = {
    "account": "IDENTITYCALL_API_KEY",
    "project": "IDENTITYCALL_PROJECT_API_KEY",
    "read_only": "IDENTITYCALL_READ_ONLY_API_KEY",
    "expired": "IDENTITYCALL_EXPIRED_API_KEY",
}
_START_SECONDS, _STOP_SECONDS = 10.0, 5.0


class MockServer:
    """The embedded server in a thread: a context manager with an address, keys and ids."""

    def __init__(
        self, variants: Sequence[str] = (), faults: Sequence[str] = (), host: str = "127.0.0.1", port: int = 0
    ) -> None:
        """Prepare a server; an unknown variant or fault is a ValueError."""
        self.variants, self.faults = tuple(variants), tuple(faults)
        self.application = build(self.variants, self.faults)
        self.host, self.port = host, port
        self.base_url = ""
        seed = self.application.seed
        self.keys = seed.keys
        self.virtual_numbers = seed.virtual_numbers
        self.foreign_virtual_number = seed.foreign_virtual_number
        self.other_account_virtual_number = seed.other_account_virtual_number
        self.other_account_operator = seed.other_account_operator
        self.phone_numbers = seed.phone_numbers
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def requests_received(self) -> int:
        """The HTTP requests that reached the server."""
        return self.application.requests_received

    def start(self) -> Self:
        """Bind a socket and serve it."""
        bound = bind(self.host, self.port)
        self.port = bound.getsockname()[1]
        self.base_url = f"http://{self.host}:{self.port}{BASE}"
        self._server = _Server(_configuration(self.application))
        self._thread = threading.Thread(target=self._server.run, args=([bound],), name="mock-server", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            message = f"the mock did not start on {self.host}:{self.port}"
            raise RuntimeError(message)
        return self

    def stop(self) -> None:
        """Close the socket and wait for the thread."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(_STOP_SECONDS)
        self._server = self._thread = None

    def snapshot(self) -> dict[str, Any]:
        """Return the account's state as plain data, without what moves by itself."""
        server, loop = self._server, self._server.loop if self._server else None
        if server is None or loop is None or not loop.is_running():
            return self.application.snapshot()
        return asyncio.run_coroutine_threadsafe(_of(self.application), loop).result(_STOP_SECONDS)

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


def serve(host: str, port: int, variants: Sequence[str] = (), faults: Sequence[str] = ()) -> int:
    """Serve in the foreground until interrupted, after a page that says how to use it.

    Return 0, or 4 where the address cannot be had.
    """
    application = build(tuple(variants), tuple(faults))
    try:
        bound = bind(host, port)
    except OSError as error:
        sys.stderr.write(f"cannot listen on {host}:{port}: {error.strerror}; choose another port\n")
        return 4
    sys.stdout.write(start_page(application, f"http://{host}:{bound.getsockname()[1]}{BASE}", variants, faults))
    sys.stdout.flush()
    try:
        _Server(_configuration(application)).run([bound])
    except KeyboardInterrupt:
        return 0
    return 0


def start_page(application: Application, base_url: str, variants: Sequence[str], faults: Sequence[str]) -> str:
    """Return what a user has to know of a server: address, keys, ids, and a line to try."""
    seed = application.seed
    options = [f"--virtual-number {number}" for number in seed.virtual_numbers]
    for name in ("foreign_virtual_number", "other_account_virtual_number", "other_account_operator"):
        value = getattr(seed, name)
        if value is not None:
            options.append(f"--{name.replace('_', '-')} {value}")
    options += [f"--phone-number {number}" for number in seed.phone_numbers[:4]]
    chosen = [f"  variant {name}: {VARIANTS[name].title}" for name in variants]
    chosen += [f"  fault {name}: {FAULTS[name].title}" for name in faults]
    lines = [
        "IdentityCall mock",
        "",
        f"  address  {base_url}",
        f"  state    {base_url.removesuffix(BASE)}{BACK_DOOR}",
        *chosen,
        "",
        "Keys:",
        "",
        *(f"  export {KEY_VARIABLES[actor]}={key}" for actor, key in seed.keys.items()),
        "",
        "Options of the suite:",
        "",
        f"  --target-url {base_url} \\",
        "  " + " \\\n  ".join(options),
        "",
        "To try:",
        "",
        f"  curl -X POST {base_url}/virtual_numbers/7/add_operator \\",
        f'    -H "Authorization: Bearer {seed.keys["account"]}" \\',
        f'    -H "Content-Type: application/json" -d \'{{"phone_number": "{_TRY_NUMBER}"}}\'',
        "",
        "Stop with Ctrl-C.",
        "",
    ]
    return "\n".join(lines)


def list_catalogue() -> str:
    """Return all variants and faults, a line each."""
    width = max(len(name) for name in (*VARIANTS, *FAULTS)) + 2
    lines = [f"Variants (they conform): {len(VARIANTS)}", ""]
    lines += [f"  {name:<{width}}{variant.title}" for name, variant in VARIANTS.items()]
    rare = sum(fault.rare for fault in FAULTS.values())
    lines += ["", f"Faults (each breaks the clause it names): {len(FAULTS)}, {rare} of them for thorough alone (*)", ""]
    lines += [
        f"  {name:<{width}}{fault.clause}: {fault.title}{' *' if fault.rare else ''}" for name, fault in FAULTS.items()
    ]
    return "\n".join(lines) + "\n"


def bind(host: str, port: int) -> socket.socket:
    """Return a bound socket."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


_TRY_NUMBER = "+12025550150"


class _Server(uvicorn.Server):
    """A uvicorn that says when it listens, and in which loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.ready.set()


async def _of(application: Application) -> dict[str, Any]:
    return application.snapshot()


def _configuration(application: Application) -> uvicorn.Config:
    class Counting(H11Protocol):
        """A protocol that counts the requests which HTTP itself refuses, too."""

        def send_400_response(self, msg: str) -> None:
            application.requests_received += 1
            super().send_400_response(msg)

    return uvicorn.Config(
        application,
        http=Counting,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=120,
        timeout_graceful_shutdown=1,
    )
