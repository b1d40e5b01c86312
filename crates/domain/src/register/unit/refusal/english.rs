//! The sentences in English.

use jianjia_standard::{Lang, fact::EARLIEST_DAY};

use super::UnitRefusal;
use crate::core::day;

impl UnitRefusal {
    pub(super) fn english(&self) -> String {
        match self {
            UnitRefusal::NameMissing => "Enter the union's name as in the document that approved it.".to_owned(),
            UnitRefusal::SeveralUnions { names } => format!(
                "The field names {} unions ({}). Enter one union a row, with one name each.",
                names.len(),
                names.join("; ")
            ),
            UnitRefusal::NotAUnionsName { typed } => format!(
                "“{typed}” does not look like a union's name. Enter the whole name; a question mark stands for a character that was lost: type it again."
            ),
            UnitRefusal::TooLong { field, found } => format!(
                "“{}” can have at most {} characters and this has {found}. Please shorten it.",
                field.en, field.limit
            ),
            UnitRefusal::ControlCharacter => {
                "This text contains invisible control characters, most likely from pasting. Delete it and type it again.".to_owned()
            }
            UnitRefusal::PrivateCharacter { character: '\u{fffd}' } => {
                "One character was lost and only “\u{fffd}” is left of it, most likely when the file changed its encoding. Type the character again from the document.".to_owned()
            }
            UnitRefusal::PrivateCharacter { character } => format!(
                "One character (U+{:04X}) is private to the computer that typed it and shows as a blank or a box elsewhere. Type the character of the standard; if it can't be typed, use one that sounds alike for now.",
                u32::from(*character)
            ),
            UnitRefusal::NotACount { typed } => {
                format!("“{typed}” is not a number of people. Enter 0 or a whole number such as 186, or leave it empty if it is not known.")
            }
            UnitRefusal::RoughCount { typed } => {
                format!("“{typed}” says only about how many. Enter the exact number, such as 186, or leave it empty if it is not known.")
            }
            UnitRefusal::DayTooEarly { day, today } => format!(
                "{day} is too early{}. It must be from {EARLIEST_DAY} to today ({today}). Check the day, or leave it empty if it is not known.",
                day::zero_told(&day.to_string(), Lang::En)
            ),
            UnitRefusal::PhoneWithoutZero { phone, meant } => format!(
                "The telephone “{phone}” lost the zero of its area code: a spreadsheet program kept it as a number. Format the cell as text and type it again, such as {meant}."
            ),
            UnitRefusal::NotADay { typed } => {
                format!(
                    "“{typed}” is not a date{}. Write year-month-day, such as 2016-03-29, or leave it empty if it is not known.",
                    day::serial_told(typed, Lang::En)
                )
            }
            UnitRefusal::DayInFuture { day, today } => {
                format!("{day} has not come yet (today is {today}). The register holds what has happened; check the day.")
            }
            UnitRefusal::NotAPhone { typed } => {
                format!("“{typed}” is not a phone number. Use digits and hyphens only, such as 0519-86681234.")
            }
            UnitRefusal::NotOfTheList { typed, list } => format!(
                "“{typed}” is not one of the choices. Choose one of: {}.",
                list.iter().map(|code| code.en).collect::<Vec<_>>().join("; ")
            ),
            UnitRefusal::ReasonTooShort => "Say how the code was checked, for example: compared with the original licence, which is printed so.".to_owned(),
            UnitRefusal::MembersAboveWorkers { members, workers } => format!(
                "{members} members are more than {workers} workers. Check both: workers include dispatched and all other workers."
            ),
            UnitRefusal::CodeTaken { holder } => format!(
                "This code is registered for “{holder}” already, and a code belongs to one union. Check it; if it is the same union, correct that record instead."
            ),
            UnitRefusal::NameTaken { name, upper } => format!(
                "“{name}” is already under “{upper}”, and an upper union can't have two units of the same name. If it is the same, correct that record; if not, write the name in full."
            ),
            UnitRefusal::KindUnder { kind, upper } => format!(
                "A unit of kind “{}” can't be under one of kind “{}” (levels of section 4 of the programme). Choose another upper union or kind.",
                kind.key(),
                upper.key()
            ),
            UnitRefusal::KindAboveUnits { kind, below } => format!(
                "There are units of kind “{}” below it, so it can't become “{}”. Move them elsewhere first.",
                below.key(),
                kind.key()
            ),
            UnitRefusal::UpperMissing => "Enter the upper union: its name, number or credit code.".to_owned(),
            UnitRefusal::UpperUnknown { typed } => format!(
                "There is no upper union “{typed}” within your area, or there are several of that name. Enter its number or credit code, or register it first."
            ),
            UnitRefusal::UpperEnded { upper } => {
                format!("“{upper}” was merged or closed and can't have units below it any more. Choose an active upper union.")
            }
            UnitRefusal::UpperWithin { upper } => {
                format!("“{upper}” is this unit itself or below it, so it can't be its upper union. Choose another.")
            }
            UnitRefusal::UpperSame { upper } => {
                format!("This unit is already under “{upper}”; there is nothing to move.")
            }
            UnitRefusal::Ended { name } => {
                format!("“{name}” was merged or closed: its record can be read but not changed. To bring it back, have the upper union register a new unit.")
            }
            UnitRefusal::NameSame { name } => {
                format!("The new name is the present one, “{name}”; there is nothing to rename.")
            }
            UnitRefusal::BeforeLastChange { on, last } => format!(
                "The day of the change, {on}, is before the last change on {last}. Changes are recorded in order; enter {last} or a later day."
            ),
            UnitRefusal::BeforeFounding { on, founded_on } => format!(
                "The day of the change, {on}, is before the founding on {founded_on}. Check the day, or correct the founding first."
            ),
            UnitRefusal::DayMissing => "Enter the day from which the change holds, as in the approving document.".to_owned(),
            UnitRefusal::UnitsBelow { count } => {
                format!("There are {count} active units below it. Move, merge or close them first, then close this one.")
            }
            UnitRefusal::ApplicationsRunning { count } => format!(
                "{count} applications of this unit or units below it are under review, and the change would take them away from their reviewers. Decide, return or withdraw them first."
            ),
            UnitRefusal::SuccessorMissing => "Enter the unit to merge into: its name, number or credit code.".to_owned(),
            UnitRefusal::SuccessorUnknown { typed } => format!(
                "There is no active unit “{typed}” within your area, or there are several of that name. Enter its number or credit code."
            ),
            UnitRefusal::SuccessorWithin { successor } => {
                format!("“{successor}” is this unit itself or below it, so it can't be the successor. Choose another.")
            }
            UnitRefusal::SuccessorKind { successor, below } => format!(
                "There are units of kind “{}” below it, which can't be under “{successor}”. Move them elsewhere first, then merge.",
                below.key()
            ),
            UnitRefusal::RootStays => "The city federation is the root of the city: it can't be moved, merged or closed.".to_owned(),
            UnitRefusal::NoteMissing => "Write what the change is based on, such as the number of the approving document. Whoever reads the history needs it.".to_owned(),
        }
    }
}
