"""Whole personalities: servers as teams and frameworks make them."""

from conformance.mock.variant import Variant

CASTS = "OPERATOR-ID-NOBODY-ATTACHED"
ODD_IDS = (
    "id_plain_text",
    "id_padded_text",
    "id_decimal_text",
    "id_hex_text",
    "id_integral_float",
    "id_lossy_fraction",
)
NO_IDS = (
    "id_prefix_text",
    "id_fraction",
    "id_true",
    "id_list",
    "id_words",
    "id_false",
    "id_empty_list",
    "id_object",
    "id_empty_object",
    "id_blank_text",
    "id_out_of_range",
)
EMPTY_IDS = ("id_false", "id_empty_list", "id_empty_object", "id_blank_text")
NAME_LETTERS = ("name_long", "name_control", "name_nul")
JSON_ODDITIES = ("duplicate_fields", "json_comments", "byte_order_mark", "lone_surrogate", "invalid_utf8")
TRAVELLING = ("other_charset", "content_encoding", "vendor_json", "accept_other")
CONTENT_TYPES = ("content_type_missing", "content_type_other", "content_type_unparsable")
PHONE_FORMS = ("phone_spaced", "phone_local", "phone_extension", "phone_vanity", "phone_newline", "phone_other_digits")
BLANK_NAMES = ("name_empty", "name_blank", "name_null")
PATH_FORMS = ("trailing_slash", "double_slash", "path_case")


def each(switches: tuple[str, ...], value: object) -> dict[str, object]:
    """Set several switches alike."""
    return dict.fromkeys(switches, value)


_LENIENT = {
    **each(ODD_IDS, "read"),
    "id_hex_text": "not_found",
    "id_prefix_text": "read",
    "id_fraction": "read",
    "id_true": "one",
    "id_list": "first",
    **each(EMPTY_IDS, "absent"),
    "id_words": "not_found",
    "id_object": "not_found",
    "id_in_query": "wins",
    "form_body": "read",
    "body_not_object": "missing",
    "json_comments": "read",
    "name_of_other_type": "text",
    "name_space": "trimmed",
    **each(("content_type_missing", "content_type_other", "vendor_json"), "missing"),
    "content_type_unparsable": "not_acceptable",
    "other_charset": "ignored",
    "content_encoding": "ignored",
    "path_id_spelled": "read",
    "path_id_prefix": "read",
    "trailing_slash": "read",
    "double_slash": "read",
    "other_method": "not_found",
    "options": "not_found",
    **each(PHONE_FORMS, "normalised"),
    **each(NAME_LETTERS, "kept"),
}
_CASTING = {
    **each(ODD_IDS, "read"),
    "id_list": "first",
    "id_null_alone": "not_found",
    "id_null_beside_phone": "not_found",
    "phone_empty": "bad_request",
    "phone_of_other_type": "bad_request",
    "phone_list_of_one": "read",
    **each(BLANK_NAMES, "kept"),
    "name_of_other_type": "text",
    **each(("id_prefix_text", "id_fraction", "id_true", "id_words", "id_object", "id_false"), "bad_request"),
    **each(("id_empty_list", "id_empty_object", "id_blank_text"), "bad_request"),
    "content_encoding": "ignored",
    "other_charset": "ignored",
    "path_id_spelled": "read",
    "path_id_text": "bad_request",
    "path_id_prefix": "bad_request",
    "other_method": "not_found",
    "options": "not_found",
    "validation_shape": "error",
}
_STRICT = {
    **each(ODD_IDS, "unprocessable"),
    **each(NO_IDS, "unprocessable"),
    "id_null_alone": "unprocessable",
    "id_null_beside_phone": "unprocessable",
    "id_beside_odd_phone": "unprocessable",
    "id_beside_name": "unprocessable",
    "inactive_operator": "refused",
    "inactive_number": "refused",
    "phone_empty": "unprocessable",
    **each(PHONE_FORMS, "refused"),
    "phone_of_existing": "refused",
    **each(BLANK_NAMES, "refused"),
    **each(NAME_LETTERS, "unprocessable"),
    "body_malformed": "unprocessable",
    "body_not_object": "unprocessable",
    "body_empty": "unprocessable",
    "content_type_missing": "unprocessable",
    "unknown_fields": "unprocessable",
    **each(JSON_ODDITIES, "unprocessable"),
    "path_id_text": "unprocessable",
    "path_id_spelled": "unprocessable",
    "path_id_prefix": "unprocessable",
    "bearer_in_lower_case": "refused",
    "delete_operator_needs": "delete",
}
_TYPED = {
    **each(ODD_IDS, "bad_request"),
    **each(NO_IDS, "bad_request"),
    "id_null_alone": "bad_request",
    "id_null_beside_phone": "bad_request",
    "id_beside_odd_phone": "bad_request",
    "phone_empty": "bad_request",
    "phone_of_other_type": "bad_request",
    **each(NAME_LETTERS, "bad_request"),
    "name_of_other_type": "bad_request",
    "body_empty": "bad_request",
    "unknown_fields": "bad_request",
    **each(JSON_ODDITIES, "bad_request"),
    **each(CONTENT_TYPES, "unsupported"),
    **each(("other_charset", "content_encoding", "vendor_json"), "unsupported"),
    "accept_other": "not_acceptable",
    "path_id_text": "bad_request",
    "path_id_spelled": "bad_request",
    "path_id_prefix": "bad_request",
    "other_method": "refused",
    "head": "refused",
    "options": "refused",
    "first_of_two_faults": ("body", "key", "permission", "number"),
    "validation_shape": "error",
}

PERSONALITIES: tuple[Variant, ...] = (
    Variant("lenient", "Casts whatever it can, like a framework without guards", _LENIENT, (CASTS, "PATH-ID-PREFIX")),
    Variant("casting", "Casts by a schema: lists of one, null as empty text", _CASTING, (CASTS,)),
    Variant("strict", "Refuses every wrong type and every unknown field with 422", _STRICT),
    Variant("typed", "Refuses with 400, 415 and 405 wherever it may", _TYPED),
    Variant("renumbering", "Renumbers the rest from 0 after a removal", {"after_removal": "renumbered"}),
    Variant("slow", "Takes 40 to 120 milliseconds for each answer", {"delay": (0.04, 0.12)}),
    Variant("rate-limited", "Answers 429 with Retry-After after 20 requests in a second", {"requests_in_a_second": 20}),
    Variant("crowded", "Has thirty operators on the designated number", {"seed": "crowded"}),
    Variant("bare", "Has one number, no operators and one key", {"seed": "bare"}),
    Variant("verbose", "Adds fields and headers everywhere", {"extra_fields": True, "extra_headers": True}),
    Variant("live", "Takes calls, and other people edit another number and its operators meanwhile", {"live": True}),
    Variant(
        "wire",
        "Answers in chunks, compressed where offered, closes each connection, and is down once",
        {"chunked": True, "compressed": True, "connection": "closed", "maintenance_at": 4},
    ),
    Variant(
        "picky",
        "Refuses fictional phone numbers and vouches for none",
        {"phone_fictional": "refused", "vouched": False},
    ),
)
