"""The journal: before each write, what would undo it is on disk. It never holds a key."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TextIO

from conformance.exchange import Exchange, Request
from conformance.oracle import calls
from conformance.oracle.answers import read_answer
from conformance.oracle.bodies import read_body
from conformance.oracle.calls import read_call


class Journal:
    """Writes one JSON line for each thing to know, flushed and synced before the write it is about.

    Args:
        path: where to write, or None to write nothing (the embedded mock, whose account ends with the run).
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._file: TextIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")

    def begin(self, **facts: Any) -> None:
        """Write what a later restore has to know: target, numbers, and how each one was found."""
        self._write({"event": "begin", **facts})

    def before(self, request: Request) -> None:
        """Write what a request may change."""
        call = read_call(request)
        if self._file is None or request.method in {"GET", "HEAD", "OPTIONS"} or call.operation in calls.READS:
            return
        body = read_body(request)
        fields = {name: body.fields[name] for name in ("operator_id", "phone_number", "name") if name in body.fields}
        self._write({"event": "write", "call": call.operation, "actor": request.actor, "target": request.target, **fields})

    def after(self, exchange: Exchange) -> None:
        """Write whom an answered write made."""
        call = read_call(exchange.request)
        if self._file is None or exchange.response is None or call.operation not in {calls.ADD, calls.CREATE_OPERATOR}:
            return
        answered = read_answer(exchange.response, is_detail=call.operation == calls.ADD)
        phone = read_body(exchange.request).fields.get("phone_number")
        made = [
            each["id"]
            for each in (answered.detail.operators.values() if answered.detail else [answered.data])
            if isinstance(each, dict) and phone is not None and each.get("phone_number") == phone and "id" in each
        ]
        if made:
            self._write({"event": "made", "operators": made})

    def end(self, *, restored: bool) -> None:
        """Write that the run put everything back, or not, and close."""
        self._write({"event": "end", "restored": restored})
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is None:
            return
        self._file.write(json.dumps(line, default=str) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
