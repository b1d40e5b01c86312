//! The money of the year: what was granted, and the entries of the ledger.

use super::{Noun, Whose};

pub(super) const NOUNS: &[Noun] = &[
    Noun {
        name: "grant",
        zh: "拨款",
        en: "Money that was granted for the year, and how far it is",
        table: "money_grant",
        whose: Whose::Year("year = $1"),
        columns: "text id unit_id unit_name kind basis state granted_by_name; text? source_key; number year book_year amount_fen; day granted_on; instant granted_at",
        out: "granted_by",
        says: &[("book_year", "The year on whose accounts it stands: another once it was carried over unpaid")],
    },
    Noun {
        name: "ledger-entry",
        zh: "经费账",
        en: "Entries of the ledger for the year",
        table: "ledger_entry",
        whose: Whose::Year("year = $1"),
        columns: "text id kind unit_id unit_name basis reason grant_id run_id purpose payee recorded_by_name; text? reverses_id;
            number number year amount_fen over_fen; day happened_on; instant recorded_at",
        out: "recorded_by",
        says: &[("over_fen", "So much of what was spent is more than there was")],
    },
    Noun {
        name: "ledger-line",
        zh: "经费账明细",
        en: "The amounts of an entry on the accounts of a year; each entry comes to nothing on either side of each year",
        table: "ledger_line",
        whose: Whose::Year("entry_id IN (SELECT id FROM ledger_entry WHERE year = $1)"),
        columns: "text entry_id unit_id account purpose; number place year amount_fen",
        out: "",
        says: &[],
    },
    Noun {
        name: "payment-run",
        zh: "付款批次",
        en: "Payments that went to the bank together, without where they are paid to",
        table: "payment_run",
        whose: Whose::Year("year = $1"),
        columns: "text id state prepared_by_name approved_by_name csv_digest xlsx_digest ended_by_name; number number year row_count total_fen;
            instant prepared_at; instant? approved_at ended_at",
        out: "prepared_by prepared_person_id approved_by",
        says: &[("csv_digest", "SHA-256 of the file for the bank")],
    },
    Noun {
        name: "closed-year",
        zh: "年终结账",
        en: "That the books of the year were closed",
        table: "ledger_year",
        whose: Whose::Year("year = $1"),
        columns: "number year entries left_fen; text closed_by_name; instant closed_at",
        out: "closed_by",
        says: &[],
    },
];
