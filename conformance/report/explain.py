"""The contract for people: one clause in full, or all of them, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from conformance.contract.clauses import Answer, Clause, Contract
from conformance.report.text import cut, plural, wrap

WIDTH = 80
HEADINGS = {  # of docs/contract.md, for the places as a source names them
    "contract, base": "Base URL",
    "contract 1": "1. The call",
    "contract 2": "2. Its neighbours",
    "contract 3": "3. Where the documentation is silent",
}
_LEVELS = {
    "must": "a page of the documentation states it",
    "should": "only an example shows it, or the contract says no more",
    "open": "the documentation is silent; each reading below conforms",
}
_EFFECTS = {
    "nothing": "changes nothing",
    "attaches": "attaches the operator",
    "creates": "makes an operator and attaches it",
    "attaches-owner": "attaches the operator that has the number",
    "any": "",
}


class UnknownClauseError(LookupError):
    """A name that no clause of the contract has; the message names those that are near."""


def explain(contract: Contract, clause_id: str, width: int = WIDTH) -> str:
    """Return one clause in full: what it says, where it stands, what conforms, what it needs.

    Raises:
        UnknownClauseError: the contract has no such clause.
    """
    clause = contract.clauses.get(clause_id.upper())
    if clause is None:
        near = get_close_matches(clause_id.upper(), contract.clauses, n=3)
        advice = f"did you mean {' or '.join(near)}?" if near else "explain without a clause lists them all"
        message = f"no clause {clause_id!r}; {advice}"
        raise UnknownClauseError(message)
    return "\n".join(_explained(contract, clause, width))


def explain_all(contract: Contract, width: int = WIDTH) -> str:
    """Return all clauses by family, one line each, cut to the width."""
    blocks = []
    for family in contract.families:
        clauses = [each for each in contract.clauses.values() if each.family == family]
        column = max(len(each.id) for each in clauses)
        lines = [f"  {each.id:<{column}}  {each.level:<6}  {each.title}" for each in clauses]
        heading = f"{family} ({plural(len(clauses), 'clause')})"
        blocks.append("\n".join([heading, *(cut(each, width) for each in lines)]))
    return "\n\n".join(blocks)


def _explained(contract: Contract, clause: Clause, width: int) -> Iterator[str]:
    yield f"{clause.id}   {clause.level}, family {clause.family}"
    yield from wrap(f"{clause.title}.", width, "  ")
    yield ""
    yield from wrap(f"{clause.level}: {_LEVELS[clause.level]}", width, "  level     ")
    yield from wrap(clause.source, width, "  source    ")
    for place, need in enumerate(clause.needs):
        yield from wrap(f"{need} ({contract.needs.get(need, '')})", width, f"  {'' if place else 'needs':<10}")
    for name, answers in clause.readings.items():
        yield from _reading(name, answers, width)
    if clause.edge:
        yield from wrap(f"{clause.edge} (a must)", width, "  violated  ")
    yield from wrap(f"docs/contract.md: {_headings(clause.source)}", width, "  page      ")


def _headings(source: str) -> str:
    for named, heading in HEADINGS.items():
        source = source.replace(named, heading)
    return source


def _reading(name: str, answers: Iterable[Answer], width: int) -> Iterator[str]:
    heading = f"  reading   {name}: " if name else "  conforms  "
    texts = list(dict.fromkeys(map(_answer, answers))) or ["no answer at all"]
    for place, text in enumerate(texts):
        yield from wrap(text, width, f"{'':<12}or " if place else heading, f"{'':<12}   ")


def _answer(answer: Answer) -> str:
    """Return `422 "operator_id or phone_number is required", changes nothing`."""
    codes = " or ".join(map(str, sorted(answer.status)))
    body = {"documented": f' "{answer.text}"', "messages": " with error or errors"}.get(answer.error, "")
    effect = _EFFECTS[answer.effect]
    return f"{codes}{body}" + (f", {effect}" if effect else "")
