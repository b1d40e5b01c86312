//! The subsidies of a year: what they start from, when they were reckoned, what each unit got.

use super::{Noun, Whose};

pub(super) const NOUNS: &[Noun] = &[
    Noun {
        name: "subsidy-base",
        zh: "补贴基数",
        en: "What subsidies start from where the city records it, all records of the year",
        table: "subsidy_base",
        whose: Whose::Year("year = $1"),
        columns: "text id unit_id source note recorded_by_name; number year number amount_fen; instant recorded_at",
        out: "recorded_by",
        says: &[("number", "The last of a unit and year holds")],
    },
    Noun {
        name: "subsidy-reckoning",
        zh: "补贴核定",
        en: "When the city reckoned the subsidies of the year, and by which standard",
        table: "subsidy_reckoning",
        whose: Whose::Year("year = $1"),
        columns: "text id standard_version reason digest reckoned_by_name; number year number units; instant reckoned_at",
        out: "reckoned_by",
        says: &[],
    },
    Noun {
        name: "subsidy",
        zh: "活动经费补贴",
        en: "What each unit got, with its facts and its sum; a correction stands beside what it replaced",
        table: "subsidy",
        whose: Whose::Year("year = $1"),
        columns: "text id reckoning_id unit_id unit_name scheme effect sum_zh sum_en standard_version replaced_by; number year; number? base_fen amount_fen;
            json facts reckoned",
        out: "",
        says: &[
            ("amount_fen", "In fen; null where nobody knows the base"),
            ("replaced_by", "The id of the one that came in its place; empty for the one that holds"),
        ],
    },
];
