//! Naming (clause P4): the city chooses among the recommended candidates, sees beforehand what will happen to each, and confirms
//! exactly that. What changed in between is told, and then nothing happens.

use jianjia_standard::{Text, judgement::Reason, programme::Title};
use serde::{Deserialize, Serialize};

use crate::{
    honour::honour,
    round::{application::Application, department::gap::Unanswered},
};

mod refusal;
pub use refusal::{Change, NamingRefusal};

/// A recommended candidate, judged again on confirmed facts today.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub application: Application,
    /// The federation that recommended it; empty where the city took it up itself.
    pub federation_name: String,
    /// Why it can't be named: vetoes, prerequisites and criteria by clause. Empty when it can.
    pub reasons: Vec<Reason>,
    /// The same in words, and what else stands in the way: a title held already, a conflict of interest.
    pub because: Vec<Text>,
    /// What departments have not said of its unit: shown before it is named, since silence is not consent.
    pub unanswered: Vec<Unanswered>,
    /// Objections of a flood that nobody confirmed in time: they hold nothing any more.
    pub unconfirmed_objections: i64,
}

impl Candidate {
    pub fn may_be_named(&self) -> bool {
        self.because.is_empty()
    }

    /// What is shown of it that bars nothing, in short: how many departments did not answer and why, how many objections nobody confirmed.
    fn shown_beside(&self) -> String {
        let gaps = self.unanswered.iter();
        let mut short: Vec<String> = gaps
            .map(|one| format!("{}{}", one.gap.key(), one.departments.len()))
            .collect();
        short.push(self.unconfirmed_objections.to_string());
        short.join("+")
    }
}

/// What naming would do with a candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub candidate: Candidate,
    pub fate: Fate,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// The title begins and carries this number.
    Named { number: String },
    /// It stays where it is; the reasons are the candidate's.
    Left,
}

/// What would happen to the candidates chosen, in their order: those that can be named get the numbers after `last_number`.
pub fn plan(title: &Title, year: i16, chosen: Vec<Candidate>, last_number: i64) -> Vec<Line> {
    let mut next = last_number;
    chosen
        .into_iter()
        .map(|candidate| {
            let fate = if candidate.may_be_named() {
                next += 1;
                Fate::Named {
                    number: honour::number(title, year, next),
                }
            } else {
                Fate::Left
            };
            Line { candidate, fate }
        })
        .collect()
}

impl Line {
    /// What the preview showed of this line, for the form that confirms it: the application, its revision, and what would happen.
    pub fn token(&self) -> String {
        let application = &self.candidate.application;
        let fate = match &self.fate {
            Fate::Named { number } => number.clone(),
            Fate::Left => {
                let reasons: Vec<String> = self
                    .candidate
                    .reasons
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                format!("-{}", reasons.join(","))
            }
        };
        format!(
            "{}~{}~{}~{fate}",
            application.id,
            application.revision,
            self.candidate.shown_beside()
        )
    }
}

/// Whether everything is as the preview showed it. `seen` are the tokens of its lines, `now` is the plan made anew.
///
/// # Errors
/// When nothing was chosen, nobody can be named, or anything changed since: then with every change.
pub fn confirm(now: &[Line], seen: &[String]) -> Result<(), NamingRefusal> {
    if seen.is_empty() {
        return Err(NamingRefusal::NobodyChosen);
    }
    let mut changes = Vec::new();
    for token in seen {
        let mut parts = token.splitn(4, '~');
        let (id, revision, beside, fate) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let line = now
            .iter()
            .find(|line| line.candidate.application.id.to_string() == id);
        let Some(line) = line else {
            changes.push(Change::Gone);
            continue;
        };
        if line.token() == *token {
            continue;
        }
        let name = line.candidate.application.applicant_name();
        changes.push(match &line.fate {
            Fate::Left if !fate.starts_with('-') => Change::NoLonger {
                name,
                because: line.candidate.because.clone(),
            },
            Fate::Named { .. } if fate.starts_with('-') => Change::NowPossible { name },
            _ if line.candidate.application.revision.to_string() != revision => {
                Change::Handled { name }
            }
            Fate::Named { .. } if line.candidate.shown_beside() != beside => {
                Change::Answered { name }
            }
            Fate::Named { number } => Change::OtherNumber {
                name,
                number: number.clone(),
            },
            Fate::Left => Change::NoLonger {
                name,
                because: line.candidate.because.clone(),
            },
        });
    }
    if !changes.is_empty() {
        return Err(NamingRefusal::Changed { changes });
    }
    let someone = now
        .iter()
        .any(|line| matches!(line.fate, Fate::Named { .. }));
    if someone {
        Ok(())
    } else {
        Err(NamingRefusal::NobodyCanBeNamed)
    }
}

const REASON_AT_MOST: usize = 500;

/// The most candidates of one act.
const AT_ONCE: usize = 200;

/// Whether so many candidates can be handled at once.
///
/// # Errors
/// When there are too many.
pub fn few_enough(chosen: usize) -> Result<(), NamingRefusal> {
    if chosen <= AT_ONCE {
        Ok(())
    } else {
        Err(NamingRefusal::TooMany {
            chosen,
            most: AT_ONCE,
        })
    }
}

/// Whether the document is told by which the city names.
///
/// # Errors
/// When it is not.
pub fn document_given(given: &str) -> Result<(), crate::core::refusal::Refusal> {
    if given.trim().is_empty() {
        return Err(crate::core::refusal::Refusal::at(
            "document_number",
            NamingRefusal::DocumentMissing,
        ));
    }
    Ok(())
}

/// The reason of a rejection.
///
/// # Errors
/// When it is missing or too long.
pub fn reason(given: &str) -> Result<String, NamingRefusal> {
    let given = given.trim();
    let length = given.chars().count();
    if given.is_empty() {
        Err(NamingRefusal::NoReason)
    } else if length > REASON_AT_MOST {
        Err(NamingRefusal::TooLong {
            length,
            most: REASON_AT_MOST,
        })
    } else {
        Ok(given.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use jianjia_standard::Lang;
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::{
        core::{
            ids::{AccountId, ApplicationId, UnitId},
            refusal::Refuse,
        },
        round::application::{ApplicantUnit, State},
    };

    fn trusted() -> Title {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
        let standard = jianjia_standard::load::folder(&folder).unwrap();
        standard.title("trusted-home").unwrap().clone()
    }

    fn candidate(number: u128, veto: bool) -> Candidate {
        let at = Timestamp::UNIX_EPOCH;
        Candidate {
            application: Application {
                id: ApplicationId(Uuid::from_u128(number)),
                year: 2016,
                title: "trusted-home".to_owned(),
                unit: ApplicantUnit {
                    id: UnitId(Uuid::from_u128(number)),
                    path: format!("/1/{number}/"),
                    name: format!("第{number}厂工会"),
                    sort_key: String::new(),
                },
                person: None,
                story: String::new(),
                state: State::UnderReview { step: 1 },
                route: Vec::new(),
                rank: None,
                recommended_by: None,
                judgement: None,
                since_at: at,
                submitted_at: None,
                created_by: AccountId(Uuid::from_u128(1)),
                created_at: at,
                revision: 3,
            },
            federation_name: "天宁区总工会".to_owned(),
            reasons: if veto {
                vec![Reason::Veto("V1".to_owned())]
            } else {
                Vec::new()
            },
            unconfirmed_objections: 0,
            because: if veto {
                vec![Text {
                    zh: "拖欠工资（V1）。".to_owned(),
                    en: "Wages owed (V1).".to_owned(),
                }]
            } else {
                Vec::new()
            },
            unanswered: Vec::new(),
        }
    }

    fn lines(candidates: Vec<Candidate>, last_number: i64) -> Vec<Line> {
        plan(&trusted(), 2016, candidates, last_number)
    }

    #[test]
    fn numbers_go_to_those_who_can_be_named_only() {
        let fates: Vec<Fate> = lines(
            vec![candidate(1, false), candidate(2, true), candidate(3, false)],
            7,
        )
        .into_iter()
        .map(|line| line.fate)
        .collect();
        let named = |number: &str| Fate::Named {
            number: format!("常信赖家〔2016〕{number}号"),
        };
        assert_eq!(fates, [named("8"), Fate::Left, named("9")]);
    }

    #[test]
    fn so_many_candidates_are_handled_at_once_and_no_more() {
        assert_eq!(few_enough(200), Ok(()));
        let sentence = few_enough(201).map_err(|refusal| refusal.sentence(Lang::Zh));
        assert_eq!(
            sentence,
            Err("一次选了201个候选，最多办理200个，所以什么也没有办理。请分几次办理。".to_owned())
        );
    }

    #[test]
    fn what_changed_since_the_preview_is_told_and_refused_as_a_whole() {
        let check = |seen: &[Line], now: &[Line], expect: &str| {
            let tokens: Vec<String> = seen.iter().map(Line::token).collect();
            let found = match confirm(now, &tokens) {
                Ok(()) => String::new(),
                Err(refusal) => refusal.sentence(Lang::Zh),
            };
            assert_eq!(found, expect);
        };
        let changed = |what: &str| {
            format!("预览之后情况有变，整批都没有命名：{what}。请看下面的最新预览，再确认一次。")
        };
        let seen = lines(vec![candidate(1, false), candidate(2, false)], 0);
        check(&seen, &seen, "");
        let vetoed = lines(vec![candidate(1, false), candidate(2, true)], 0);
        check(
            &seen,
            &vetoed,
            &changed("“第2厂工会”现在不能命名：拖欠工资（V1）"),
        );
        check(&vetoed, &seen, &changed("“第2厂工会”现在可以命名了"));
        check(&vetoed, &vetoed, "");
        let gone = lines(vec![candidate(1, false)], 0);
        check(&seen, &gone, &changed("有一个候选已不在待命名名单里"));
        let mut handled = seen.clone();
        handled[0].candidate.application.revision = 4;
        check(&seen, &handled, &changed("“第1厂工会”的申报刚被别人办理过"));
        let later = lines(vec![candidate(1, false)], 1);
        check(
            &gone,
            &later,
            &changed("“第1厂工会”的编号改为常信赖家〔2016〕2号"),
        );
        let nobody = lines(vec![candidate(1, true)], 0);
        check(
            &nobody,
            &nobody,
            "选中的候选现在都不能命名，原因写在各自名下；什么也没有改动。",
        );
        check(
            &[],
            &[],
            "没有选择候选，所以什么也没有办理。请先在名单里勾选。",
        );
    }
}
