"""Other people for the people in a recording, one to one, so that the oracle judges the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

import phonenumbers

from conformance.exchange import Exchange, Headers
from conformance.oracle.world import World
from conformance.recording.people import EMAIL, PHONE, People, people_of
from conformance.recording.recording import Recording
from conformance.recording.words import other_words, renamed, words_of

_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?')  # with its colon where it is a member's name
_DIGITS = re.compile(r"[0-9]")
_QUERY_VALUE = re.compile(r"(?<==)[^&]*")
_FEWEST_DIGITS = 7  # of a national number that is told apart from other digits
_TWO_WORDS = 2


def pseudonymised(recording: Recording, world: World) -> Recording:
    """Return a recording in which names, phone numbers and addresses that the run did not make are others.

    Args:
        world: what the judge knew at the end of the run.
    """
    vouched = recording.about.setting.get("accepted_phone_numbers", ())
    conversation = recording.conversation
    mask = Mask.of(people_of(conversation, world, vouched))
    setting = {**recording.about.setting, "accepted_phone_numbers": [mask.phone(each) for each in vouched]}
    about = replace(
        recording.about,
        setting=setting,
        pseudonymised=True,
        harness_errors=tuple((test, mask.text(message)) for test, message in recording.about.harness_errors),
        not_restored=tuple(map(mask.text, recording.about.not_restored)),
    )
    stories = tuple(
        replace(story, exchanges=tuple(map(mask.exchange, story.exchanges)), skipped=mask.text(story.skipped))
        for story in recording.stories
    )
    return Recording(about, stories, tuple(map(mask.exchange, recording.ending)))


@dataclass(slots=True)
class Mask:
    """Puts other values in place of people's, wherever they stand.

    Args:
        whole: a value -> another one, for names, addresses and texts.
        digits: the digits of a phone number -> others, as many.
        made_phones: phone numbers that stay as they are.
    """

    whole: dict[str, str] = field(default_factory=dict)
    digits: dict[str, str] = field(default_factory=dict)
    made_phones: frozenset[str] = frozenset()
    made_emails: frozenset[str] = frozenset()
    _in_texts: re.Pattern[str] | None = None

    @classmethod
    def of(cls, people: People) -> Mask:
        """Choose other values for people's."""
        words = other_words(
            {word for name in people.names for word in words_of(name)} - {"Operator"},
            {word for name in people.made_names for word in words_of(name)} | {"Operator"},
        )
        whole = {name: renamed(name, words) for name in sorted(people.names)}
        whole |= {email: f"person{place}@example.com" for place, email in enumerate(sorted(people.emails), 1)}
        whole |= {text: f"Summary {place}." for place, text in enumerate(sorted(people.texts), 1)}
        mask = cls(
            whole, {}, frozenset(people.made_phones - people.phones), frozenset(people.made_emails - people.emails)
        )
        for phone in sorted(people.phones):
            mask.phone(phone)
            whole.pop(phone, None)
        long = sorted((each for each in whole if len(each.split()) >= _TWO_WORDS), key=len, reverse=True)
        mask._in_texts = re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in long)) if long else None
        return mask

    # ------------------------------------------------------------------ one value
    def phone(self, phone: str) -> str:
        """Return the other number for a phone number: as many digits, spelled alike, and nobody's."""
        digits = "".join(_DIGITS.findall(phone))
        if not digits or phone in self.made_phones:
            return phone
        if digits not in self.digits:
            self.digits[digits] = self._nobodys(digits)
        return _respelled(phone, self.digits[digits])

    def _nobodys(self, digits: str) -> str:
        """Keep the country; no country has national numbers that begin with so many noughts."""
        kept, place = _country_digits(digits), len(self.digits) + 1
        taken = {*self.digits, *self.digits.values(), *("".join(_DIGITS.findall(each)) for each in self.made_phones)}
        while True:
            other = digits[:kept] + str(place).rjust(len(digits) - kept, "0")
            if other not in taken:
                return other
            place += 1

    def value(self, text: str) -> str:
        """Return the other value for a whole value."""
        if text in self.whole:
            return self.whole[text]
        digits = "".join(_DIGITS.findall(text))
        if len(digits) >= _FEWEST_DIGITS and text not in self.made_phones:
            if digits in self.digits:
                return _respelled(text, self.digits[digits])
            whole = next((each for each in self.digits if each.endswith(digits) and len(each) - len(digits) <= 3), None)  # noqa: PLR2004 - a national number, its country code gone
            if whole is not None:
                return _respelled(text, self.digits[whole][-len(digits) :])
        return self.text(text)

    def text(self, text: str) -> str:
        """Return a text with people's values in it replaced."""
        if self._in_texts is not None:
            text = self._in_texts.sub(lambda found: self.whole[found[0]], text)
        text = PHONE.sub(lambda found: self.phone(found[0]), text)
        return EMAIL.sub(lambda found: self._email(found[0]), text)

    def _email(self, email: str) -> str:
        if email in self.made_emails or email.endswith("@example.com"):
            return email
        return self.whole.setdefault(email, f"person{len(self.whole) + 1000}@example.com")

    # ------------------------------------------------------------------ an exchange
    def exchange(self, exchange: Exchange) -> Exchange:
        """Return an exchange with people's values in it replaced."""
        request, response = exchange.request, exchange.response
        asked = replace(
            request,
            target=_QUERY_VALUE.sub(lambda found: self._quoted(found[0]), request.target),
            headers=self._headers(request.headers),
            body=None if request.body is None else self._body(request.body),
        )
        answered = None
        if response is not None:
            answered = replace(response, headers=self._headers(response.headers), body=self._body(response.body))
        return replace(exchange, request=asked, response=answered)

    def _quoted(self, value: str) -> str:
        plain = unquote(value.replace("+", "%20"))
        other = self.value(plain)
        return value if other == plain else quote(other, safe="")

    def _headers(self, headers: Headers) -> Headers:
        return tuple((name, self.text(value)) for name, value in headers)

    def _body(self, raw: bytes) -> bytes:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return self.text(raw.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
            return self.text(text).encode()
        return _LITERAL.sub(self._literal, text).encode("utf-8", "surrogatepass")

    def _literal(self, found: re.Match[str]) -> str:
        if found[1]:
            return found[0]
        try:
            plain = json.loads(found[0], strict=False)
        except ValueError:
            return found[0]
        new = self.value(plain)
        return found[0] if new == plain else json.dumps(new, ensure_ascii="\\u" in found[0])


def _country_digits(digits: str) -> int:
    """Return how many of the first digits are a country code."""
    try:
        return len(str(phonenumbers.parse(f"+{digits}").country_code))
    except phonenumbers.NumberParseException:
        return 1


def _respelled(text: str, digits: Iterable[str]) -> str:
    """Return a text with other digits in the places of its own."""
    left = iter(digits)
    return _DIGITS.sub(lambda _: next(left, "0"), text)
