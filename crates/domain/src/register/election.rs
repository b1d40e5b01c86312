//! Elections: when a union's committee was elected, for how many years, and who became chair (clause M1a).

use crate::core::refusal::Refuse;
use jianjia_standard::Lang;
use jiff::{Span, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        ids::{ElectionId, PersonId, UnitId},
        refusal::Refusal,
        text::line,
        width::{has_control, narrow},
    },
    register::unit::form::Refusals,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Election {
    pub id: ElectionId,
    pub unit_id: UnitId,
    pub unit_path: String,
    pub held_on: Date,
    /// 3 or 5.
    pub term_years: i64,
    pub chair_id: Option<PersonId>,
    pub chair_name: String,
    pub note: String,
    pub recorded_by: Option<String>,
    pub recorded_at: Timestamp,
    /// Set when the record was struck out as a mistake; it stays to be read.
    pub removed_at: Option<Timestamp>,
}

impl Election {
    /// The last day of the term.
    pub fn term_ends_on(&self) -> Option<Date> {
        self.held_on
            .checked_add(Span::new().try_years(self.term_years).ok()?)
            .ok()
    }
}

/// An election as typed. `chair` is a person's id, or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ElectionForm {
    pub held_on: String,
    pub term_years: String,
    pub chair: String,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectionDetails {
    pub held_on: Date,
    pub term_years: i64,
    pub chair: Option<PersonId>,
    pub note: String,
}

/// The election as typed, read. `known` are the days on which the unit's recorded elections were held.
///
/// # Errors
/// By field. `held_on`: `DayMissing`, `AlreadyThere`, `BeforeFounding`, or a unit's `NotADay` and `DayInFuture`; `term_years`: `Term`, for
/// any but 3 or 5 years; `chair`: `ChairUnknown`; `note`: `NoteTooLong`, beyond 200 characters.
pub fn read(
    form: &ElectionForm,
    known: &[Date],
    founded_on: Option<Date>,
    today: Date,
) -> Result<ElectionDetails, Refusal> {
    let mut refusals = Refusals::default();
    let held_on = refusals.day("held_on", &form.held_on, today);
    match held_on {
        None => refusals.add("held_on", ElectionRefusal::DayMissing),
        Some(held_on) if known.contains(&held_on) => {
            refusals.add("held_on", ElectionRefusal::AlreadyThere { held_on });
        }
        Some(held_on) => {
            if let Some(founded_on) = founded_on.filter(|founded_on| held_on < *founded_on) {
                refusals.add("held_on", ElectionRefusal::BeforeFounding { founded_on });
            }
        }
    }
    let term_years = match narrow(&form.term_years).as_str() {
        "3" => 3,
        "5" => 5,
        _ => {
            refusals.add("term_years", ElectionRefusal::Term);
            0
        }
    };
    let chair = match narrow(&form.chair).as_str() {
        "" => None,
        id => {
            let id = id.parse().ok();
            if id.is_none() {
                refusals.add("chair", ElectionRefusal::ChairUnknown);
            }
            id
        }
    };
    let note = line(&form.note);
    if note.chars().count() > 200 || has_control(&form.note) {
        refusals.add("note", ElectionRefusal::NoteTooLong);
    }
    refusals.or(ElectionDetails {
        held_on: held_on.unwrap_or(today),
        term_years,
        chair,
        note,
    })
}

#[derive(Clone, Debug, PartialEq)]
pub enum ElectionRefusal {
    DayMissing,
    AlreadyThere { held_on: Date },
    BeforeFounding { founded_on: Date },
    Term,
    ChairUnknown,
    NoteTooLong,
    Removed,
}

impl Refuse for ElectionRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (ElectionRefusal::DayMissing, Lang::Zh) => "请填写选举（换届）日期。".to_owned(),
            (ElectionRefusal::DayMissing, Lang::En) => "Enter the day of the election.".to_owned(),
            (ElectionRefusal::AlreadyThere { held_on }, Lang::Zh) => {
                format!(
                    "{held_on} 的选举已经登记过了，不用重复登记。填错的那条可以先作废，再重新登记。"
                )
            }
            (ElectionRefusal::AlreadyThere { held_on }, Lang::En) => {
                format!(
                    "The election of {held_on} is recorded already. If that record is wrong, strike it out and record it again."
                )
            }
            (ElectionRefusal::BeforeFounding { founded_on }, Lang::Zh) => {
                format!("选举日期早于建会日期 {founded_on}，请核对。")
            }
            (ElectionRefusal::BeforeFounding { founded_on }, Lang::En) => {
                format!("The election is before the founding on {founded_on}. Check the day.")
            }
            (ElectionRefusal::Term, Lang::Zh) => {
                "工会委员会每届任期三年或五年（《工会法》），请选择 3 或 5。".to_owned()
            }
            (ElectionRefusal::Term, Lang::En) => {
                "A union committee's term is three or five years (Trade Union Law). Choose 3 or 5."
                    .to_owned()
            }
            (ElectionRefusal::ChairUnknown, Lang::Zh) => {
                "选出的主席不在本单位的人员里。请先在人员里登记，再来选。".to_owned()
            }
            (ElectionRefusal::ChairUnknown, Lang::En) => {
                "The elected chair is not among the unit's people. Register the person first."
                    .to_owned()
            }
            (ElectionRefusal::NoteTooLong, Lang::Zh) => "备注最多 200 个字，请缩短。".to_owned(),
            (ElectionRefusal::NoteTooLong, Lang::En) => {
                "The note takes 200 characters at most. Please shorten it.".to_owned()
            }
            (ElectionRefusal::Removed, Lang::Zh) => "这条选举记录已经作废，不用再作废。".to_owned(),
            (ElectionRefusal::Removed, Lang::En) => {
                "This election was struck out already.".to_owned()
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            ElectionRefusal::DayMissing => "election/day-missing",
            ElectionRefusal::AlreadyThere { .. } => "election/already-there",
            ElectionRefusal::BeforeFounding { .. } => "election/before-founding",
            ElectionRefusal::Term => "election/term",
            ElectionRefusal::ChairUnknown => "election/chair-unknown",
            ElectionRefusal::NoteTooLong => "election/note-too-long",
            ElectionRefusal::Removed => "election/removed",
        }
    }
}
