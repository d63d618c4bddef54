"""Which reading of which open clause each switch of the behaviour is."""

from collections.abc import Mapping

from conformance.mock.behaviour import Behaviour

_REFUSED = {"not_found": "refused", "unprocessable": "refused", "bad_request": "refused"}
_SPELLED = {"read": "read", **_REFUSED}
_NOBODY = {"absent": "absent", "read": "cast", "one": "cast", "first": "cast", **_REFUSED}
_BODY = dict.fromkeys(("bad_request", "unsupported", "unprocessable", "missing", "not_acceptable"), "refused")
_JSON = {"read": "read", "last": "read", "first": "read", "unprocessable": "refused", "bad_request": "refused"}
_TRAVELLING = {"read": "read", "ignored": "read", **_BODY}
_SLASHES = {"read": "read", "redirected": "redirected", "not_found": "not found"}
_PHONE_FORM = {"normalised": "normalised", "refused": "refused"}
_NAME_LETTERS = {"kept": "kept", "unprocessable": "refused", "bad_request": "refused", "too_large": "refused"}
_NAME_BLANK = {"default": "default", "kept": "kept", "refused": "refused"}
_INACTIVE = {"attached": "attached", "refused": "refused", "refused_again": "refused"}
_METHOD = {"not_found": "not found", "refused": "refused"}

TABLE: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        "unauthorized_text",
        "AUTH-TEXT",
        {text: text for text in ("Invalid API key", "Unauthorized", "Invalid or expired API key")},
    ),
    ("bearer_in_lower_case", "AUTH-SCHEME-CASE", {"accepted": "accepted", "refused": "refused"}),
    ("validation_shape", "VALIDATION-SHAPE", {"error": "error", "errors": "errors"}),
    ("other_method", "METHOD-OTHER", _METHOD),
    ("id_plain_text", "OPERATOR-ID-SPELLED", _SPELLED),
    ("id_padded_text", "OPERATOR-ID-SPELLED", _SPELLED),
    ("id_decimal_text", "OPERATOR-ID-SPELLED", _SPELLED),
    ("id_hex_text", "OPERATOR-ID-SPELLED", _SPELLED),
    ("id_integral_float", "OPERATOR-ID-SPELLED", _SPELLED),
    ("id_lossy_fraction", "OPERATOR-ID-SPELLED", _SPELLED),
    ("id_prefix_text", "OPERATOR-ID-NOBODY", _NOBODY),
    ("id_fraction", "OPERATOR-ID-NOBODY", _NOBODY),
    ("id_true", "OPERATOR-ID-NOBODY", _NOBODY),
    ("id_list", "OPERATOR-ID-NOBODY", _NOBODY),
    ("id_words", "OPERATOR-ID-NOBODY", _NOBODY),
    ("id_false", "OPERATOR-ID-NOBODY", _NOBODY),
    ("id_empty_list", "OPERATOR-ID-NOBODY", _NOBODY),
    ("id_object", "OPERATOR-ID-NOBODY", _NOBODY),
    ("id_empty_object", "OPERATOR-ID-NOBODY", _NOBODY),
    ("id_blank_text", "OPERATOR-ID-NOBODY", _NOBODY),
    ("id_out_of_range", "OPERATOR-ID-NOBODY", _NOBODY),
    (
        "id_null_alone",
        "MISSING-ID-BLANK",
        {"missing": "missing", "not_found": "not found", "unprocessable": "invalid", "bad_request": "invalid"},
    ),
    ("id_null_beside_phone", "PRECEDENCE-BLANK-ID", _NOBODY),
    ("id_beside_odd_phone", "PRECEDENCE-PHONE-OF-OTHER-TYPE", {"wins": "wins", **_REFUSED}),
    ("id_beside_name", "PRECEDENCE-NAME-BESIDE", {"ignored": "ignored", "unprocessable": "refused"}),
    ("id_in_query", "QUERY-OR-FORM", {"ignored": "ignored", "fills": "read", "wins": "read"}),
    ("form_body", "QUERY-OR-FORM", {"read": "read", "refused": "refused"}),
    ("inactive_operator", "ATTACH-INACTIVE-OPERATOR", _INACTIVE),
    (
        "phone_empty",
        "MISSING-PHONE-BLANK",
        {"missing": "missing", "unprocessable": "invalid", "bad_request": "invalid"},
    ),
    (
        "phone_of_other_type",
        "PHONE-OF-OTHER-TYPE",
        {"missing": "missing", "unprocessable": "invalid", "bad_request": "invalid"},
    ),
    ("phone_fictional", "PHONE-RANGE", {"created": "created", "refused": "refused"}),
    ("phone_country", "PHONE-RANGE", {"any": "created", "us_only": "refused"}),
    ("phone_spaced", "PHONE-OTHER-FORM", _PHONE_FORM),
    ("phone_local", "PHONE-OTHER-FORM", _PHONE_FORM),
    ("phone_extension", "PHONE-OTHER-FORM", _PHONE_FORM),
    ("phone_vanity", "PHONE-OTHER-FORM", _PHONE_FORM),
    ("phone_newline", "PHONE-OTHER-FORM", _PHONE_FORM),
    ("phone_other_digits", "PHONE-OTHER-FORM", _PHONE_FORM),
    (
        "phone_of_existing",
        "PHONE-EXISTS",
        {"second": "second operator", "existing_attached": "existing attached", "refused": "refused"},
    ),
    ("name_empty", "NAME-BLANK", _NAME_BLANK),
    ("name_blank", "NAME-BLANK", _NAME_BLANK),
    ("name_null", "NAME-BLANK", _NAME_BLANK),
    ("name_long", "NAME-LONG", _NAME_LETTERS),
    ("name_control", "NAME-CONTROL", _NAME_LETTERS),
    ("name_nul", "NAME-CONTROL", _NAME_LETTERS),
    ("name_space", "NAME-SPACES", {"kept": "kept", "trimmed": "trimmed"}),
    ("name_form", "NAME-NOT-NFC", {"kept": "kept", "normalised": "normalised"}),
    (
        "name_of_other_type",
        "NAME-OF-OTHER-TYPE",
        {"text": "turned to text", "default": "default", "unprocessable": "refused", "bad_request": "refused"},
    ),
    ("initials_of_one_word", "PAYLOAD-INITIALS-OTHER", {"one": "one letter", "two": "two letters"}),
    ("initials_of_three_words", "PAYLOAD-INITIALS-OTHER", {"second": "two letters", "last": "two letters"}),
    ("body_malformed", "BODY-NOT-JSON", _BODY),
    ("body_not_object", "BODY-NOT-OBJECT", _BODY),
    ("body_empty", "BODY-EMPTY", _BODY | {"missing": "missing"}),
    ("content_type_missing", "CONTENT-TYPE", _BODY | {"read": "read"}),
    ("content_type_other", "CONTENT-TYPE", _BODY | {"read": "read"}),
    ("content_type_unparsable", "CONTENT-TYPE", _BODY | {"read": "read"}),
    ("unknown_fields", "UNKNOWN-FIELDS", {"ignored": "ignored", **_REFUSED}),
    ("duplicate_fields", "JSON-ODDITIES", _JSON),
    ("json_comments", "JSON-ODDITIES", _JSON),
    ("byte_order_mark", "JSON-ODDITIES", _JSON),
    ("lone_surrogate", "JSON-ODDITIES", _JSON | {"kept": "read"}),
    ("invalid_utf8", "JSON-ODDITIES", _JSON),
    ("other_charset", "CONTENT-TYPE-OTHER-JSON", _TRAVELLING),
    ("content_encoding", "CONTENT-TYPE-OTHER-JSON", _TRAVELLING),
    ("vendor_json", "CONTENT-TYPE-OTHER-JSON", _TRAVELLING),
    ("accept_other", "ACCEPT-WITHOUT-JSON", _TRAVELLING),
    ("path_id_text", "PATH-ID-NOT-INTEGER", _REFUSED),
    ("path_id_spelled", "PATH-ID-SPELLED", _SPELLED),
    ("path_id_prefix", "PATH-ID-NOT-INTEGER", {"read": "prefix read", **_REFUSED}),
    ("trailing_slash", "PATH-SLASHES", _SLASHES),
    ("double_slash", "PATH-SLASHES", _SLASHES),
    ("path_case", "PATH-SLASHES", _SLASHES),
    ("after_removal", "ORDER-AFTER-REMOVAL", {"gap": "gap", "renumbered": "renumbered"}),
    ("operators_of_a_number", "ATTACH-LIMIT", {"None": "no limit seen"}),
    ("project_of_created_by_account", "SCOPE-CREATED-ACCOUNT", {"none": "none", "of_the_number": "the number's"}),
    ("foreign_reattached_by_project", "REATTACH-OTHER-PROJECT", {"no_op": "no-op", "not_found": "not found"}),
    ("available_outside_project", "PAYLOAD-AVAILABLE-OUTSIDE", {"shown": "shown", "hidden": "hidden"}),
    ("available_inactive", "PAYLOAD-AVAILABLE-OUTSIDE", {"shown": "shown", "hidden": "hidden"}),
    ("counts_for_project", "SCOPE-COUNTS", {"of_scope": "of its scope", "of_account": "of the account"}),
    ("inactive_number", "ATTACH-INACTIVE-NUMBER", _INACTIVE),
    ("delete_operator_needs", "PERMISSION-DELETE", {"write": "write is enough", "delete": "delete is needed"}),
    ("stats_numbers", "PAYLOAD-STATS-NUMBERS", {"whole": "whole", "fractional": "fractional", "null_average": "null"}),
    ("maintenance_at", "MAINTENANCE", {"None": "never seen"}),
)
_OTHERWISE = {"operators_of_a_number": "limited", "maintenance_at": "answered when asked again"}


def possible_readings(behaviour: Behaviour) -> dict[str, frozenset[str]]:
    """Return, for each open clause, the readings that the behaviour's switches are: several where they differ."""
    found: dict[str, set[str]] = {}
    for switch, clause, readings in TABLE:
        value = str(getattr(behaviour, switch))
        found.setdefault(clause, set()).add(readings.get(value) or _OTHERWISE[switch])
    if behaviour.id_nobody_beside_phone == "absent":
        found["PRECEDENCE-BLANK-ID"].add("absent")
    else:
        found["PRECEDENCE-BLANK-ID"] |= found["OPERATOR-ID-NOBODY"]
    if behaviour.other_charset == "read":
        found["CONTENT-TYPE-OTHER-JSON"].add("refused")  # one that nobody knows
    if behaviour.phone_list_of_one == "read":
        found["PHONE-OF-OTHER-TYPE"].add("list read")
    if behaviour.linked_to_a_project == "by_assignments_too":  # whoever stands there is the project's: none is foreign
        found["REATTACH-OTHER-PROJECT"], found["SCOPE-CREATED-ACCOUNT"] = {"no-op"}, {"the number's"}
        found["SCOPE-COUNTS"].add("of the account")
    if behaviour.linked_to_a_project == "by_attaching_too":  # as far as they were attached to its numbers first
        found["REATTACH-OTHER-PROJECT"].add("no-op")
        found["SCOPE-CREATED-ACCOUNT"].add("the number's")
        found["SCOPE-COUNTS"].add("of the account")
    if behaviour.operators_of_the_account is not None:
        found["ATTACH-LIMIT"] = {"limited"}
    return {clause: frozenset(readings) for clause, readings in found.items()}


def settled_readings(behaviour: Behaviour) -> dict[str, str]:
    """Return the reading of each open clause that the behaviour reads in one way only."""
    return {clause: next(iter(found)) for clause, found in possible_readings(behaviour).items() if len(found) == 1}
