//! Elections: when a union's committee was elected, for how many years, and who became chair (clause M1a). The newest one decides who is chair
//! from that day on.

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
    register::{
        person::{self, Person, PersonDetails, PersonForm, Post},
        unit::form::Refusals,
    },
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

/// An election as typed. `chair` is a person's id, or empty; `new_chair` the name of somebody who is not registered yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ElectionForm {
    pub held_on: String,
    pub term_years: String,
    pub chair: String,
    pub new_chair: String,
    pub new_chair_phone: String,
    /// What becomes of the former chair, a key of `Former`.
    pub former: String,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectionDetails {
    pub held_on: Date,
    pub term_years: i64,
    pub chair: Option<Elected>,
    pub former: Option<Former>,
    pub note: String,
}

/// Who was elected chair: somebody whom the register has, or somebody new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elected {
    Known(PersonId),
    New(PersonDetails),
}

jianjia_standard::keyed! {
    /// What becomes of the chair whose place another takes.
    pub enum Former {
        Leaves = "leaves" / "离任",
        Stays = "stays" / "留任工会工作者",
    }
}

/// Whether an election changes who is chair: it is the newest one, and nobody became chair after it.
pub fn decides(held_on: Date, known: &[Date], chair: Option<&Person>) -> bool {
    known.iter().all(|other| *other < held_on)
        && chair.is_none_or(|chair| chair.details.since_on.is_none_or(|since| since <= held_on))
}

/// The former chair from the day of the election on.
pub fn former_chair(chair: &Person, former: Former, held_on: Date) -> Person {
    let mut former_chair = chair.clone();
    match former {
        Former::Leaves => former_chair.left_on = Some(held_on),
        Former::Stays => former_chair.details.post = Post::Worker,
    }
    former_chair
}

/// A person of the unit as its chair from the day of the election on.
pub fn as_chair(elected: &Person, held_on: Date) -> Person {
    let mut chair = elected.clone();
    chair.details.post = Post::Chair;
    chair.details.since_on = Some(held_on);
    chair
}

/// The election as typed, read. `known` are the days on which the unit's recorded elections were held.
///
/// # Errors
/// By field. `held_on`: `DayMissing`, `AlreadyThere`, `BeforeFounding`, or a unit's `NotADay` and `DayInFuture`; `term_years`: `Term`, for
/// any but 3 or 5 years; `chair`: `ChairUnknown`; `new_chair`: `TwoChairs` beside `chair`, else, as `new_chair_phone`, as a person's name and telephone;
/// `note`: `NoteTooLong`, beyond 200 characters.
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
    let chair = elected(form, held_on, today, &mut refusals);
    let former = Former::from_key(&narrow(&form.former));
    let note = line(&form.note);
    if note.chars().count() > 200 || has_control(&form.note) {
        refusals.add("note", ElectionRefusal::NoteTooLong);
    }
    refusals.or(ElectionDetails {
        held_on: held_on.unwrap_or(today),
        term_years,
        chair,
        former,
        note,
    })
}

/// The form's field for a field of a person.
pub fn new_chair_field(field: &str) -> &'static str {
    match field {
        "phone" => "new_chair_phone",
        _ => "new_chair",
    }
}

fn elected(
    form: &ElectionForm,
    held_on: Option<Date>,
    today: Date,
    refusals: &mut Refusals,
) -> Option<Elected> {
    let (id, name) = (narrow(&form.chair), line(&form.new_chair));
    match (id.is_empty(), name.is_empty()) {
        (true, true) => None,
        (false, false) => {
            refusals.add("new_chair", ElectionRefusal::TwoChairs);
            None
        }
        (false, true) => {
            let id = id.parse().ok();
            if id.is_none() {
                refusals.add("chair", ElectionRefusal::ChairUnknown);
            }
            id.map(Elected::Known)
        }
        (true, false) => {
            let typed = PersonForm {
                name: form.new_chair.clone(),
                post: Post::Chair.key().to_owned(),
                phone: form.new_chair_phone.clone(),
                since_on: held_on.unwrap_or(today).to_string(),
                ..PersonForm::default()
            };
            match person::read(&typed, today) {
                Ok(details) => Some(Elected::New(details)),
                Err(Refusal::Fields(fields)) => {
                    for (field, refusal) in fields {
                        refusals.add(new_chair_field(&field), refusal);
                    }
                    None
                }
                Err(refusal) => {
                    refusals.add("new_chair", refusal);
                    None
                }
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum ElectionRefusal {
    DayMissing,
    AlreadyThere {
        held_on: Date,
    },
    BeforeFounding {
        founded_on: Date,
    },
    Term,
    ChairUnknown,
    TwoChairs,
    /// A new chair of an election that doesn't decide who is chair now.
    OfThePast,
    /// Another becomes chair, and nothing is said of the former one.
    FormerOpen {
        chair: String,
    },
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
                "选出的主席不在本单位的人员里。请从名单里选，名单里没有的填姓名。".to_owned()
            }
            (ElectionRefusal::ChairUnknown, Lang::En) => {
                "The elected chair is not among the unit's people. Choose one of the list, or enter the name of somebody new."
                    .to_owned()
            }
            (ElectionRefusal::TwoChairs, Lang::Zh) => {
                "当选主席既选了人员，又填了新的姓名。请只留一个。".to_owned()
            }
            (ElectionRefusal::TwoChairs, Lang::En) => {
                "An elected chair was chosen among the people, and a new name was entered. Keep one of them."
                    .to_owned()
            }
            (ElectionRefusal::OfThePast, Lang::Zh) => {
                "这不是最近的一次选举，现任主席不随它改变。请在备注里写明当时选出的是谁。".to_owned()
            }
            (ElectionRefusal::OfThePast, Lang::En) => {
                "This is not the newest election, so it does not change who is chair now. Say in the note who was elected then."
                    .to_owned()
            }
            (ElectionRefusal::FormerOpen { chair }, Lang::Zh) => {
                format!("主席换了人，请说明原主席“{chair}”是离任，还是留下做工会工作。")
            }
            (ElectionRefusal::FormerOpen { chair }, Lang::En) => {
                format!("Another becomes chair: say whether the former chair “{chair}” leaves, or stays as a worker of the union.")
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
            ElectionRefusal::TwoChairs => "election/two-chairs",
            ElectionRefusal::OfThePast => "election/of-the-past",
            ElectionRefusal::FormerOpen { .. } => "election/former-open",
            ElectionRefusal::NoteTooLong => "election/note-too-long",
            ElectionRefusal::Removed => "election/removed",
        }
    }
}
