//! 民主测评结果表: the count and the sum, worked out so that anybody can follow it.

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        day,
        ids::{PollId, UnitId},
        policy::Actor,
    },
    rating::poll::PollState,
};
use jianjia_standard::{Lang, Standard, check::Check, figure::Rate};
use jianjia_words::format;
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::Sheet,
    },
    rating::poll::{self as polls, PollPage},
};

#[derive(Serialize)]
struct Form {
    union: String,
    year: i16,
    closed_on: Date,
    roll: i64,
    /// None where a result was copied from paper.
    issued: Option<i64>,
    cast: i64,
    valid: i64,
    /// The answers, the void ones last.
    grades: Vec<Grade>,
    /// None where the standard has no rules for ratings.
    quorum: Option<Quorum>,
    /// None without a valid ballot.
    sum: Option<Sum>,
    /// What the standard asks, criterion by criterion.
    asked: Vec<Asked>,
    items: Vec<Item>,
    tellers: Vec<String>,
}

/// Whether so many voted as a rating takes: `cast × denominator` beside `roll × numerator`.
#[derive(Serialize)]
struct Quorum {
    numerator: i64,
    denominator: i64,
    left: i64,
    right: i64,
    is_reached: bool,
    /// `超过一半`, `没有超过一半`.
    share: String,
}

#[derive(Serialize)]
struct Sum {
    /// The answers that count as satisfied.
    names: Vec<String>,
    satisfied: i64,
    /// `(1031 + 142) ÷ 1194 ≈ 98.24 %`
    worked: String,
    rate: Percentage,
}

/// `satisfied × denominator` beside `valid × numerator`.
#[derive(Serialize)]
struct Asked {
    clause: String,
    rate: String,
    numerator: i64,
    denominator: i64,
    left: i64,
    right: i64,
    is_met: bool,
}

#[derive(Serialize)]
struct Percentage {
    /// None where nothing was valid.
    value: Option<String>,
    /// Whether it was cut.
    is_about: bool,
}

#[derive(Serialize)]
struct Grade {
    name: String,
    ballots: i64,
}

#[derive(Serialize)]
struct Item {
    text: String,
    ballots: Vec<i64>,
    rate: Percentage,
}

/// The result of a union's rating of a year, for everybody who sees the union.
///
/// # Errors
/// Not found when the actor doesn't see the union, or there is no result that is shown; `NoBallot` when the standard knows none.
pub async fn sheet(app: &App, actor: &Actor, (unit, year): &(UnitId, i16)) -> Result<Sheet> {
    let page = polls::of_unit(app, actor, unit, *year).await?;
    let standard = app.standards.of(*year);
    let union = page.unit.name.clone();
    let form = match shown(&page) {
        Some(poll) => counted(app, standard, &page, &poll).await?,
        None => copied(standard, &page)?,
    };
    Sheet::of("rating", format!("{union} {year}年"), &form)
}

/// The poll whose result is shown: that of the year's rating, or one that is counted and not signed yet.
pub(super) fn shown(page: &PollPage) -> Option<PollId> {
    let newest = page.poll.as_ref().filter(|poll| {
        let is_withheld = poll.record().is_none_or(|record| record.is_withheld());
        poll.state() == PollState::Counted && !is_withheld
    });
    match page.result {
        Some(poll) => Some(poll),
        None if page.rating.is_none() => newest.map(|poll| poll.id),
        None => None,
    }
}

async fn counted(app: &App, standard: &Standard, page: &PollPage, poll: &PollId) -> Result<Form> {
    let result = polls::result(app, poll).await?;
    let mut deciding = result.objects.iter().filter(|object| object.object.decides);
    let deciding = deciding.next().ok_or(Error::NotFound)?;
    let closed = result.poll.stage.closed();
    let names: Vec<(String, String)> = result
        .grades
        .iter()
        .map(|grade| (grade.key.clone(), grade.name.zh.clone()))
        .collect();
    let ballots = |answers: &BTreeMap<String, i64>| -> Vec<i64> {
        let graded = names
            .iter()
            .map(|(key, _)| answers.get(key).copied().unwrap_or(0));
        let graded: Vec<i64> = graded.collect();
        let void = answers.values().sum::<i64>() - graded.iter().sum::<i64>();
        graded.into_iter().chain([void]).collect()
    };
    let counts = ballots(&deciding.tally.answers);
    let items = result.objects.iter().map(|object| Item {
        text: object.object.name.zh.clone(),
        ballots: ballots(&object.tally.answers),
        rate: rate_of(object.sum.as_deref()),
    });
    let record = &result.record;
    let mut form = Form {
        union: page.unit.name.clone(),
        year: page.year,
        closed_on: closed.map_or_else(|| app.clock.today(), |closed| day::day_of(closed.at)),
        roll: record.roll,
        issued: Some(record.issued),
        cast: record.ballots,
        valid: 0,
        grades: grades(&names, &counts),
        quorum: None,
        sum: None,
        asked: Vec::new(),
        items: items.collect(),
        tellers: result
            .poll
            .plan
            .group
            .iter()
            .map(|member| member.name.clone())
            .collect(),
    };
    work_out(
        standard,
        &mut form,
        &deciding.tally.answers,
        deciding.sum.as_deref(),
    );
    Ok(form)
}

/// A result whose totals were copied from paper.
fn copied(standard: &Standard, page: &PollPage) -> Result<Form> {
    let rating = page.rating.as_ref().ok_or(Error::NotFound)?;
    let grades_of = page.rules.grades.iter();
    let names: Vec<(String, String)> = grades_of
        .map(|grade| (grade.key.clone(), grade.name.zh.clone()))
        .collect();
    let answers = &rating.counts.answers;
    let graded = names
        .iter()
        .map(|(key, _)| answers.get(key).copied().unwrap_or(0));
    let mut counts: Vec<i64> = graded.collect();
    counts.push(rating.counts.cast() - counts.iter().sum::<i64>());
    let mut form = Form {
        union: page.unit.name.clone(),
        year: page.year,
        closed_on: day::day_of(rating.recorded_at),
        roll: rating.counts.roll,
        issued: None,
        cast: rating.counts.cast(),
        valid: 0,
        grades: grades(&names, &counts),
        quorum: None,
        sum: None,
        asked: Vec::new(),
        items: Vec::new(),
        tellers: Vec::new(),
    };
    work_out(standard, &mut form, answers, page.sum.as_deref());
    Ok(form)
}

fn grades(names: &[(String, String)], counts: &[i64]) -> Vec<Grade> {
    let names = names.iter().map(|(_, name)| name.clone());
    names
        .chain(["废票".to_owned()])
        .zip(counts)
        .map(|(name, ballots)| Grade {
            name,
            ballots: *ballots,
        })
        .collect()
}

/// The figures of the sum, step by step.
fn work_out(
    standard: &Standard,
    form: &mut Form,
    answers: &BTreeMap<String, i64>,
    sum: Option<&str>,
) {
    let Some(rules) = standard.rating.as_ref() else {
        return;
    };
    let total = |keys: &[String]| -> i64 {
        let counts = keys
            .iter()
            .map(|key| answers.get(key).copied().unwrap_or(0));
        counts.sum()
    };
    let (satisfied, valid) = (total(&rules.counts), total(&rules.of));
    form.valid = valid;
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    let quorum = rules.quorum;
    let is_reached = quorum.reached_by(number(form.cast), number(form.roll));
    form.quorum = Some(Quorum {
        numerator: signed(quorum.numerator),
        denominator: signed(quorum.denominator),
        left: form.cast.saturating_mul(signed(quorum.denominator)),
        right: form.roll.saturating_mul(signed(quorum.numerator)),
        is_reached,
        share: match is_reached {
            true => format::quorum(Lang::Zh, quorum),
            false => format::short_of_quorum(Lang::Zh, quorum),
        },
    });
    let Some(sum) = sum else {
        return;
    };
    let names = rules.counts.iter().map(|key| name_of(standard, key));
    form.sum = Some(Sum {
        names: names.map(str::to_owned).collect(),
        satisfied,
        worked: sum.to_owned(),
        rate: rate_of(Some(sum)),
    });
    let asked = asked(standard, form.closed_on).into_iter();
    form.asked = asked
        .map(|(clause, needed)| {
            let left = satisfied.saturating_mul(signed(needed.denominator));
            let right = valid.saturating_mul(signed(needed.numerator));
            Asked {
                clause,
                rate: needed.to_string(),
                numerator: signed(needed.numerator),
                denominator: signed(needed.denominator),
                left,
                right,
                is_met: is_reached && left >= right,
            }
        })
        .collect();
}

/// A rate's part as the data of papers has numbers; a product of it with a 32-bit count fits.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn name_of<'a>(standard: &'a Standard, answer: &'a str) -> &'a str {
    let ballot = standard
        .rating
        .as_ref()
        .and_then(|rating| rating.ballot.as_ref());
    let mut grades = ballot.into_iter().flat_map(|ballot| &ballot.grades);
    let grade = grades.find(|grade| grade.key == answer);
    grade.map_or(answer, |grade| &grade.name.zh)
}

/// The percentage at the end of a worked sum.
fn rate_of(sum: Option<&str>) -> Percentage {
    let value = sum.and_then(|sum| sum.rsplit(['=', '≈']).next());
    Percentage {
        value: value.map(|value| value.trim().to_owned()),
        is_about: sum.is_some_and(|sum| sum.contains('≈')),
    }
}

/// The criteria that ask for a satisfaction, each with the one that it asks.
fn asked(standard: &Standard, on: Date) -> Vec<(String, Rate)> {
    let mut asked: Vec<(String, Rate)> = Vec::new();
    for criterion in standard.titles.iter().flat_map(|title| &title.criteria) {
        for part in criterion.check.parts() {
            let Check::Rating { at_least, .. } = part else {
                continue;
            };
            let is_known = asked.iter().any(|(clause, _)| *clause == criterion.clause);
            if !is_known {
                asked.push((criterion.clause.clone(), standard.rate(at_least, on)));
            }
        }
    }
    asked
}
