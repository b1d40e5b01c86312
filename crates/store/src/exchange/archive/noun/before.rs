//! What a round stands on: the register, what was said of the year, the ratings, the titles held.

use super::{Noun, Whose};

pub(super) const NOUNS: &[Noun] = &[
    Noun {
        name: "division",
        zh: "行政区划",
        en: "Administrative divisions, in which units are located",
        table: "division",
        whose: Whose::All,
        columns: "text code parent_code level name",
        out: "",
        says: &[],
    },
    Noun {
        name: "unit",
        zh: "工会组织",
        en: "Unions and federations as the register had them when the archive was made, ended ones too",
        table: "unit",
        whose: Whose::All,
        columns: "text id path kind name division state;
            text? parent_id form credit_code code_reason employer employer_name employer_credit_code employer_address employer_nature employer_economic_type
            employer_industry successor_id;
            number number; number? workers members; day? founded_on ended_on; instant created_at changed_at",
        out: "phone",
        says: &[
            ("number", "Counted through the whole register, from 1; stays with the unit"),
            ("path", "The numbers of the units above it and its own: a unit is below another if its path begins with the other's"),
            ("division", "The code of its division; empty where not known"),
            ("successor_id", "The unit that it was merged into"),
        ],
    },
    Noun {
        name: "unit-version",
        zh: "工会组织的历次变更",
        en: "Every state that a unit was in, from a day on, until the end of the year after the round",
        table: "unit_version",
        whose: Whose::Until("valid_from <= $1"),
        columns: "text id unit_id change note; day valid_from; json data; instant recorded_at",
        out: "recorded_by",
        says: &[("data", "The whole unit then, without its telephone")],
    },
    Noun {
        name: "person",
        zh: "有关人员",
        en: "People who applied, were judged or hold a title: no others, and without their telephone",
        table: "person",
        whose: Whose::Year(
            "id IN (
               SELECT person_id FROM application WHERE year = $1 AND state <> 'draft'
               UNION
               SELECT person_id FROM statement WHERE year = $1
               UNION
               SELECT person_id FROM judgement WHERE year = $1
               UNION
               SELECT person_id FROM honour WHERE year <= $1)",
        ),
        columns: "text id unit_id name post duty; day? since_on left_on",
        out: "phone created_at changed_at",
        says: &[],
    },
    Noun {
        name: "statement",
        zh: "年度情况填报",
        en: "Facts of a unit or a person as they were said, added and never changed: what holds is what was said last of each",
        table: "statement",
        whose: Whose::Year("year = $1"),
        columns: "text id unit_id source said_by_name; text? person_id; number year; json facts; instant said_at",
        out: "said_by",
        says: &[
            ("facts", "By the fact's key in the standard's facts.toml; null takes an answer back"),
            ("source", "union, carried (last year's answer confirmed), import, reviewer or register"),
        ],
    },
    Noun {
        name: "activity",
        zh: "活动",
        en: "Activities of the year",
        table: "activity",
        whose: Whose::Days("held_on >= $1 AND held_on <= $2"),
        columns: "text id unit_id kind title note; number? participants; day held_on; instant recorded_at; instant? removed_at",
        out: "recorded_by removed_by",
        says: &[],
    },
    Noun {
        name: "evidence",
        zh: "材料",
        en: "Documents and photos that the year's facts and activities use; with --with-files they are in files/, by their SHA-256",
        table: "evidence",
        whose: Whose::Year("id IN (SELECT evidence_id FROM evidence_use WHERE year = $1)"),
        columns: "text id unit_id hash name media_type uploaded_by_name; number bytes; instant uploaded_at; instant? removed_at",
        out: "uploaded_by",
        says: &[("hash", "SHA-256 of the file")],
    },
    Noun {
        name: "evidence-use",
        zh: "材料的用处",
        en: "What a piece of evidence is for",
        table: "evidence_use",
        whose: Whose::Year("year = $1"),
        columns: "text evidence_id unit_id target; number year; instant added_at",
        out: "added_by",
        says: &[("target", "fact:KEY or activity:ID")],
    },
    Noun {
        name: "judgement",
        zh: "判定",
        en: "Judgements that were shown or decided something, each with what it was made from, so that it can be made again",
        table: "judgement",
        whose: Whose::Year("year = $1"),
        columns: "text id unit_id standard_key standard_hash basis; text? person_id; number year; day as_of; json rejected subject verdict; instant made_at",
        out: "",
        says: &[
            ("standard_hash", "The version of the standard: its texts are in standard/"),
            ("basis", "claims (what the union says), confirmed (what reviewers found) or found (what a visit found)"),
            ("rejected", "Clauses that reviewers found not to hold: they are unmet whatever the facts say"),
            ("subject", "What was judged, as `jianjia judge` reads it"),
        ],
    },
    Noun {
        name: "poll",
        zh: "民主测评",
        en: "The members' ratings: how each was held, and its closing record. No ballot is here that could be tied to a voter",
        table: "poll",
        whose: Whose::Year("year = $1"),
        columns: "text id unit_id unit_name state ended_because; text? standard; number year; truth slips_by_upper; json plan signatures record replaces consent;
            instant prepared_at changed_at; instant? opened_at closed_at counted_at signed_at",
        // The keys that ballots were sealed for.
        out: "lock",
        says: &[
            ("record", "The closing record: slips, turnout, tallies and the hash of the recount file; null before the count"),
            ("standard", "The version of the standard that it was opened under"),
        ],
    },
    Noun {
        name: "slip-batch",
        zh: "测评票的制作",
        en: "How many slips were made, and when",
        table: "slip_batch",
        whose: Whose::Year("poll_id IN (SELECT id FROM poll WHERE year = $1)"),
        columns: "text id poll_id made_by_name; number number slips replacing; instant made_at",
        out: "",
        says: &[],
    },
    Noun {
        name: "rating",
        zh: "年度满意度",
        en: "The year's result of a unit's rating, which judging reads",
        table: "rating",
        whose: Whose::Year("year = $1"),
        columns: "text unit_id recorded_by_name note; number year roll; json answers; instant recorded_at",
        out: "recorded_by",
        says: &[("note", "The id of the poll that it comes from, or a remark")],
    },
    Noun {
        name: "improvement",
        zh: "改进事项",
        en: "What unions will improve after the rating, and what they reported of it",
        table: "improvement",
        whose: Whose::Year("year = $1"),
        columns: "text id unit_id text said_by_name; text? report reported_by_name; number year; instant said_at; instant? reported_at",
        out: "",
        says: &[],
    },
    Noun {
        name: "honour",
        zh: "荣誉",
        en: "Titles held: those of the round, and those of earlier years, which its targets count",
        table: "honour",
        whose: Whose::Year("year <= $1"),
        columns: "text id title level unit_id unit_kind division holder_name person_name number state source batch_id;
            text? person_id named_by reconfirmed_by application_id; number year; truth reconfirmed; day begun_on; instant recorded_at",
        out: "",
        says: &[
            ("state", "in-force, suspended, revoked or withdrawn, as it was when the archive was made"),
            ("named_by", "The unit that gave it"),
        ],
    },
    Noun {
        name: "honour-event",
        zh: "荣誉的变化",
        en: "What happened to a title: named, imported, suspended, resumed, revoked, withdrawn, reconfirmed",
        table: "honour_event",
        whose: Whose::Year("honour_id IN (SELECT id FROM honour WHERE year <= $1)"),
        columns: "text id honour_id act reason document_number account_name; instant at",
        out: "",
        says: &[],
    },
    Noun {
        name: "honour-renewal",
        zh: "到期复核",
        en: "That a federation looked at a title again in the year and found the conditions met still",
        table: "honour_renewal",
        whose: Whose::Year("year = $1"),
        columns: "text honour_id note account_name; number year; instant at",
        out: "",
        says: &[],
    },
    Noun {
        name: "plaque",
        zh: "牌匾",
        en: "Plaques of titles that were taken",
        table: "plaque",
        whose: Whose::Year("honour_id IN (SELECT id FROM honour WHERE year <= $1)"),
        columns: "text honour_id unit_id asked_by_name returned_by_name; day asked_on due_on; day? returned_on",
        out: "",
        says: &[],
    },
];
