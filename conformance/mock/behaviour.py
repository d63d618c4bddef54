"""What the server does where the documentation is silent: one switch for each such question.

The defaults are the most ordinary choice. Every value of every switch conforms, apart from the few that
are said to violate a ``should``: ``PREFIX_READ``, ``CAST``, ``FIRST``, and the ones marked below.
"""

from dataclasses import dataclass
from typing import Literal

from conformance.mock.seed import SeedName

Refusing = Literal["not_found", "unprocessable", "bad_request"]
ReadOrRefused = Literal["read", "not_found", "unprocessable", "bad_request"]
NobodyOrAbsent = Literal["absent", "not_found", "unprocessable", "bad_request"]
FrameworkRefusal = Literal["bad_request", "unsupported", "unprocessable", "missing"]
Normalised = Literal["normalised", "refused"]
KeptOrRefused = Literal["kept", "unprocessable", "bad_request", "too_large"]


@dataclass(frozen=True)
class KeyChoices:
    """The keys and errors."""

    unauthorized_text: Literal["Invalid API key", "Unauthorized", "Invalid or expired API key"] = "Invalid API key"
    bearer_in_lower_case: Literal["accepted", "refused"] = "accepted"
    validation_shape: Literal["error", "errors"] = "errors"
    framework_error: Literal["json", "html", "empty", "message"] = "json"
    """The body of an error raised before the application: all but json violate a should."""
    first_of_two_faults: tuple[str, ...] = ("key", "permission", "number", "body")
    other_method: Literal["not_found", "refused"] = "refused"
    head: Literal["as_get", "not_found", "refused"] = "as_get"
    options: Literal["answered", "not_found", "refused"] = "refused"


@dataclass(frozen=True)
class OperatorIdChoices:
    """The spellings of operator_id."""

    id_plain_text: ReadOrRefused = "unprocessable"
    id_padded_text: ReadOrRefused = "unprocessable"
    id_decimal_text: ReadOrRefused = "unprocessable"
    id_hex_text: ReadOrRefused = "unprocessable"
    id_integral_float: ReadOrRefused = "read"
    id_lossy_fraction: ReadOrRefused = "unprocessable"
    id_prefix_text: ReadOrRefused = "unprocessable"
    """``"22abc"``: reading it as 22 violates a should, and so do the casts of the next three."""
    id_fraction: ReadOrRefused = "unprocessable"
    id_true: Literal["one", "not_found", "unprocessable", "bad_request"] = "unprocessable"
    """One is somebody's id where it is read so, here or of a list or an object: the embedded server sees to that."""
    id_list: Literal["first", "one", "not_found", "unprocessable", "bad_request"] = "unprocessable"
    id_words: Refusing = "unprocessable"
    id_false: NobodyOrAbsent = "unprocessable"
    id_empty_list: NobodyOrAbsent = "unprocessable"
    id_object: Literal["one", "not_found", "unprocessable", "bad_request"] = "unprocessable"
    id_empty_object: NobodyOrAbsent = "unprocessable"
    id_blank_text: NobodyOrAbsent = "unprocessable"
    id_out_of_range: Refusing = "not_found"
    id_null_alone: Literal["missing", "not_found", "unprocessable", "bad_request"] = "missing"
    id_null_beside_phone: NobodyOrAbsent = "absent"
    id_nobody_beside_phone: Literal["absent", "as_alone"] = "as_alone"
    id_beside_odd_phone: Literal["wins", "unprocessable", "bad_request"] = "wins"
    id_beside_name: Literal["ignored", "unprocessable"] = "ignored"
    id_in_query: Literal["ignored", "fills", "wins"] = "ignored"
    form_body: Literal["read", "refused"] = "refused"
    inactive_operator: Literal["attached", "refused", "refused_again"] = "attached"


@dataclass(frozen=True)
class PhoneAndNameChoices:
    """The spellings of phone_number and name."""

    phone_empty: Literal["missing", "unprocessable", "bad_request"] = "missing"
    phone_of_other_type: Literal["missing", "unprocessable", "bad_request"] = "unprocessable"
    phone_list_of_one: Literal["read", "as_other_type"] = "as_other_type"
    phone_invalid: Literal["unprocessable", "bad_request"] = "unprocessable"
    """A bad request violates a should."""
    phone_fictional: Literal["created", "refused"] = "created"
    phone_country: Literal["any", "us_only"] = "any"
    only_phone_numbers: tuple[str, ...] = ()
    """Those that a carrier's look-up finds, if it finds few: no other is accepted, and they are vouched for."""
    new_operator_validated: Literal["when_made", "with_the_body"] = "when_made"
    """With the body: by a schema, before anything that the path and the key name is looked at."""
    phone_spaced: Normalised = "normalised"
    phone_local: Normalised = "refused"
    phone_extension: Normalised = "refused"
    phone_vanity: Normalised = "refused"
    phone_newline: Normalised = "normalised"
    phone_other_digits: Normalised = "refused"
    phone_of_existing: Literal["second", "existing_attached", "refused"] = "second"
    name_empty: Literal["default", "kept", "refused"] = "default"
    name_blank: Literal["default", "kept", "refused"] = "default"
    name_null: Literal["default", "kept", "refused"] = "default"
    name_long: KeptOrRefused = "unprocessable"
    name_counted_in: Literal["characters", "bytes"] = "characters"
    name_control: KeptOrRefused = "kept"
    name_nul: KeptOrRefused = "unprocessable"
    name_space: Literal["kept", "trimmed"] = "kept"
    name_form: Literal["kept", "normalised"] = "kept"
    name_of_other_type: Literal["text", "default", "unprocessable", "bad_request"] = "unprocessable"
    initials_of_one_word: Literal["one", "two"] = "two"
    initials_of_three_words: Literal["second", "last"] = "last"


@dataclass(frozen=True)
class RequestChoices:
    """The request as such."""

    body_malformed: FrameworkRefusal = "bad_request"
    body_not_object: FrameworkRefusal = "bad_request"
    body_empty: FrameworkRefusal = "missing"
    largest_body: int | None = None
    """In bytes: a larger one is 413."""
    body_before_method: bool = False
    """Whether a body of another content type is refused before the method is."""
    content_type_missing: FrameworkRefusal | Literal["read"] = "unsupported"
    content_type_other: FrameworkRefusal | Literal["read"] = "unsupported"
    content_type_unparsable: FrameworkRefusal | Literal["not_acceptable", "read"] = "unsupported"
    unknown_fields: Literal["ignored", "unprocessable", "bad_request"] = "ignored"
    duplicate_fields: Literal["last", "first", "unprocessable", "bad_request"] = "last"
    json_comments: Literal["read", "unprocessable", "bad_request"] = "bad_request"
    byte_order_mark: Literal["read", "unprocessable", "bad_request"] = "bad_request"
    lone_surrogate: Literal["read", "kept", "unprocessable", "bad_request"] = "bad_request"
    invalid_utf8: Literal["read", "unprocessable", "bad_request"] = "bad_request"
    other_charset: Literal["read", "ignored", "bad_request", "unsupported", "not_acceptable", "missing"] = "unsupported"
    content_encoding: Literal["ignored", "bad_request", "unsupported", "not_acceptable", "missing"] = "unsupported"
    vendor_json: Literal["read", "bad_request", "unsupported", "not_acceptable", "missing"] = "unsupported"
    accept_other: Literal["ignored", "bad_request", "unsupported", "not_acceptable", "missing"] = "ignored"
    path_id_text: Refusing = "not_found"
    path_id_spelled: ReadOrRefused = "not_found"
    path_id_prefix: ReadOrRefused = "not_found"
    """``8abc``: reading it as 8 violates a should."""
    trailing_slash: Literal["read", "redirected", "not_found"] = "not_found"
    double_slash: Literal["read", "redirected", "not_found"] = "not_found"
    path_case: Literal["read", "redirected", "not_found"] = "not_found"


@dataclass(frozen=True)
class StateChoices:
    """State and scope."""

    after_removal: Literal["gap", "renumbered"] = "gap"
    removals_at_once: Literal["one_succeeds", "all_succeed"] = "one_succeeds"
    """Whether the same removal, sent again while the first is on its way, finds whom it removes as well."""
    next_priority: Literal["last_plus_one", "counter"] = "last_plus_one"
    operators_array: Literal["priority", "id", "name"] = "priority"
    """Any order but by priority violates a should."""
    operators_of_a_number: int | None = None
    """The limit of a list: one below ten violates a should."""
    operators_of_the_account: int | None = None
    project_of_created: Literal["project", "none"] = "project"
    """With a project key: none violates a should."""
    project_of_created_by_account: Literal["none", "of_the_number"] = "none"
    linked_to_a_project: Literal["by_itself", "by_assignments_too", "by_attaching_too"] = "by_itself"
    """Whether a project's operators are also those that stand at its numbers."""
    foreign_reattached_by_project: Literal["no_op", "not_found"] = "not_found"
    available_outside_project: Literal["shown", "hidden"] = "shown"
    available_inactive: Literal["shown", "hidden"] = "shown"
    counts_for_project: Literal["of_scope", "of_account"] = "of_scope"
    inactive_number: Literal["attached", "refused", "refused_again"] = "attached"
    number_admits: Literal["whoever_resolves", "before_anything_else"] = "whoever_resolves"
    """Whether an inactive or a full number refuses before the body is looked at."""
    written_operator: Literal["whole", "barely"] = "whole"
    """What writing an operator is answered with: its page, or its id, and that it went well."""
    delete_operator_needs: Literal["write", "delete"] = "write"
    deleted_ids: Literal["kept", "given_again"] = "kept"
    new_ids_after: int = 0
    """An id above which new operators get theirs."""
    collation: Literal["code_points", "case_folded"] = "case_folded"
    stats_numbers: Literal["whole", "fractional", "null_average"] = "whole"
    detail_name: Literal["kept", "null"] = "kept"
    """With null, the designated numbers have no name."""
    caller_name: Literal["kept", "null", "empty"] = "kept"
    time_form: Literal["z", "plus_zero", "fractional", "offset"] = "z"
    read_lag: float = 0.0
    """The seconds that a read lags behind the writes: more than none violates a should."""


@dataclass(frozen=True)
class TravelChoices:
    """How an answer travels, and what moves by itself."""

    maintenance_at: int | None = None
    """The request that is answered 503, counted from one."""
    requests_in_a_second: int | None = None
    delay: tuple[float, float] | None = None
    live: bool = False
    chunked: bool = False
    compressed: bool = False
    connection: Literal["kept", "closed"] = "kept"
    extra_headers: bool = False
    extra_fields: bool = False
    field_order: Literal["documented", "sorted", "reversed"] = "documented"
    validators: bool = False
    ascii_only: bool = True
    integers_with_a_point: bool = False
    """Whether an integer is written 22.0, which JSON Schema takes for one."""
    seed: SeedName = "ordinary"
    account_key_deletes: bool = True
    vouched: bool = True
    """Whether the server names phone numbers that it is sure to accept."""


@dataclass(frozen=True)
class Behaviour(KeyChoices, OperatorIdChoices, PhoneAndNameChoices, RequestChoices, StateChoices, TravelChoices):
    """All switches together."""
