"""A long tour of the server: requests by which every fault shows, apart from those of overlapping requests."""

from collections.abc import Iterator

from conformance.mock import tour_values
from conformance.mock.direct import Said
from conformance.mock.seed import token_of

SEVEN, SPARE, FOREIGN = "/virtual_numbers/7", "/virtual_numbers/15", "/virtual_numbers/9"
STRANGE, UNKNOWN = "/virtual_numbers/40", "/virtual_numbers/99999"
STRANGER, NOBODY = "/operators/50", 99_998
PAGES = ("/virtual_numbers", "/operators", SEVEN, SPARE, "/operators/12")


def tour() -> list[Said]:
    """Return the whole tour."""
    chapters = (
        reading,
        updating,
        attaching,
        refusing,
        mangling,
        knocking,
        scoping,
        naming,
        climbing,
        turning,
        going_round,
        deleting,
        telling,
        asking_otherwise,
    )
    return [said for chapter in chapters for said in chapter()]


def reading() -> Iterator[Said]:
    """Read everything with every key."""
    for actor in ("account", "project", "read_only"):
        yield from _look(actor)
    yield _get(FOREIGN, "project")
    for path in (STRANGE, UNKNOWN, "/virtual_numbers/abc", "/operators/99999", "/virtual_numbers/8", "/operators/8"):
        yield _get(path)


def updating() -> Iterator[Said]:
    """Update a number and operators."""
    for body in (
        {"routing_strategy": "simultaneous", "recording": False},
        {"routing_strategy": "random"},
        {"name": "New Line"},
        {"routing_strategy": "round_robin"},
    ):
        yield Said("PATCH", SEVEN, body)
        yield _get(SEVEN)
    made = {"name": "Posted One", "phone_number": "+12025550153", "email": "p@example.com", "active": False}
    yield Said("POST", "/operators", made)
    for change in ({"name": "Abel Renamed"}, {"phone_number": "+1 202-555-0132"}, {"email": None}, {"active": False}):
        yield Said("PATCH", "/operators/31", change)
        yield _get("/operators/31")
    yield Said("PATCH", "/operators/31", {"active": True, "email": "abel@example.com", "name": "Abel Novak"})
    yield from _look()


def attaching() -> Iterator[Said]:
    """Attach, attach again, remove and attach, on two numbers."""
    for operator_id in (31, 5, 19, 5, 31, 5):
        yield _attach({"operator_id": operator_id})
        yield _get(SEVEN)
    for body in (
        {"operator_id": 31, "name": None},
        {"operator_id": 31, "name": "New Name"},
        {"operator_id": 31, "phone_number": "+12025550150", "name": "New Name"},
        {"operator_id": 8, "phone_number": "+12025550150", "name": "New Name"},
        b'{"phone_number":"+12025550151","operator_id":25}',
        {"operator_id": 17, "phone_number": "nonsense"},
        {"operator_id": 27, "name": "New Name"},
    ):
        yield _attach(body)
    yield Said("PATCH", "/operators/27", {"name": "Ines Renamed"})
    yield from _look()
    yield _remove(31)
    yield _get(SEVEN)
    yield _attach({"operator_id": 22})
    yield Said("DELETE", f"{SEVEN}/remove_operator", {"operator_id": 8}, "project")
    yield from _look()
    yield _attach({"operator_id": 8})
    yield _attach({"operator_id": 31})
    yield from _look()
    for path in (SEVEN, SEVEN, UNKNOWN):
        yield _remove(12, path)
    yield _get("/operators/12")
    yield _attach({"operator_id": 12})
    for operator_id in (12, 5, 31, 12):
        yield _attach({"operator_id": operator_id}, SPARE)
        yield from _look()
    yield _get("/operators/31")
    for operator_id in (12, 31, 5):
        yield _remove(operator_id, SPARE)
    yield from _look()


def refusing() -> Iterator[Said]:
    """Send bodies that are refused, or might be."""
    bodies: tuple[dict[str, object], ...] = (
        {},
        {"name": "Only Name"},
        *({"operator_id": value} for value in tour_values.ids(NOBODY)),
        {"operator_id": NOBODY, "phone_number": "+12025550152"},
        *({"phone_number": value} for value in tour_values.phones()),
        {"operator_id": None, "phone_number": "+12025550153"},
        {"operator_id": 12, "phone_number": 5},
        {"operator_id": 22, "active": False, "email": "x@example.com", "priority": 0, "recording": False},
    )
    for body in bodies:
        yield _attach(body)
        yield _get(SEVEN)
    yield _get("/operators")
    yield _attach({"operator_id": 14, "priority": 0})
    yield from _look()


def mangling() -> Iterator[Said]:
    """Send bodies, headers, paths and methods that are odd."""
    for content in (
        b"",
        b"[]",
        b"null",
        b'"x"',
        b'{"operator_id":33',
        b'{"operator_id":900033} and more',
        b'{"phone_number":"+12025550155"',
        b'[{"operator_id":33}]',
        b"\xef\xbb\xbf{}",
        b'{"name":"\xff"}',
        b'{"name":"\\ud800"}',
        b"[" * 1000,
    ):
        yield _attach(content)
    yield from _look()
    yield _attach(b'{"operator_id":33,"operator_id":33}')
    for header in (
        {"content-type": None},
        {"content-type": "text/plain"},
        {"content-type": "application/json; charset=latin1"},
        {"accept": "text/html"},
    ):
        yield Said("POST", f"{SEVEN}/add_operator", {"operator_id": 33}, headers=header)
    for part in ("07", "7abc", "abc", str(2**63), str(2**32 + 7), "99999", "40"):
        yield _attach({"operator_id": 33}, f"/virtual_numbers/{part}")
    for method, path in (("POST", "/add_operator/"), ("PUT", "/add_operator"), ("GET", "/add_operator")):
        yield Said(method, SEVEN + path, {"operator_id": 33})
    yield from _look()


def knocking() -> Iterator[Said]:
    """Come with keys that are none, and with one that may only read."""
    for header in tour_values.authorizations():
        headers = {"authorization": header}
        yield Said("GET", SEVEN, headers=headers)
        yield Said("POST", f"{SEVEN}/add_operator", {"operator_id": NOBODY}, headers=headers)
        yield Said("POST", f"{UNKNOWN}/add_operator", {"operator_id": 8}, headers=headers)
    for body in ({"operator_id": 14}, {"phone_number": "+12025550157"}):
        yield Said("POST", f"{SPARE}/add_operator", body, headers={"authorization": None})
    yield from _look()
    for body in ({"operator_id": 12}, {"operator_id": 27}, {"phone_number": "+12025550158"}):
        yield _attach(body, SPARE, "read_only")
    yield _attach({"operator_id": 12}, actor="read_only")
    for method, path, sent in (
        ("DELETE", f"{SEVEN}/remove_operator?operator_id=22", None),
        ("PATCH", SEVEN, {"name": "Read Only"}),
        ("POST", "/operators", {"name": "Read Only", "phone_number": "+12025550158"}),
        ("PATCH", "/operators/12", {"name": "Read Only"}),
        ("DELETE", "/operators/27", None),
    ):
        yield Said(method, path, sent, "read_only")
    yield from _look()


def scoping() -> Iterator[Said]:
    """Cross the borders of projects and accounts."""
    yield _remove(14, FOREIGN, "project")
    for body in ({"operator_id": 5}, {"phone_number": "+12025550156"}):
        yield _attach(body, FOREIGN, "project")
    for operator_id in (25, 5, 17, 14, 27, 22, 31):
        yield _attach({"operator_id": operator_id}, SPARE, "project")
        yield _attach({"operator_id": operator_id}, SEVEN, "project")
    yield _attach({"operator_id": 14}, SPARE, "project")
    yield _attach({"phone_number": "+12025550159"}, SPARE, "project")
    yield _attach({"operator_id": 12}, FOREIGN)
    yield from _look("project")
    yield from _look()
    yield _get(FOREIGN)
    yield Said("POST", "/operators", {"name": "Of Project", "phone_number": "+12025550154"}, "project")
    yield from _look("project")


def naming() -> Iterator[Said]:
    """Make operators of many names and phone numbers."""
    yield _attach({"phone_number": "+12025550150"})
    yield _get("/operators")
    for index, name in enumerate(tour_values.names()):
        yield _attach({"phone_number": f"+120255501{60 + index}", "name": name})
    for phone in (
        "+442079460123",
        "+390612345678",
        "+861012345678901",
        "+1 202 555 0177",
        "+12025550178\n",
        "+15555550199",
        "+12025550105",
        "+19175550105",
    ):
        yield _attach({"phone_number": phone, "name": "Pat Doe"}, SPARE)
    yield from _look()
    yield from _look("project")
    for operator_id in (8, 25, 5, 17, 14, 27, 22, 31, 12, *range(51, 90)):
        yield _remove(operator_id, SPARE)
    yield _attach({"phone_number": "+12025550150", "name": "First Here"}, SPARE)
    yield _attach({"phone_number": "+"}, SPARE)
    for phone, name in (("+12025550160", "Second Here"), ("+12025550150", "Another Name")):
        yield _attach({"phone_number": phone, "name": name}, SPARE)
    for operator_id in range(51, 58):
        yield _remove(operator_id)
    yield from _look()
    yield _get("/operators")


def climbing() -> Iterator[Said]:
    """Fill a list, and take some off it."""
    for index in range(20):
        yield _attach({"phone_number": f"+120255502{10 + index}", "name": "Climb" if index % 2 else "Operator"})
    yield _attach({"operator_id": 33})
    yield _remove(33)
    yield _attach({"operator_id": 33})
    yield from _look()
    yield Said("PATCH", SEVEN, {"routing_strategy": "priority"})
    yield _get(SEVEN)
    for operator_id in (12, 22):
        yield _remove(operator_id)
    for operator_id in (22, 12):
        yield _attach({"operator_id": operator_id})
    yield from _look()


def turning() -> Iterator[Said]:
    """Switch people and a number off and on, and name nobody, or what is no number."""
    for number in (SPARE, FOREIGN, SEVEN):
        yield _attach({"operator_id": 5}, number)
    for active in (False, True):
        yield Said("PATCH", "/operators/5", {"active": active, "name": f"Zoe {active}"})
        yield _attach({"operator_id": 5}, SPARE)
        yield from _look()
        yield _get("/operators/5")
        yield _remove(5, SPARE)
        yield _attach({"operator_id": 5}, SPARE)
    for active in (False, True):
        yield Said("PATCH", SPARE, {"active": active})
        yield _get(SPARE)
        yield _remove(5, SPARE)
        yield _attach({"operator_id": 5}, SPARE)
    for query, body in (("", None), ("?operator_id=", None), ("", {})):
        yield Said("DELETE", f"{SPARE}/remove_operator{query}", body)
    for path in (UNKNOWN, f"/operators/{NOBODY}"):
        yield Said("PATCH", path, {"name": "Nobody"})
    same = {"phone_number": "+12025550246", "name": "Very Same"}
    for _ in range(2):
        yield _attach(same, SPARE)
    yield Said("PATCH", "/operators/8", {"phone_number": "+0", "email": "8@example.com", "active": False})
    yield Said("PATCH", "/operators/8", {"phone_number": "+0", "name": "Never Saved"})
    yield Said("PATCH", SPARE, {"recording": None})
    yield Said("POST", "/operators", {"name": "No Number", "phone_number": "+0"})
    yield from _look()


def going_round() -> Iterator[Said]:
    """Ask in other ways: ids as text and beyond all bounds, other numbers' ids, other spellings of a path."""
    for body in (
        {"unknown": 1},
        b'{"unknown": ' + b'{"deep": ' * 150 + b"1" + b"}" * 151,
        b'{"operator_id": 1e400}',
        {"operator_id": 2**64 + 17},
        {"operator_id": "5"},
        {"operator_id": 17, "id": 9},
        {"phone_number": "+12025550247", "name": "100% Sure"},
    ):
        yield _attach(body)
    yield _attach({"operator_id": "27"}, SPARE, "project")
    yield _attach({"operator_id": 5}, FOREIGN, "project")
    yield Said("POST", "/virtual_numbers/09/add_operator", {"operator_id": 14}, "project")
    yield Said("PATCH", FOREIGN, {}, "project")
    yield Said("POST", f"{SPARE}/add_operator/", {"operator_id": 14}, headers={"authorization": None})
    yield from _look()


def deleting() -> Iterator[Said]:
    """Switch a number off, and delete operators."""
    yield Said("PATCH", SPARE, {"active": False})
    for operator_id in (25, 8, 25):
        yield _attach({"operator_id": operator_id}, SPARE)
    yield from _look()
    yield Said("DELETE", "/operators/31")
    yield _attach({"operator_id": 31})
    yield _get("/operators/31")
    for operator_id, actor in ((12, "account"), (33, "account"), (22, "account"), (5, "project")):
        yield Said("DELETE", f"/operators/{operator_id}", actor=actor)
    yield from _look()
    yield _remove(8)
    for operator_id in range(51, 60):
        yield Said("DELETE", f"/operators/{operator_id}")
    yield from _look()
    for taken in (NOBODY, 14):
        yield _attach({"phone_number": "+12025550159", "id": taken})
    yield _attach({"phone_number": "+12025550157"}, UNKNOWN)
    yield _attach({"operator_id": NOBODY, "phone_number": "+12025550158"}, SPARE, "project")
    yield _get("/operators")
    yield _get("/virtual_numbers/9")
    yield _get("/virtual_numbers/9", "project")


def asking_otherwise() -> Iterator[Said]:
    """Ask in ways that are odd, and of states that are rare."""
    yield Said("PATCH", SEVEN, {"recording": True}, "project")
    yield Said("GET", SEVEN, headers={"authorization": f"Bearer {token_of('account').removeprefix('idc_')}"})
    yield _get("/virtual_numbers/%C3%A9")
    yield _attach({"operator_id": "0033"})  # 27 in base eight
    yield Said("PATCH", SEVEN, {"routing_strategy": "PRIORITY"})
    yield Said("PATCH", SPARE, {"active": True, "routing_strategy": "simultaneous"})
    yield _attach({"operator_id": 14}, SPARE)
    for operator_id in (8, 14, 25, 78, 79, 80, 101, 102):
        yield _remove(operator_id, SPARE)
    yield _get(SPARE)
    yield _attach({"phone_number": "+12025550154"}, SPARE)
    for operator_id in range(105, 115):
        yield Said("DELETE", f"/operators/{operator_id}")
    yield Said("POST", "/operators", {"name": "The Next", "phone_number": "+12025550154"})
    yield _get(SPARE)


def telling() -> Iterator[Said]:
    """Send values that tell, and call on the neighbours with them and with every key."""
    known, gone, plain = "+12025550240", "+12025550132", "O'Neill & Sons"
    yield Said("POST", "/operators", {"name": "\u00c9lodie Brun", "phone_number": known})
    for operator_id in (8, 14, 25):
        yield Said("PATCH", f"/operators/{operator_id}", {"active": False})
        yield Said("PATCH", f"/operators/{operator_id}", {"name": plain})
        yield _get(f"/operators/{operator_id}")
    yield _get("/virtual_numbers")
    for operator_id in (14, NOBODY):
        yield _attach({"operator_id": operator_id, "phone_number": known})
    for index, name in enumerate(("Bo", "Pat\u2019s \u201cDesk\u201d", "First\nSecond")):
        yield _attach({"phone_number": f"+120255502{41 + index}", "name": name})
    yield _attach({"phone_number": gone, "name": "Newly Here"})
    for body in ({"name": plain}, {"name": "Beside", "routing_strategy": "random"}):
        yield Said("PATCH", SEVEN, body)
        yield _get(SEVEN)
    for path in (SEVEN, SPARE, FOREIGN, "/operators/25", "/operators/27"):
        yield Said("PATCH", path, {"name": "By Project"}, "project")
    yield Said("PATCH", SEVEN, {"routing_strategy": "simultaneous"}, "project")
    yield Said("DELETE", f"{SEVEN}/remove_operator?operator_id=27", None, "expired")
    yield _get("/operators", "expired")
    nobodys: dict[str, str | None] = {"authorization": None}
    for path in (SEVEN, "/operators/8"):
        yield Said("PATCH", path, {"name": "By Nobody"}, headers=nobodys)
    yield Said("POST", "/operators", {"name": "By Nobody", "phone_number": "+12025550245"}, headers=nobodys)
    for path in ("/operators/8", "/virtual_numbers"):
        yield Said("GET", path, headers=nobodys)
    yield Said("GET", "/operators/8", headers={"authorization": "Bearer"})
    yield _get(STRANGER)
    yield Said("PATCH", STRANGE, {})
    yield Said("POST", "/operators", {"name": "Another Brun", "phone_number": known})
    yield _attach({"phone_number": known, "name": "Third Brun"}, SEVEN, "project")
    yield Said("DELETE", "/operators/14", actor="project")
    yield _get(SEVEN, "read_only")
    yield Said("DELETE", "/operators/110")  # the one just made
    yield Said("POST", f"{SEVEN}/add_operator?operator_id=33", {})
    yield Said("POST", f"{SEVEN}/add_operator", {}, headers={"x-padding": "a" * 9000})
    yield _attach({"phone_number": "+12025550246", "name": "Made Outside"}, FOREIGN)
    yield _get("/operators", "project")
    yield Said("PATCH", "/operators/50", {})
    yield from _look()


def _get(path: str, actor: str = "account") -> Said:
    return Said("GET", path, actor=actor)


def _look(actor: str = "account") -> Iterator[Said]:
    for path in PAGES:
        yield _get(path, actor)


def _attach(body: object, path: str = SEVEN, actor: str = "account") -> Said:
    return Said("POST", f"{path}/add_operator", body, actor)


def _remove(operator_id: int, path: str = SEVEN, actor: str = "account") -> Said:
    return Said("DELETE", f"{path}/remove_operator?operator_id={operator_id}", actor=actor)
