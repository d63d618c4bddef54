"""Before the first request: whether the target is IdentityCall itself, and the plan of what a run will do there."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote, urlsplit

import httpx

from conformance.target.settings import Limits, Target

PRODUCTION_HOSTS = frozenset({"api.identitycall.ai", "api.identitycall.com"})
_SPARE = 5
_MINUTE = 60


def is_production(url: str) -> bool:
    """Tell whether a base URL is IdentityCall's own address, however it is written."""
    return _host(url) in PRODUCTION_HOSTS


def _host(url: str) -> str:
    """Return the host as a connection would be made to it: in lower case, without a dot at its end."""
    try:
        host = httpx.URL(url).host
    except (httpx.InvalidURL, ValueError):
        host = urlsplit(url).hostname or ""
    host = unicodedata.normalize("NFKC", unquote(host)).replace("\u3002", ".")
    return host.casefold().rstrip(".")


def most_operators(target: Target, limits: Limits) -> int:
    """Return how many operators a run can make at worst: each one has to be deleted within the budget."""
    return max(0, (limits.budget - _SPARE - 2 * len(target.virtual_numbers)) // 2)


def plan(target: Target, limits: Limits) -> str:
    """Return what a run will do, as lines: where, as whom, with what, how much, and what it undoes."""
    url = target.base_url or "the embedded mock"
    lines = [
        f"target            {url}{'  (production)' if target.kind == 'url' and is_production(url) else ''}",
        f"as                {_keys(target)}",
        f"writes to         {_numbers(target.virtual_numbers) or 'the numbers of the mock'}",
    ]
    refused = (
        ("must be refused", target.foreign_virtual_numbers, "virtual number"),
        ("must be refused", target.other_account_virtual_numbers, "virtual number of another account"),
        ("must be refused", target.other_account_operators, "operator of another account"),
    )
    lines += [f"{label:<18}{what} {each}" for label, ids, what in refused for each in ids]
    rate = f", {limits.rate} a minute" if limits.rate else ""
    most = most_operators(target, limits)
    lines += [
        f"requests          at most {limits.budget} (profile {limits.profile}), undo included{rate}",
        f"makes             at most {most} operators, named with a mark of this run; their phone numbers are",
        f"                  fictional{_vouched(target)}, so that nobody can be called",
        "changes           the operator lists of the numbers above, and for a moment their routing_strategy and",
        "                  recording (profiles standard and thorough: name and active too)",
        "undoes            deletes every operator that it made, takes its attachments off, puts back what it changed,",
        "                  and reads it all back; attachments found at the start are never removed",
        f"journal           {limits.journal or 'none: the mock ends with the run'}",
        f"takes             at worst {_worst(limits)}, if the target is slow or asks to wait",
    ]
    return "\n".join(lines)


def _keys(target: Target) -> str:
    if target.kind == "mock":
        return "the keys of the mock"
    without = "" if "account" in target.keys.actors else "no account key yet: set IDENTITYCALL_API_KEY"
    return ", ".join(filter(None, (*target.keys.actors, without)))


def _numbers(numbers: tuple[int, ...]) -> str:
    return ", ".join(f"virtual number {each}" for each in numbers)


def _vouched(target: Target) -> str:
    return f" or among {', '.join(target.phone_numbers)}" if target.phone_numbers else ""


def _worst(limits: Limits) -> str:
    paced = limits.budget * _MINUTE / limits.rate if limits.rate else 0.0
    seconds = max(limits.budget * limits.timeout, paced) + 2 * limits.max_wait
    return f"{seconds / _MINUTE:.0f} minutes"
