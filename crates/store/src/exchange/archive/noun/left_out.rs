//! What no archive of a round has, and why.

/// Columns that no line has.
pub const COLUMNS_LEFT_OUT: &[(&str, &str)] = &[
    ("unit_path", "a copy of the unit's path"),
    ("at_unit_path", "a copy of the unit's path"),
    ("sort_key", "orders lists"),
    ("unit_sort_key", "orders lists"),
    ("holder_sort_key", "orders lists"),
    ("revision", "counts the changes of a row"),
    ("request_key", "knows a form again that was sent twice"),
    ("request_hash", "knows a form again that was sent twice"),
    (
        "account_id",
        "the name stands beside it, and the trail has the act",
    ),
];

/// Tables that no file has.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("access_token", "secrets"),
    ("access_token_use", "secrets"),
    ("account", "who signs in is no record of a round"),
    (
        "account_notice",
        "who was told what is no record of a round",
    ),
    ("account_request", "who signs in is no record of a round"),
    ("account_role", "who signs in is no record of a round"),
    (
        "amendment",
        "what was only prepared is no record of a round; edition says what held",
    ),
    (
        "amendment_effect",
        "worked out by whoever prepared a version",
    ),
    (
        "amendment_effect_unit",
        "worked out by whoever prepared a version",
    ),
    (
        "amendment_event",
        "what was only prepared is no record of a round; the trail has the acts",
    ),
    ("amendment_file", "of what held: standard/VERSION/"),
    ("audit", "trail/lines.jsonl"),
    (
        "audit_record",
        "what each line covers: number and digest stand in trail/lines.jsonl",
    ),
    ("audit_seal", "trail/seals.jsonl"),
    ("counter", "the next free numbers"),
    ("department_account", "who signs in is no record of a round"),
    (
        "election",
        "what judging read of it stands in the subjects of the judgements",
    ),
    ("factor_step", "secrets"),
    (
        "import",
        "what was imported stands in the records themselves",
    ),
    ("instance", "which folder of files belongs to the database"),
    ("invitation", "secrets"),
    ("invitation_reminder", "who was reminded"),
    ("job", "what the program did in the background"),
    ("known_browser", "secrets"),
    ("known_network", "secrets"),
    ("letter", "letters of the public are of no round"),
    ("message", "who was told what is no record of a round"),
    ("objection_file", "encrypted, and stays so"),
    ("objection_note", "encrypted, and stays so"),
    (
        "opened_ballots",
        "recount/ID.csv holds the same answers, those on paper among them",
    ),
    ("outgoing", "who was told what is no record of a round"),
    ("pace", "goes when the box is opened"),
    (
        "paper_entry",
        "the closing record has the count that both agreed on; less the paper, it would tell what few said by phone",
    ),
    (
        "participation",
        "follows from statements, applications and ratings",
    ),
    ("passkey", "secrets"),
    ("passkey_challenge", "secrets"),
    ("passkey_use", "secrets"),
    ("poll_gate", "what voting needs while it lasts"),
    ("poll_left_out", "which votes a backup had not"),
    ("post_choice", "who is told by mail"),
    ("provider_attempt", "secrets"),
    ("provider_subject", "secrets"),
    ("recovery_code", "secrets"),
    ("roll_entry", "names of voters go when the poll closes"),
    ("second_factor", "secrets"),
    ("session", "secrets"),
    ("sign_in_failure", "secrets"),
    ("slip", "a voter's slip"),
    ("slip_state", "a voter's slip"),
    ("spot_check_file", "draw/frame.txt"),
    ("standard", "standard/VERSION/"),
    ("standing", "follows from what was said"),
    (
        "suggestion",
        "written by voters for their union: how they write could tell who they are; the closing record has their number and hash",
    ),
    ("title_figure", "figures.json"),
    ("tour_put_away", "who read the introduction"),
    ("tray", "sealed ballots"),
    ("union_figure", "figures.json"),
];
