//! Public notices of candidates: the city shows who may be named, for as many working days as the standard says, with how to object. What was shown stays
//! with the office as it was; the public sees it only while it hangs.

mod refusal;

use jianjia_standard::{
    Text,
    programme::{PublicationRule, Title},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use self::refusal::PublicationRefusal;
use crate::{
    core::{
        ids::{AccountId, ApplicationId, PublicationId},
        policy::{Permit, act},
        refusal::Refusal,
        text::{self, strokes},
    },
    round::{application::Application, round::Days},
};

jianjia_standard::keyed! {
    /// In which order candidates stand: nobody is to come first for their rank. The keys stand in tables.
    pub enum PublicationOrder {
        /// By where the union stands in the tree, then by name.
        Place = "place" / "公示排序|按单位所在，排名不分先后",
        Strokes = "strokes" / "公示排序|按姓氏（首字）笔画",
    }
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PublicationInput {
    pub order: String,
    /// Whom to telephone.
    pub telephone: String,
    /// Who takes objections, and where: an office, an address.
    pub office: String,
    /// The digest of the list that was seen when it was filled in: nothing else is published.
    pub seen: String,
}

/// The most characters of a telephone number and of an office.
const LONGEST: usize = 100;

/// What the public reads: names as they must be named, and nothing else of anybody. No telephone, no identity number, no rank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub title: Text,
    pub year: i16,
    pub city: String,
    pub days: Days,
    pub order: PublicationOrder,
    pub telephone: String,
    pub office: String,
    pub lines: Vec<ShownLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownLine {
    /// From 1.
    pub place: i64,
    /// The person, or the union itself.
    pub name: String,
    /// A person's union; empty where the union itself stands for it.
    pub union: String,
    pub federation: String,
}

/// A public notice as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    pub id: PublicationId,
    pub year: i16,
    pub title: String,
    pub days: Days,
    /// Exactly what was shown, as JSON.
    pub shown: String,
    /// The SHA-256 of `shown`.
    pub hash: String,
    pub published_by: AccountId,
    pub published_by_name: String,
    pub published_at: Timestamp,
    pub taken_down: Option<TakenDown>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenDown {
    pub at: Timestamp,
    /// Why before its time; empty when its days were over.
    pub reason: String,
}

impl Publication {
    /// Whether the public sees it today: it comes down by itself, whenever its row is told so.
    pub fn hangs(&self, today: Date) -> bool {
        self.taken_down.is_none() && self.days.contains(today)
    }

    /// Whether it was taken down before its time, so that it counts as none.
    pub fn is_withdrawn(&self) -> bool {
        let taken_down = self.taken_down.as_ref();
        taken_down.is_some_and(|taken_down| !taken_down.reason.is_empty())
    }
}

/// A candidate that can be shown, with the federation that recommended it.
#[derive(Clone, Debug, PartialEq)]
pub struct ToShow {
    pub application: Application,
    pub federation: String,
}

/// What somebody sees of a list before it is published, as one text: who stands in it, by whom recommended, and how long it would hang. Ranks play no part.
pub fn seen(candidates: &[ToShow], days: Days) -> String {
    let lines = candidates.iter().map(|one| {
        let of = &one.application;
        let names = [called(of), &of.unit.name, &one.federation];
        format!("{}\t{}", of.id, names.join("\t"))
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines.push(format!("{} {}", days.from, days.to));
    lines.join("\n")
}

/// Puts candidates into their order, and says what the public reads of them.
///
/// # Errors
/// `NobodyToShow`; a refusal for each field that can't be taken.
pub fn publish(
    _permit: &Permit<act::PublishCandidates>,
    (title, year, city): (&Title, i16, &str),
    days: Days,
    candidates: Vec<ToShow>,
    input: &PublicationInput,
) -> Result<(Shown, Vec<ApplicationId>), Refusal> {
    if candidates.is_empty() {
        return Err(PublicationRefusal::NobodyToShow.into());
    }
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut refuse = |field: &str, refusal: PublicationRefusal| {
        wrong.push((field.to_owned(), refusal.into()));
    };
    let order = PublicationOrder::from_key(&input.order);
    if order.is_none() {
        refuse("order", PublicationRefusal::NoOrder);
    }
    let (telephone, office) = (text::line(&input.telephone), text::line(&input.office));
    if !telephone.chars().any(|sign| sign.is_ascii_digit()) {
        refuse("telephone", PublicationRefusal::NoTelephone);
    }
    for (field, line) in [("telephone", &telephone), ("office", &office)] {
        if line.chars().count() > LONGEST {
            refuse(field, PublicationRefusal::TooLong { most: LONGEST });
        }
    }
    if office.is_empty() {
        refuse("office", PublicationRefusal::NoOffice);
    }
    let order = match order {
        Some(order) if wrong.is_empty() => order,
        _ => return Err(Refusal::Fields(wrong)),
    };
    let candidates = ordered(candidates, order);
    let lines = candidates.iter().enumerate();
    let lines = lines.map(|(place, one)| line(place, one)).collect();
    let shown = Shown {
        title: title.name.clone(),
        year,
        city: city.to_owned(),
        days,
        order,
        telephone,
        office,
        lines,
    };
    let applications = candidates.iter().map(|one| one.application.id);
    Ok((shown, applications.collect()))
}

/// The candidates in an order. Ranks play no part in it.
pub fn ordered(mut candidates: Vec<ToShow>, order: PublicationOrder) -> Vec<ToShow> {
    candidates.sort_by_cached_key(|one| {
        let of = &one.application;
        let path = match order {
            PublicationOrder::Place => of.unit.path.clone(),
            PublicationOrder::Strokes => String::new(),
        };
        (path, strokes::key(called(of)), of.id)
    });
    candidates
}

/// By what an applicant is called in public: a person's name, or the union's.
fn called(application: &Application) -> &str {
    let person = application.person.as_ref();
    person.map_or(&application.unit.name, |person| &person.name)
}

fn line(place: usize, one: &ToShow) -> ShownLine {
    let of = &one.application;
    ShownLine {
        place: i64::try_from(place).unwrap_or(i64::MAX).saturating_add(1),
        name: called(of).to_owned(),
        union: match of.person {
            Some(_) => of.unit.name.clone(),
            None => String::new(),
        },
        federation: one.federation.clone(),
    }
}

/// The rule by which the candidates for a title are shown.
///
/// # Errors
/// `NoRule` where the standard says nothing of it.
pub fn rule_of<'a>(
    rule: Option<&'a PublicationRule>,
    title: &Title,
) -> Result<&'a PublicationRule, PublicationRefusal> {
    rule.ok_or_else(|| PublicationRefusal::NoRule {
        title: title.name.clone(),
    })
}

/// Why a candidate can't be named yet for the sake of its public notice; none where nothing stands in the way. `hung` are the days of its notices,
/// without those that were withdrawn.
pub fn holds_naming(
    rule: Option<&PublicationRule>,
    clause: &str,
    hung: &[Days],
    today: Date,
) -> Option<PublicationRefusal> {
    let hanging = hung.iter().find(|days| today <= days.to);
    if let Some(days) = hanging {
        return Some(PublicationRefusal::StillHangs {
            to: days.to,
            clause: clause.to_owned(),
        });
    }
    let rule = rule.filter(|rule| rule.is_asked && hung.is_empty())?;
    Some(PublicationRefusal::NotShown {
        days: rule.working_days,
        clause: clause.to_owned(),
    })
}

/// Why a notice is taken down before its days are over.
///
/// # Errors
/// `Over` when it doesn't hang any more; when no reason is given, or a long one.
pub fn withdraw(
    publication: &Publication,
    _permit: &Permit<act::PublishCandidates>,
    typed: &str,
    today: Date,
) -> Result<String, Refusal> {
    if !publication.hangs(today) {
        return Err(PublicationRefusal::Over.into());
    }
    let reason = text::line(typed);
    if reason.is_empty() {
        return Err(Refusal::at("reason", PublicationRefusal::NoReason));
    }
    if reason.chars().count() > LONGEST {
        return Err(Refusal::at(
            "reason",
            PublicationRefusal::TooLong { most: LONGEST },
        ));
    }
    Ok(reason)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::{
        core::{
            ids::{PersonId, UnitId},
            policy::any_permit,
            refusal::Refuse,
        },
        round::application::{ApplicantPerson, ApplicantUnit, State},
    };

    fn candidate(number: u128, name: &str) -> ToShow {
        let at = Timestamp::UNIX_EPOCH;
        ToShow {
            application: Application {
                id: ApplicationId(Uuid::from_u128(number)),
                year: 2016,
                title: "trusted-kin".to_owned(),
                unit: ApplicantUnit {
                    id: UnitId(Uuid::from_u128(number)),
                    path: format!("/1/{number}/"),
                    name: format!("第{number}厂工会"),
                    sort_key: String::new(),
                },
                person: Some(ApplicantPerson {
                    id: PersonId(Uuid::from_u128(number)),
                    name: name.to_owned(),
                }),
                story: "电话13800000001".to_owned(),
                state: State::UnderReview { step: 1 },
                route: Vec::new(),
                rank: Some(1),
                recommended_by: None,
                judgement: None,
                since_at: at,
                submitted_at: None,
                created_by: AccountId(Uuid::from_u128(1)),
                created_at: at,
                revision: 3,
            },
            federation: "天宁区总工会".to_owned(),
        }
    }

    fn days() -> Days {
        Days {
            from: date(2016, 12, 5),
            to: date(2016, 12, 12),
        }
    }

    #[test]
    fn candidates_stand_by_strokes_or_by_place_and_say_nothing_else_of_themselves() {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
        let standard = jianjia_standard::load::folder(&folder).unwrap();
        let title = standard.title("trusted-kin").unwrap();
        let shown = |order: &str| {
            let candidates = vec![
                candidate(1, "赵刚"),
                candidate(2, "丁一"),
                candidate(3, "王芳"),
            ];
            let input = PublicationInput {
                order: order.to_owned(),
                telephone: "0519-8000000".to_owned(),
                office: "市总工会基层工作部".to_owned(),
                seen: String::new(),
            };
            let permit = any_permit(act::PublishCandidates);
            publish(
                &permit,
                (title, 2016, "市总工会"),
                days(),
                candidates,
                &input,
            )
            .unwrap()
            .0
        };
        let names = |shown: &Shown| -> Vec<String> {
            shown.lines.iter().map(|line| line.name.clone()).collect()
        };
        assert_eq!(names(&shown("strokes")), ["丁一", "王芳", "赵刚"]);
        assert_eq!(names(&shown("place")), ["赵刚", "丁一", "王芳"]);
        let json = serde_json::to_string(&shown("place").lines[0]).unwrap();
        assert_eq!(
            json,
            r#"{"place":1,"name":"赵刚","union":"第1厂工会","federation":"天宁区总工会"}"#
        );
    }

    #[test]
    fn naming_waits_for_the_notice_where_the_standard_asks_and_wherever_one_hangs() {
        let rule = |is_asked| PublicationRule {
            titles: Vec::new(),
            working_days: 5,
            is_asked,
        };
        let check = |is_asked, hung: &[Days], today| {
            let held = holds_naming(Some(&rule(is_asked)), "P7", hung, today);
            held.map(|refusal| refusal.key())
        };
        assert_eq!(check(false, &[], date(2016, 12, 5)), None);
        assert_eq!(
            check(true, &[], date(2016, 12, 5)),
            Some("publication/not-shown")
        );
        for is_asked in [true, false] {
            assert_eq!(
                check(is_asked, &[days()], date(2016, 12, 12)),
                Some("publication/still-hangs")
            );
            assert_eq!(check(is_asked, &[days()], date(2016, 12, 13)), None);
        }
    }
}
