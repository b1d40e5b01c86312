//! The publication of a frame: what the city says of the lottery, and the file that everybody can check.

use jianjia_standard::{Standard, programme};
use jiff::{Timestamp, civil::Date};

use super::{FrameUnit, Lottery, Plan, SpotCheck, SpotCheckRefusal, Stratum, entry};
use crate::{
    check::draw::{self, Frame, Size},
    core::{
        ids::{AccountId, SpotCheckId},
        policy::{Permit, act},
        refusal::Refusal,
    },
};

/// What the city says when it publishes a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    pub lottery_name: String,
    pub lottery_issue: String,
    /// None: what was typed is no day.
    pub lottery_on: Option<Date>,
    /// Those who inspect.
    pub inspectors: Vec<AccountId>,
    /// The plan that was looked at.
    pub seen: String,
}

const NAME_AT_MOST: usize = 40;

/// The lottery may be so far off.
const DAYS_AT_MOST: i32 = 90;

/// What can't be taken of what was typed.
pub fn wrong_fields(publication: &Publication, today: Date) -> Vec<(String, Refusal)> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    for (field, text, refusal) in [
        (
            "lottery_name",
            &publication.lottery_name,
            SpotCheckRefusal::NoLottery,
        ),
        (
            "lottery_issue",
            &publication.lottery_issue,
            SpotCheckRefusal::NoIssue,
        ),
    ] {
        let text = text.trim();
        let length = text.chars().count();
        if text.is_empty() {
            wrong.push((field.to_owned(), refusal.into()));
        } else if length > NAME_AT_MOST || text.chars().any(char::is_control) {
            let most = NAME_AT_MOST;
            let refusal = SpotCheckRefusal::TooLong { length, most };
            wrong.push((field.to_owned(), refusal.into()));
        } else if field == "lottery_issue" && text.contains(char::is_whitespace) {
            wrong.push((field.to_owned(), SpotCheckRefusal::NoIssue.into()));
        }
    }
    let last = today.saturating_add(jiff::Span::new().days(DAYS_AT_MOST));
    match publication.lottery_on {
        None => wrong.push(("lottery_on".to_owned(), SpotCheckRefusal::NotADay.into())),
        Some(on) if on <= today || on > last => {
            let refusal = SpotCheckRefusal::NotLater { on, today, last };
            wrong.push(("lottery_on".to_owned(), refusal.into()));
        }
        Some(_) => {}
    }
    wrong
}

/// A frame that is published: the check, its strata and units, and the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub check: SpotCheck,
    pub strata: Vec<Stratum>,
    pub units: Vec<FrameUnit>,
    pub file: String,
}

/// Where and when a frame is published, and by whom.
pub struct Publishing<'a> {
    pub id: SpotCheckId,
    pub year: i16,
    pub standard: &'a Standard,
    pub rules: &'a programme::SpotCheck,
    pub by: Option<AccountId>,
    pub by_name: &'a str,
    pub today: Date,
    pub now: Timestamp,
}

/// Publishes a frame. `nonce` gives a random number each time.
///
/// # Errors
/// As `wrong_fields`; `FrameChanged` when another plan was looked at; `NoHomes`.
pub fn publish(
    _: &Permit<act::HoldSpotCheck>,
    of: &Publishing<'_>,
    plan: Plan,
    publication: &Publication,
    mut nonce: impl FnMut() -> String,
) -> Result<Published, Refusal> {
    let wrong = wrong_fields(publication, of.today);
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong));
    }
    if plan.units.is_empty() {
        return Err(SpotCheckRefusal::NoHomes.into());
    }
    if plan.seen != publication.seen {
        return Err(SpotCheckRefusal::FrameChanged.into());
    }
    let lottery = Lottery {
        name: publication.lottery_name.trim().to_owned(),
        issue: publication.lottery_issue.trim().to_owned(),
        on: publication.lottery_on.unwrap_or(of.today),
    };
    let sample = plan.sample();
    let mut units: Vec<FrameUnit> = Vec::with_capacity(plan.units.len());
    for unit in plan.units {
        let nonce = nonce();
        units.push(FrameUnit {
            id: entry(&nonce, unit.home.unit_number),
            check: of.id,
            unit: unit.home.unit,
            unit_path: unit.home.unit_path,
            unit_number: unit.home.unit_number,
            unit_name: unit.home.unit_name,
            honour: unit.home.honour,
            nonce,
            stratum: unit.stratum,
            class: unit.class,
            score: i64::try_from(unit.score).unwrap_or(i64::MAX),
            reasons: unit.reasons,
        });
    }
    // In the order of their names, which says nothing of the units.
    units.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    let file = draw::frame_text(&frame(of.year, &lottery, &plan.strata, &units));
    let check = SpotCheck {
        id: of.id,
        year: of.year,
        title: of.rules.title.clone(),
        standard_key: of.standard.key.clone(),
        standard_version: of.standard.version.clone(),
        frame_hash: draw::hash(file.as_bytes()),
        units: units.len() as i64,
        sample,
        inspectors_each: of.rules.inspectors as i64,
        announced: of.rules.announced,
        days: of.rules.days as i64,
        lottery,
        published_by: of.by,
        published_by_name: of.by_name.to_owned(),
        published_at: of.now,
        drawn: None,
    };
    Ok(Published {
        check,
        strata: plan.strata,
        units,
        file,
    })
}

/// The frame of a check, as its file has it.
pub fn frame(year: i16, lottery: &Lottery, strata: &[Stratum], units: &[FrameUnit]) -> Frame {
    Frame {
        year,
        lottery: format!("{} {} {}", lottery.on, lottery.issue, lottery.name),
        strata: strata
            .iter()
            .map(|stratum| {
                let size = Size {
                    units: u64::try_from(stratum.units).unwrap_or(0),
                    sample: u64::try_from(stratum.sample).unwrap_or(0),
                };
                (stratum.name.clone(), size)
            })
            .collect(),
        units: units
            .iter()
            .map(|unit| (unit.id.clone(), unit.stratum.clone()))
            .collect(),
    }
}
