//! Why a unit record or a change of one can't be taken.

mod chinese;
mod english;

use jianjia_standard::Lang;
use jiff::civil::Date;

use crate::{
    core::{place::UnitKind, refusal::Refuse},
    register::unit::{codes::Code, form::Field},
};

#[derive(Clone, Debug, PartialEq)]
pub enum UnitRefusal {
    NameMissing,
    /// One cell or field with the names of several.
    SeveralUnions {
        names: Vec<String>,
    },
    /// A number, a sign, or no more than that it is a union.
    NotAUnionsName {
        typed: String,
    },
    TooLong {
        field: Field,
        found: usize,
    },
    ControlCharacter,
    /// Only the computer that made it can show it.
    PrivateCharacter {
        character: char,
    },
    NotACount {
        typed: String,
    },
    /// About how many, which is no count.
    RoughCount {
        typed: String,
    },
    /// Before there were unions that could be meant.
    DayTooEarly {
        day: Date,
        today: Date,
    },
    /// The area code lost its zero, as a spreadsheet program's numbers do.
    PhoneWithoutZero {
        phone: String,
        meant: String,
    },
    NotADay {
        typed: String,
    },
    DayInFuture {
        day: Date,
        today: Date,
    },
    NotAPhone {
        typed: String,
    },
    NotOfTheList {
        typed: String,
        list: &'static [Code],
    },
    /// What should say why an odd code is kept says nothing.
    ReasonTooShort,
    MembersAboveWorkers {
        members: i64,
        workers: i64,
    },
    /// Another living unit holds the credit code.
    CodeTaken {
        holder: String,
    },
    /// The same name stands under the same upper union already.
    NameTaken {
        name: String,
        upper: String,
    },
    KindUnder {
        kind: UnitKind,
        upper: UnitKind,
    },
    KindAboveUnits {
        kind: UnitKind,
        below: UnitKind,
    },
    UpperMissing,
    UpperUnknown {
        typed: String,
    },
    UpperEnded {
        upper: String,
    },
    UpperWithin {
        upper: String,
    },
    UpperSame {
        upper: String,
    },
    Ended {
        name: String,
    },
    NameSame {
        name: String,
    },
    BeforeLastChange {
        on: Date,
        last: Date,
    },
    BeforeFounding {
        on: Date,
        founded_on: Date,
    },
    DayMissing,
    UnitsBelow {
        count: i64,
    },
    ApplicationsRunning {
        count: i64,
    },
    SuccessorMissing,
    SuccessorUnknown {
        typed: String,
    },
    SuccessorWithin {
        successor: String,
    },
    SuccessorKind {
        successor: String,
        below: UnitKind,
    },
    RootStays,
    NoteMissing,
}

impl Refuse for UnitRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn key(&self) -> &'static str {
        match self {
            UnitRefusal::NameMissing => "unit/name-missing",
            UnitRefusal::SeveralUnions { .. } => "unit/several-unions",
            UnitRefusal::NotAUnionsName { .. } => "unit/not-a-unions-name",
            UnitRefusal::TooLong { .. } => "unit/too-long",
            UnitRefusal::ControlCharacter => "unit/control-character",
            UnitRefusal::PrivateCharacter { .. } => "unit/private-character",
            UnitRefusal::NotACount { .. } => "unit/not-a-count",
            UnitRefusal::RoughCount { .. } => "unit/rough-count",
            UnitRefusal::DayTooEarly { .. } => "unit/day-too-early",
            UnitRefusal::PhoneWithoutZero { .. } => "unit/phone-without-zero",
            UnitRefusal::NotADay { .. } => "unit/not-a-day",
            UnitRefusal::DayInFuture { .. } => "unit/day-in-future",
            UnitRefusal::NotAPhone { .. } => "unit/not-a-phone",
            UnitRefusal::NotOfTheList { .. } => "unit/not-of-the-list",
            UnitRefusal::ReasonTooShort => "unit/reason-too-short",
            UnitRefusal::MembersAboveWorkers { .. } => "unit/members-above-workers",
            UnitRefusal::CodeTaken { .. } => "unit/code-taken",
            UnitRefusal::NameTaken { .. } => "unit/name-taken",
            UnitRefusal::KindUnder { .. } => "unit/kind-under",
            UnitRefusal::KindAboveUnits { .. } => "unit/kind-above-units",
            UnitRefusal::UpperMissing => "unit/upper-missing",
            UnitRefusal::UpperUnknown { .. } => "unit/upper-unknown",
            UnitRefusal::UpperEnded { .. } => "unit/upper-ended",
            UnitRefusal::UpperWithin { .. } => "unit/upper-within",
            UnitRefusal::UpperSame { .. } => "unit/upper-same",
            UnitRefusal::Ended { .. } => "unit/ended",
            UnitRefusal::NameSame { .. } => "unit/name-same",
            UnitRefusal::BeforeLastChange { .. } => "unit/before-last-change",
            UnitRefusal::BeforeFounding { .. } => "unit/before-founding",
            UnitRefusal::DayMissing => "unit/day-missing",
            UnitRefusal::UnitsBelow { .. } => "unit/units-below",
            UnitRefusal::ApplicationsRunning { .. } => "unit/applications-running",
            UnitRefusal::SuccessorMissing => "unit/successor-missing",
            UnitRefusal::SuccessorUnknown { .. } => "unit/successor-unknown",
            UnitRefusal::SuccessorWithin { .. } => "unit/successor-within",
            UnitRefusal::SuccessorKind { .. } => "unit/successor-kind",
            UnitRefusal::RootStays => "unit/root-stays",
            UnitRefusal::NoteMissing => "unit/note-missing",
        }
    }
}
