"""Single variants: one for every other reading of every row where the documentation is silent."""

from conformance.mock.personalities import (
    BLANK_NAMES,
    CASTS,
    CONTENT_TYPES,
    EMPTY_IDS,
    JSON_ODDITIES,
    NAME_LETTERS,
    NO_IDS,
    ODD_IDS,
    PATH_FORMS,
    PHONE_FORMS,
    TRAVELLING,
    each,
)
from conformance.mock.seed import PHONE_NUMBERS
from conformance.mock.variant import Variant

FRAMEWORK_ERROR = "PAYLOAD-FRAMEWORK-ERROR"


def one(name: str, title: str, *violated: str, **changes: object) -> Variant:
    """Make a variant of the switches given as keywords; what stands before them are the shoulds it violates."""
    return Variant(name, title, changes, violated)


KEYS_AND_ERRORS = (
    one("text-unauthorized", "A 401 says Unauthorized", unauthorized_text="Unauthorized"),
    one(
        "text-invalid-or-expired",
        "A 401 says Invalid or expired API key",
        unauthorized_text="Invalid or expired API key",
    ),
    one("bearer-as-written", "The scheme is Bearer, and bearer is refused", bearer_in_lower_case="refused"),
    one("one-error", "A failed validation is one error text", validation_shape="error"),
    one("framework-html", "The framework's errors are HTML pages", FRAMEWORK_ERROR, framework_error="html"),
    one("framework-empty", "The framework's errors have no body", FRAMEWORK_ERROR, framework_error="empty"),
    one(
        "framework-message",
        "The framework's errors carry message in place of error",
        FRAMEWORK_ERROR,
        framework_error="message",
    ),
    one(
        "body-before-key",
        "The body is parsed before the key is read",
        first_of_two_faults=("body", "key", "permission", "number"),
    ),
    one(
        "body-before-permission",
        "The body is parsed before the permission is looked at",
        first_of_two_faults=("key", "body", "permission", "number"),
    ),
    one(
        "number-before-permission",
        "The number is looked up before the permission",
        first_of_two_faults=("key", "number", "permission", "body"),
    ),
    one(
        "body-before-number",
        "The body is parsed before the number is looked up",
        first_of_two_faults=("key", "permission", "body", "number"),
    ),
    one(
        "method-not-found",
        "A method that the page does not name is 404",
        other_method="not_found",
        head="not_found",
        options="not_found",
    ),
    one("methods-refused", "HEAD is refused and OPTIONS is answered", head="refused", options="answered"),
)

OPERATOR_IDS = (
    one("ids-read", "Every spelling of an integer is read as that integer", **each(ODD_IDS, "read")),
    one("plain-text-ids-read", "Only plain digits in quotes are read as an integer", id_plain_text="read"),
    one("ids-not-found", "Every odd spelling resolves to nobody", **each((*ODD_IDS, *NO_IDS), "not_found")),
    one("ids-unprocessable", "Every odd spelling fails the validation", **each((*ODD_IDS, *NO_IDS), "unprocessable")),
    one("ids-bad-request", "Every odd spelling is a bad request", **each((*ODD_IDS, *NO_IDS), "bad_request")),
    one("prefix-ids-read", "Digits before letters are read as an integer", CASTS, id_prefix_text="read"),
    one("fractions-cut", "A fraction is cut to its integer", CASTS, id_fraction="read"),
    one("true-is-one", "True is read as 1, and somebody has that id", CASTS, id_true="one"),
    one(
        "what-is-there-is-one",
        "True, and a list or an object that is not empty, count as 1, and somebody has that id",
        CASTS,
        **each(("id_true", "id_list", "id_object"), "one"),
    ),
    one("list-ids-read", "A list of one integer is read as that integer", CASTS, id_list="first"),
    one("empty-ids-absent", "False, blank text and what is empty count as absent", **each(EMPTY_IDS, "absent")),
    one(
        "null-id-not-found",
        "An id of null resolves to nobody",
        id_null_alone="not_found",
        id_null_beside_phone="not_found",
    ),
    one(
        "null-id-invalid",
        "An id of null fails the validation",
        id_null_alone="unprocessable",
        id_null_beside_phone="unprocessable",
    ),
    one(
        "null-id-bad-request",
        "An id of null is a bad request",
        id_null_alone="bad_request",
        id_null_beside_phone="bad_request",
    ),
    one(
        "null-id-refused-beside-phone",
        "An id of null is refused only beside a phone number",
        id_null_beside_phone="unprocessable",
    ),
    one(
        "nobody-absent-beside-phone",
        "What names nobody counts as absent beside a phone number",
        id_nobody_beside_phone="absent",
    ),
    one(
        "odd-phone-unprocessable",
        "A phone number of another type fails also beside an id",
        id_beside_odd_phone="unprocessable",
    ),
    one(
        "odd-phone-bad-request",
        "A phone number of another type is a bad request also beside an id",
        id_beside_odd_phone="bad_request",
    ),
    one("name-beside-id-refused", "A name beside an id fails the validation", id_beside_name="unprocessable"),
    one("query-read", "operator_id is read from the query where the body has none", id_in_query="fills"),
    one("query-wins", "operator_id in the query beats the one in the body", id_in_query="wins"),
    one("form-read", "A form body is read", form_body="read"),
    one("inactive-operators-refused", "An operator that is not active is not attached", inactive_operator="refused"),
    one(
        "inactive-operators-refused-again",
        "An operator that is not active is refused where it is attached, too",
        inactive_operator="refused_again",
    ),
)

PHONES_AND_NAMES = (
    one("empty-phone-invalid", "An empty phone number fails the validation", phone_empty="unprocessable"),
    one("empty-phone-bad-request", "An empty phone number is a bad request", phone_empty="bad_request"),
    one("typed-phone-missing", "A phone number of another type counts as absent", phone_of_other_type="missing"),
    one(
        "typed-phone-bad-request", "A phone number of another type is a bad request", phone_of_other_type="bad_request"
    ),
    one("list-of-one-phone", "A list of one phone number is read as that number", phone_list_of_one="read"),
    one(
        "bad-phone-bad-request",
        "An invalid phone number is a bad request",
        "VALIDATION-IS-422",
        phone_invalid="bad_request",
    ),
    one(
        "validated-with-the-body",
        "New operators are validated before the key is looked at, and are of the United States",
        new_operator_validated="with_the_body",
        first_of_two_faults=("body", "key", "permission", "number"),
        phone_country="us_only",
    ),
    one("us-only", "Only numbers of the United States are accepted", phone_country="us_only"),
    one("fiction-refused", "Fictional phone numbers are refused", phone_fictional="refused", vouched=False),
    one(
        "two-phones-found",
        "A carrier's look-up finds two phone numbers, which are vouched for; all others are refused",
        phone_fictional="refused",
        only_phone_numbers=PHONE_NUMBERS[:2],
    ),
    one("phones-normalised", "Every form of a phone number is normalised", **each(PHONE_FORMS, "normalised")),
    one("phones-as-written", "Only the form of E.164 is accepted", **each(PHONE_FORMS, "refused")),
    one(
        "phone-of-existing-attached",
        "A known phone number attaches its operator",
        phone_of_existing="existing_attached",
    ),
    one("phone-of-existing-refused", "A known phone number fails the validation", phone_of_existing="refused"),
    one("blank-names-kept", "A blank name is kept", **each(BLANK_NAMES, "kept")),
    one("blank-names-refused", "A blank name fails the validation", **each(BLANK_NAMES, "refused")),
    one("any-letters", "Names of any length and with any letters are kept", **each(NAME_LETTERS, "kept")),
    one(
        "letters-unprocessable",
        "Long names and control letters fail the validation",
        **each(NAME_LETTERS, "unprocessable"),
    ),
    one("letters-bad-request", "Long names and control letters are bad requests", **each(NAME_LETTERS, "bad_request")),
    one("letters-too-large", "Long names and control letters are too large", **each(NAME_LETTERS, "too_large")),
    one("names-trimmed", "The space around a name is trimmed", name_space="trimmed"),
    one("names-normalised", "A name is brought into normal form C", name_form="normalised"),
    one("names-to-text", "A name of another type is turned to text", name_of_other_type="text"),
    one("names-to-default", "A name of another type becomes the default", name_of_other_type="default"),
    one("typed-names-bad-request", "A name of another type is a bad request", name_of_other_type="bad_request"),
    one(
        "one-letter",
        "One word has one letter of initials, three words those of the first two",
        initials_of_one_word="one",
        initials_of_three_words="second",
    ),
)

REQUESTS = (
    one(
        "body-unsupported",
        "A body that is no JSON object is an unsupported media type",
        body_malformed="unsupported",
        body_not_object="unsupported",
        body_empty="unsupported",
    ),
    one(
        "body-unprocessable",
        "A body that is no JSON object fails the validation",
        body_malformed="unprocessable",
        body_not_object="unprocessable",
        body_empty="unprocessable",
    ),
    one(
        "body-missing",
        "A body that is no JSON object counts as empty",
        body_malformed="missing",
        body_not_object="missing",
    ),
    one("body-bad-request", "A body that is empty is a bad request", body_empty="bad_request"),
    one("body-too-large", "A body of more than 4,096 bytes is too large", largest_body=4096, name_long="too_large"),
    one(
        "names-of-255-bytes",
        "A name of more than 255 bytes is a bad request, however few its characters",
        name_counted_in="bytes",
        name_long="bad_request",
    ),
    one(
        "body-before-method",
        "A body of another content type is refused before the method is",
        body_before_method=True,
    ),
    one(
        "type-bad-request",
        "Another content type is a bad request",
        **each((*CONTENT_TYPES, *TRAVELLING), "bad_request"),
    ),
    one("type-unprocessable", "Another content type fails the validation", **each(CONTENT_TYPES, "unprocessable")),
    one("type-missing", "A body of another content type is not read", **each((*CONTENT_TYPES, *TRAVELLING), "missing")),
    one(
        "type-not-acceptable",
        "What cannot be parsed or accepted is 406",
        **each(("content_type_unparsable", *TRAVELLING), "not_acceptable"),
    ),
    one("type-unsupported", "An Accept header without JSON is unsupported", accept_other="unsupported"),
    one(
        "type-read",
        "Other charsets and JSON media types are read",
        content_encoding="ignored",
        other_charset="read",
        vendor_json="read",
    ),
    one(
        "type-not-looked-at",
        "The content type is not looked at: what came is read as JSON",
        **each(("content_type_missing", "content_type_other", "content_type_unparsable", "vendor_json"), "read"),
        other_charset="ignored",
    ),
    one("charset-ignored", "The charset is ignored", other_charset="ignored"),
    one("unknown-unprocessable", "An unknown field fails the validation", unknown_fields="unprocessable"),
    one("unknown-bad-request", "An unknown field is a bad request", unknown_fields="bad_request"),
    one("first-of-duplicates", "The first of two equal fields counts", duplicate_fields="first"),
    one(
        "oddities-read",
        "Comments, marks and broken letters are read",
        json_comments="read",
        byte_order_mark="read",
        lone_surrogate="read",
        invalid_utf8="read",
    ),
    one("surrogates-kept", "A lone surrogate is kept and written as an escape", lone_surrogate="kept"),
    one("oddities-unprocessable", "Oddities of JSON fail the validation", **each(JSON_ODDITIES, "unprocessable")),
    one("oddities-bad-request", "Oddities of JSON are bad requests", **each(JSON_ODDITIES, "bad_request")),
    one("path-ids-read", "Other spellings of a path id are read", path_id_spelled="read"),
    one(
        "path-ids-bad-request",
        "A path id that is no integer is a bad request",
        path_id_text="bad_request",
        path_id_spelled="bad_request",
        path_id_prefix="bad_request",
    ),
    one(
        "path-ids-unprocessable",
        "A path id that is no integer fails the validation",
        path_id_text="unprocessable",
        path_id_spelled="unprocessable",
        path_id_prefix="unprocessable",
    ),
    one("path-prefix-read", "Digits before letters are read as a path id", "PATH-ID-PREFIX", path_id_prefix="read"),
    one("paths-read", "Slashes and case do not matter", **each(PATH_FORMS, "read")),
    one("paths-redirected", "Slashes and case are redirected", **each(PATH_FORMS, "redirected")),
)

STATE_AND_SCOPE = (
    one("removals-at-once", "The same removal, sent twice at once, succeeds twice", removals_at_once="all_succeed"),
    one("counting-priorities", "A priority is never given twice", next_priority="counter"),
    one("array-by-id", "The operators array is in the order of ids", "ORDER-ARRAY", operators_array="id"),
    one("array-by-name", "The operators array is in the order of names", "ORDER-ARRAY", operators_array="name"),
    one("twelve-operators", "A number has at most twelve operators", operators_of_a_number=12),
    one("full-from-the-start", "The designated number takes nobody more", seed="crowded", operators_of_a_number=30),
    one("four-operators", "A number has at most four operators", "ATTACH-LIMIT-BELOW-TEN", operators_of_a_number=4),
    one("full-account", "An account has at most thirty operators", operators_of_the_account=30),
    one(
        "created-unlinked",
        "An operator made by a project key is linked to no project",
        "SCOPE-CREATED-PROJECT",
        project_of_created="none",
    ),
    one(
        "created-in-the-numbers-project",
        "An operator made by an account key joins the number's project",
        project_of_created_by_account="of_the_number",
    ),
    one(
        "linked-by-assignments",
        "A project has whoever stands at its numbers too",
        linked_to_a_project="by_assignments_too",
    ),
    one(
        "linked-by-attaching",
        "Whoever is of no project joins for good that of the first number they are attached to",
        linked_to_a_project="by_attaching_too",
    ),
    one(
        "foreign-reattached", "A project key attaches again whoever is attached", foreign_reattached_by_project="no_op"
    ),
    one(
        "available-of-the-project",
        "Only operators of the number's project are available",
        available_outside_project="hidden",
    ),
    one("available-active", "Only active operators are available", available_inactive="hidden"),
    one("counts-of-the-account", "A project key sees the counts of the account", counts_for_project="of_account"),
    one("inactive-numbers-refused", "No operator is attached to an inactive number", inactive_number="refused"),
    one(
        "inactive-numbers-refuse-all",
        "An inactive number refuses those too who are attached to it",
        inactive_number="refused_again",
    ),
    one(
        "number-admits-first",
        "A number that is inactive, or has twelve operators, refuses before the body is looked at",
        number_admits="before_anything_else",
        inactive_number="refused",
        operators_of_a_number=12,
    ),
    one("operators-written-barely", "Writing an operator shows no more than an id", written_operator="barely"),
    one("delete-permission", "Deleting an operator needs the delete permission", delete_operator_needs="delete"),
    one(
        "no-delete-permission",
        "Deleting needs a permission that no key has",
        delete_operator_needs="delete",
        account_key_deletes=False,
    ),
    one("ids-given-again", "The id of the newest operator, deleted, is the next one's", deleted_ids="given_again"),
    one("ids-of-seven-digits", "Operators have ids as long as a local phone number", new_ids_after=5_550_100),
    one("ids-beyond-32-bits", "Operators have ids that 32 bits do not hold", new_ids_after=2**33),
    one("ids-of-nineteen-digits", "Operators have ids that a double does not hold", new_ids_after=7_301_554 * 10**12),
    one("code-points", "Names are sorted by their code points", collation="code_points"),
    one("fractional-stats", "The average of stats is fractional", stats_numbers="fractional"),
    one("null-average", "The average of stats is null", stats_numbers="null_average"),
    one("nameless", "The designated numbers have no name", detail_name="null"),
    one("unknown-callers", "Callers have no name", caller_name="null", time_form="offset"),
    one("empty-callers", "Callers have an empty name", caller_name="empty", time_form="fractional"),
    one("plus-zero", "Times are written with +00:00", time_form="plus_zero"),
    one("lagging", "A read lags a third of a second behind the write", "READ-YOUR-WRITES", read_lag=0.33),
    one("maintenance", "The server is down once", maintenance_at=7),
)

TRAVEL = (
    one("chunked", "Answers are chunked", chunked=True),
    one("compressed", "Answers are compressed where that was offered", compressed=True),
    one("closing", "The connection is closed after each answer", connection="closed"),
    one("sorted-fields", "Fields are in the order of their names", field_order="sorted"),
    one("reversed-fields", "Fields are in the reverse order", field_order="reversed"),
    one("validators", "Answers carry an ETag, and 304 where it is sent again", validators=True),
    one("plain-letters", "JSON is written with letters, not with escapes", ascii_only=False),
    one("integers-with-a-point", "Integers are written 22.0", integers_with_a_point=True),
)

SINGLES: tuple[Variant, ...] = (
    *KEYS_AND_ERRORS,
    *OPERATOR_IDS,
    *PHONES_AND_NAMES,
    *REQUESTS,
    *STATE_AND_SCOPE,
    *TRAVEL,
)
