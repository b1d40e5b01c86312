//! A judgement laid out clause by clause, with figures, claims, evidence and findings side by side: for the reviewer's desk and for the
//! letter that says why.

use std::collections::BTreeMap;

use jianjia_domain::{
    round::{
        application::Application,
        review::{self, Finding, Outcome},
    },
    year::{
        evidence::{self, Evidence, Target},
        statement,
    },
};
use jianjia_standard::{
    Lang, Standard, Text,
    check::FactName,
    explain,
    judgement::{CriterionVerdict, Judgement, Status},
    programme::Verify,
    subject::Subject,
};
use jianjia_store::{core::db::Tx, year::evidence as kept};
use jiff::civil::Date;

use super::{
    rated::{asks_rating, behind_rating},
    reading::Judged,
};
use crate::core::{app::App, error::Result};

/// One criterion of the title or of a title it builds on.
#[derive(Clone, Debug, PartialEq)]
pub struct ClauseRow {
    pub tier: Text,
    pub group: Option<Text>,
    pub clause: String,
    pub name: Text,
    pub text: Text,
    pub verify: Vec<Verify>,
    pub status: Status,
    /// What is missing, in words; none where it is met.
    pub shortage: Option<Text>,
    /// The worked figures: what, how much there is, how much is asked.
    pub figures: Vec<Figure>,
    /// What the union says, fact by fact; of a rating the roll and the ballots.
    pub facts: Vec<(Text, Text)>,
    pub evidence: Vec<Evidence>,
    /// What a reviewer expects a document on that has none: key and name of each such fact that is claimed.
    pub lacking: Vec<(String, Text)>,
    /// All findings on the clause, newest last.
    pub findings: Vec<Finding>,
    /// How it stood the year before; none where that was never judged.
    pub last_year: Option<Status>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub what: Text,
    pub actual: String,
    pub required: String,
    pub short_by: Option<u64>,
    pub status: Status,
    /// It is the day on which a term ends.
    pub ends_a_term: bool,
}

impl ClauseRow {
    /// The finding that counts.
    pub fn finding(&self) -> Option<&Finding> {
        self.findings.last()
    }

    /// Counts as met only because the applicant says so: nobody has found on it.
    pub fn is_claimed(&self) -> bool {
        self.findings.is_empty() && self.status == Status::Met
    }

    /// Its state for people: what nobody has confirmed is `claimed`, and not yet met.
    pub fn state_key(&self) -> &'static str {
        if self.is_claimed() {
            "claimed"
        } else {
            self.status.key()
        }
    }

    /// A document is expected, and there is none.
    pub fn lacks_evidence(&self) -> bool {
        !self.lacking.is_empty()
    }

    pub fn is_open(&self) -> bool {
        matches!(self.status, Status::Unmet | Status::Unknown)
    }
}

/// The rows of a judgement for an application's title, lowest tier first, clauses that don't apply left out.
pub(crate) async fn clauses_of(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    judged: &Judged,
    last_year: Option<&Judgement>,
    findings: &[Finding],
) -> Result<Vec<ClauseRow>> {
    let standard = &*judged.standard;
    let Some(title) = standard.title(&application.title) else {
        return Ok(Vec::new());
    };
    let evidence = evidence_by_fact(tx, application).await?;
    let rated = behind_rating(tx, app, application, judged).await?;
    let standing = review::standing(findings);
    let mut rows = Vec::new();
    for tier in standard.chain(title) {
        let Some(verdict) = judged.judgement.verdict(&tier.key) else {
            continue;
        };
        for criterion in &verdict.criteria {
            let Some(meaning) = standard.criterion(&criterion.clause) else {
                continue;
            };
            let found = standing.get(criterion.clause.as_str()).copied();
            if criterion.status == Status::NotApplicable && found.is_none() {
                continue;
            }
            let check = tier
                .criteria
                .iter()
                .find(|asked| asked.clause == criterion.clause)
                .map_or(&meaning.check, |asked| &asked.check);
            let named = check.facts();
            rows.push(ClauseRow {
                tier: tier.name.clone(),
                group: meaning.group.clone(),
                clause: criterion.clause.clone(),
                name: meaning.name.clone(),
                text: meaning.text.clone(),
                verify: meaning.verify.clone(),
                status: with_finding(criterion.status, found),
                shortage: shortage(judged, &tier.key, criterion),
                figures: figures(standard, criterion),
                facts: facts_in_words(standard, judged.subject.as_ref(), &named)
                    .into_iter()
                    .chain(rated.iter().filter(|_| asks_rating(check)).cloned())
                    .collect(),
                evidence: pieces_on(&named, &evidence),
                // What a person's title asks for is not documented piece by piece.
                lacking: if application.person.is_none() {
                    undocumented(standard, judged.subject.as_ref(), &named, &evidence)
                } else {
                    Vec::new()
                },
                findings: findings
                    .iter()
                    .filter(|finding| finding.clause == criterion.clause)
                    .cloned()
                    .collect(),
                last_year: last_year
                    .and_then(|before| before.verdict(&tier.key))
                    .and_then(|verdict| verdict.criterion(&criterion.clause))
                    .map(|criterion| criterion.status),
            });
        }
    }
    named_apart(&mut rows);
    Ok(rows)
}

/// A clause that is asked at two tiers stands under the tier's name too.
fn named_apart(rows: &mut [ClauseRow]) {
    let clauses: Vec<String> = rows.iter().map(|row| row.clause.clone()).collect();
    for row in rows {
        let asked = clauses.iter().filter(|clause| **clause == row.clause);
        if asked.count() > 1 {
            row.name = Text {
                zh: format!("{}（{}）", row.name.zh, row.tier.zh),
                en: format!("{} ({})", row.name.en, row.tier.en),
            };
        }
    }
}

/// A claim that was rejected doesn't hold, whichever judgement is shown beside it.
fn with_finding(judged: Status, found: Option<&Finding>) -> Status {
    match found {
        Some(finding) if finding.outcome == Outcome::Rejected => Status::Unmet,
        _ => judged,
    }
}

/// What is missing, in words.
fn shortage(judged: &Judged, title: &str, criterion: &CriterionVerdict) -> Option<Text> {
    let subject = judged.subject.as_ref()?;
    let (standard, as_of) = (&judged.standard, judged.as_of);
    let sentence = |lang| explain::criterion(standard, subject, title, criterion, as_of, lang);
    Some(Text {
        zh: sentence(Lang::Zh)?,
        en: sentence(Lang::En)?,
    })
}

fn figures(standard: &Standard, criterion: &CriterionVerdict) -> Vec<Figure> {
    criterion
        .checks
        .iter()
        // A plain yes or no is told by the facts beside it.
        .filter(|check| !matches!(check.actual.as_deref(), Some("true" | "false")))
        .filter_map(|check| {
            let figure = Figure {
                what: what(standard, &check.what),
                actual: check.actual.clone()?,
                required: check.required.clone().unwrap_or_default(),
                short_by: check.short_by,
                status: check.status,
                ends_a_term: false,
            };
            Some(as_a_term(figure))
        })
        .collect()
}

/// A day is the end of a term, which has to come after another day. Both side by side read as if that day were missed.
fn as_a_term(figure: Figure) -> Figure {
    let (Ok(ends), Ok(day)) = (
        figure.actual.parse::<Date>(),
        figure.required.parse::<Date>(),
    ) else {
        return figure;
    };
    let words = if day <= ends {
        ("还在任期内", "still in its term on")
    } else {
        ("任期已满", "its term is over on")
    };
    Figure {
        what: Text {
            zh: format!("任期到期日（{day} {}）", words.0),
            en: format!("End of the term ({} {day})", words.1),
        },
        required: String::new(),
        ends_a_term: true,
        ..figure
    }
}

fn facts_in_words(
    standard: &Standard,
    subject: Option<&Subject>,
    named: &[&FactName],
) -> Vec<(Text, Text)> {
    named
        .iter()
        .filter_map(|name| {
            let fact = standard.fact(&name.key)?;
            let value = subject.and_then(|subject| subject.facts.get(&name.key));
            let words = |lang| match (value, lang) {
                (Some(value), _) => statement::words(fact, value, lang),
                (None, Lang::Zh) => "未填".to_owned(),
                (None, Lang::En) => "not filled in".to_owned(),
            };
            let words = Text {
                zh: words(Lang::Zh),
                en: words(Lang::En),
            };
            Some((fact.name.clone(), words))
        })
        .collect()
}

/// The evidence of these facts, each piece once.
fn pieces_on(named: &[&FactName], by_fact: &BTreeMap<String, Vec<Evidence>>) -> Vec<Evidence> {
    let mut shown: Vec<Evidence> = Vec::new();
    for name in named {
        for piece in by_fact.get(name.key.as_str()).into_iter().flatten() {
            if !shown.iter().any(|known| known.id == piece.id) {
                shown.push(piece.clone());
            }
        }
    }
    shown
}

/// The facts of a criterion on which a document is expected and none is there.
fn undocumented(
    standard: &Standard,
    subject: Option<&Subject>,
    named: &[&FactName],
    by_fact: &BTreeMap<String, Vec<Evidence>>,
) -> Vec<(String, Text)> {
    let Some(subject) = subject else {
        return Vec::new();
    };
    let has = |key: &str| by_fact.contains_key(key);
    evidence::lacking(standard, named, &subject.facts, has)
        .into_iter()
        .map(|fact| (fact.key.clone(), fact.name.clone()))
        .collect()
}

/// A check's `what` (`cards_issued/members`) in words.
fn what(standard: &Standard, key: &str) -> Text {
    let text = |zh: &str, en: &str| Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    };
    match key {
        "activities/month" => return text("有活动的月份", "Months with an activity"),
        "activities/quarter" => return text("有活动的季度", "Quarters with an activity"),
        "satisfaction" => return text("满意度", "Satisfaction"),
        _ => {}
    }
    let name = |lang| {
        let words: Vec<String> = key
            .split('/')
            .map(|part| explain::missing_name(standard, part, lang))
            .collect();
        words.join(" ÷ ")
    };
    Text {
        zh: name(Lang::Zh),
        en: name(Lang::En),
    }
}

async fn evidence_by_fact(
    tx: &mut Tx,
    application: &Application,
) -> Result<BTreeMap<String, Vec<Evidence>>> {
    let mut by_fact: BTreeMap<String, Vec<Evidence>> = BTreeMap::new();
    if application.person.is_some() {
        return Ok(by_fact);
    }
    let pieces = kept::of_unit(tx, &application.unit.id).await?;
    for used in kept::uses(tx, &application.unit.id).await? {
        let Target::Fact(fact) = used.target else {
            continue;
        };
        if used.year != application.year {
            continue;
        }
        if let Some(piece) = pieces.iter().find(|piece| piece.id == used.evidence) {
            by_fact.entry(fact).or_default().push(piece.clone());
        }
    }
    Ok(by_fact)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(actual: &str, required: &str) -> Figure {
        Figure {
            what: Text::default(),
            actual: actual.to_owned(),
            required: required.to_owned(),
            short_by: None,
            status: Status::Met,
            ends_a_term: false,
        }
    }

    #[test]
    fn the_end_of_a_term_does_not_read_as_a_day_that_was_missed() {
        let check = |actual: &str, required: &str, expect: (&str, &str)| {
            let told = as_a_term(figure(actual, required));
            assert_eq!((told.what.zh.as_str(), told.required.as_str()), expect);
            assert_eq!(told.actual, actual);
            assert_eq!(told.ends_a_term, expect.1.is_empty());
        };
        let term = "任期到期日（2016-10-20 还在任期内）";
        check("2017-05-20", "2016-10-20", (term, ""));
        check("2016-10-20", "2016-10-20", (term, ""));
        let over = "任期到期日（2016-10-20 任期已满）";
        check("2016-10-19", "2016-10-20", (over, ""));
        check("140/190", "80%", ("", "80%"));
    }
}
