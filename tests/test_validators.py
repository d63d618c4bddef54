"""A 304 is judged as what it stands for: the answer that carried the entity tag (RFC 9110, 15.4.5)."""

from __future__ import annotations

from conformance.exchange import Exchange, Request, Response
from conformance.oracle.validators import Validators

PAGE = Response(200, (("etag", '"a"'),), b"{}")


def _read(number: int, response: Response, *sent: tuple[str, str], actor: str = "account") -> Exchange:
    return Exchange(number, Request(actor, "GET", "/virtual_numbers/7", sent), response)


def test_a_304_stands_for_the_answer_with_its_tag() -> None:
    """The body that the server did not send again is the one that it vouches for."""
    validators = Validators()
    validators.represented(_read(1, PAGE))
    assert validators.of("account", "/virtual_numbers/7", ()) == '"a"'
    again = validators.represented(_read(2, Response(304), ("if-none-match", '"a"')))
    assert again.response is PAGE


def test_a_304_to_a_tag_that_nobody_saw_tells_nothing() -> None:
    """As in a recording that began in the middle, or with another key's tag."""
    validators = Validators()
    validators.represented(_read(1, PAGE))
    assert validators.represented(_read(2, Response(304), ("if-none-match", '"b"'))).response is None
    assert validators.represented(_read(3, Response(304), ("if-none-match", '"a"'), actor="project")).response is None


def test_a_304_that_was_not_asked_for_is_judged_as_it_is() -> None:
    """It comes only where a validator was sent (contract 3, how an answer travels)."""
    validators = Validators()
    validators.represented(_read(1, PAGE))
    plain = _read(2, Response(304))
    assert validators.represented(plain) is plain


def test_a_server_whose_304_was_wrong_is_not_asked_again() -> None:
    """One wrong tag does not drown the rest."""
    validators = Validators()
    validators.represented(_read(1, PAGE))
    validators.represented(_read(2, Response(304), ("if-none-match", '"a"')))
    assert validators.of("account", "/virtual_numbers/7", (1,)) == '"a"'
    assert validators.of("account", "/virtual_numbers/7", (2,)) is None


def test_a_tag_is_forgotten_with_an_answer_that_has_none() -> None:
    """The last answer decides."""
    validators = Validators()
    validators.represented(_read(1, PAGE))
    validators.represented(_read(2, Response(200, (), b"{}")))
    assert validators.of("account", "/virtual_numbers/7", ()) is None
