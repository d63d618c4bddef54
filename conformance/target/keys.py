"""Keys: read from the environment, kept where no repr, log or traceback shows them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping

from conformance.actors import ACTORS

_PREFIX = "idc_"
_TAIL, _LONG_ENOUGH = 12, 24
_NOBODYS = "idc_" + hashlib.sha256(b"a key that nobody has").hexdigest()[:32]
# Headers that are no key's, made of the account's key: a server that looks at part of it takes them for the account's.
_ALTERED: Mapping[str, Callable[[str], str]] = {
    "malformed": lambda key: f"Bearer {key}x",
    "not_ascii": lambda key: f"Bearer {key}é",
    "without_key": lambda _key: "Bearer",
    "cut_short": lambda key: f"Bearer {key[:-1]}",
    "without_scheme": lambda key: key,
    "other_scheme": lambda key: f"Token {key}",
    "without_space": lambda key: f"Bearer{key}",
    "without_prefix": lambda key: f"Bearer {key.removeprefix(_PREFIX)}",
    "unknown": lambda key: f"Bearer {key[:-_TAIL]}" + "".join("b" if each == "a" else "a" for each in key[-_TAIL:]),
    "other_case": lambda key: "Bearer " + _PREFIX + _in_other_case(key.removeprefix(_PREFIX)),
    "never_issued": lambda _key: f"Bearer {_NOBODYS}",
}


def _in_other_case(letters: str) -> str:
    swapped = letters.swapcase()
    return swapped if swapped != letters else letters[::-1]


_ANY_KEY = re.compile(r"idc_[A-Za-z0-9_-]+", re.IGNORECASE)
_ANY_KEY_BYTES = re.compile(rb"idc_[A-Za-z0-9_-]+", re.IGNORECASE)
_SHORTEST_TO_LOOK_FOR = 8
_FEWEST_DIFFERENT = 5  # of as many characters of a key: "00000000" may stand in any phone number


class Keyring:
    """The keys by actor. Its repr names the actors only.

    Args:
        keys: actor -> key, for the actors whose keys a user gives.
    """

    __slots__ = ("__keys", "__patterns")

    def __init__(self, keys: Mapping[str, str]) -> None:
        self.__keys = {actor: key.strip() for actor, key in keys.items() if key.strip()}
        self.__patterns = [pattern for actor, key in self.__keys.items() for pattern in _patterns(actor, key)]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Keyring:
        """Read the variables that design names, one for each actor."""
        return cls(
            {
                actor.name: environment[actor.variable]
                for actor in ACTORS.values()
                if actor.variable and environment.get(actor.variable)
            }
        )

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self.actors)})"

    def __reduce__(self) -> tuple[object, ...]:
        message = "keys are not to be pickled"
        raise TypeError(message)

    @property
    def actors(self) -> tuple[str, ...]:
        """Return the actors that a key was given for."""
        return tuple(self.__keys)

    def can_speak(self, actor: str) -> bool:
        """Tell whether requests can be sent as an actor: its key was given, or it needs none."""
        known = ACTORS.get(actor)
        if known is None:
            return False
        return actor in self.__keys or known.variable is None

    def authorization(self, actor: str) -> str | None:
        """Return the Authorization header of an actor; None for one that has none.

        Raises:
            KeyError: no key was given for the actor.
        """
        if actor == "anonymous":
            return None
        if actor in _ALTERED:
            key = self.__keys.get("account", "")
            return _ALTERED[actor](key if key.startswith(_PREFIX) and len(key) >= _LONG_ENOUGH else _NOBODYS)
        scheme = "bearer" if actor == "lower_case_scheme" else "Bearer"
        return f"{scheme} {self.__keys['account' if actor == 'lower_case_scheme' else actor]}"

    def redact(self, text: str) -> str:
        """Return a text with every key in it, whole or in part, in any case, replaced by its actor's name.

        Whatever else has the form of a key is taken out too.
        """
        lowered = text.lower()
        for actor, pattern, part in self.__patterns:
            if part not in lowered:
                continue
            text = re.sub(pattern, f"<key of {actor}>", text, flags=re.IGNORECASE)
        return _ANY_KEY.sub("<a key>", text) if _PREFIX in lowered else text

    def redact_bytes(self, raw: bytes) -> bytes:
        """Return bytes with every key in them replaced as in `redact`."""
        lowered = raw.lower()
        for actor, pattern, part in self.__patterns:
            if part.encode() not in lowered:
                continue
            raw = re.sub(pattern.encode(), f"<key of {actor}>".encode(), raw, flags=re.IGNORECASE)
        return _ANY_KEY_BYTES.sub(b"<a key>", raw) if _PREFIX.encode() in lowered else raw


def _patterns(actor: str, key: str) -> Iterator[tuple[str, str, str]]:
    """Yield (actor, pattern, what to look for) for a key, its secret part with the prefix where that is, and its parts.

    Half a key that a server echoes, as of an altered one, is found by eight characters of it, and what else is of the
    key around them goes too.
    """
    secret = key.removeprefix(_PREFIX)
    if len(secret) < _SHORTEST_TO_LOOK_FOR:
        yield actor, re.escape(key), key.lower()
        return
    yield actor, f"(?:{_PREFIX})?{re.escape(secret)}", secret.lower()
    for start in range(0, len(secret) - _SHORTEST_TO_LOOK_FOR + 1, _SHORTEST_TO_LOOK_FOR):
        end = start + _SHORTEST_TO_LOOK_FOR
        part = secret[start:end].lower()
        if len(set(part)) >= _FEWEST_DIFFERENT and not part.isdigit():
            around = _optional(secret[:start]), _optional(secret[end:][::-1], before=False)
            yield actor, f"(?:{_PREFIX})?{around[0]}{re.escape(part)}{around[1]}", part


def _optional(characters: str, *, before: bool = True) -> str:
    """Return a pattern of what stands next to a part, as much of it as there is: the last character is the nearest."""
    pattern = ""
    for each in map(re.escape, characters):
        pattern = f"(?:{pattern}{each})?" if before else f"(?:{each}{pattern})?"
    return pattern
