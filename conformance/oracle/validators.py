"""What a 304 stands for: the answer that carried the entity tag which the request sends back (RFC 9110, 15.4.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from conformance.exchange import Exchange, Response

_OK, _NOT_MODIFIED = 200, 304


class Validators:
    """The last entity tag that each actor was given for each target, and the answer that it came with."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], tuple[str, Response]] = {}
        self._not_modified: set[int] = set()

    def of(self, actor: str, target: str, blamed: Iterable[int]) -> str | None:
        """Return the entity tag to send back, or None where the last answer carried none.

        Args:
            blamed: the numbers of exchanges that a finding is about; a server that once answered 304 wrongly is not
                asked again, so that one wrong tag does not drown the rest.
        """
        if not self._not_modified.isdisjoint(blamed):
            return None
        given = self._given.get((actor, target))
        return given[0] if given else None

    def represented(self, exchange: Exchange) -> Exchange:
        """Remember the tag of a whole answer, and return a 304 as what it stands for: that nothing changed since then.

        A 304 to a tag that nobody saw stands for what is not known: it tells as little as a lost answer to a read.
        """
        request, response = exchange.request, exchange.response
        if request.method != "GET" or response is None:
            return exchange
        asked = request.actor, request.target
        if response.status == _OK:
            tag = response.header("etag")
            self._given.pop(asked, None)
            if tag is not None:
                self._given[asked] = tag, response
        sent_back = request.header("if-none-match")
        if response.status != _NOT_MODIFIED or (sent_back is None and request.header("if-modified-since") is None):
            return exchange
        self._not_modified.add(exchange.number)
        tag, represented = self._given.get(asked, (None, None))
        return replace(exchange, response=represented if tag == sent_back else None)
