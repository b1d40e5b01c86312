//! Judging columns gives bit for bit what judging one by one gives, on random subjects with much unknown.

use std::collections::BTreeMap;
use std::path::Path;

use jianjia_standard::Standard;
use jianjia_standard::batch::plan::Plan;
use jianjia_standard::batch::{ColumnJudgement, Counts, judge_columns, judge_columns_in_full};
use jianjia_standard::columns::Columns;
use jianjia_standard::fact::{FactKind, FactValue};
use jianjia_standard::judge::judge;
use jianjia_standard::judgement::Status;
use jianjia_standard::kinds::{Employer, HonourLevel, Kind};
use jianjia_standard::load;
use jianjia_standard::subject::{Activity, HeldTitle, RatingCounts, Subject, Subordinates};
use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

#[test]
fn columns_give_what_single_judgements_give_for_changzhou() {
    check("../../standards/changzhou-2016", 24);
}

#[test]
fn columns_give_what_single_judgements_give_for_the_starter() {
    check("../../standards/starter-2026", 12);
}

#[test]
fn columns_give_what_single_judgements_give_for_an_invented_standard() {
    check("tests/standards/reading-rooms", 60);
}

/// Random registers of up to 150 subjects, so that blocks are whole, broken and several.
fn check(folder: &str, registers: u32) {
    let standard = load::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let strategy = (1usize..150, any::<u64>(), 0i32..1500);
    let config = Config {
        cases: registers,
        failure_persistence: None,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(&strategy, |(count, seed, day)| {
        let first = Date::new(standard.programme.first_year, 1, 1).unwrap();
        let as_of = first + day.days();
        let mut dice = Dice(seed);
        let subjects: Vec<Subject> = (0..count)
            .map(|index| subject(&standard, &mut dice, index, as_of))
            .collect();
        compare(&standard, &subjects, as_of);
        Ok(())
    });
    result.unwrap();
}

fn compare(standard: &Standard, subjects: &[Subject], as_of: Date) {
    let plan = Plan::of(standard, as_of);
    let columns = Columns::of(standard, &plan, subjects).unwrap();
    let full = judge_columns_in_full(&plan, &columns);
    let brief = judge_columns(&plan, &columns);
    assert_eq!(full.clauses, brief.clauses);
    assert_eq!(full.titles, brief.titles);
    let mut titles: BTreeMap<String, Counts> = standard
        .titles
        .iter()
        .map(|title| (title.key.clone(), Counts::default()))
        .collect();
    for (row, subject) in subjects.iter().enumerate() {
        let single = judge(standard, subject, as_of);
        let batch = rows(standard, &plan, &full, row, subject.kind);
        let expected: Vec<(String, Status, Vec<(String, Option<Status>)>)> = single
            .verdicts
            .iter()
            .map(|verdict| {
                let criteria = verdict.criteria.iter();
                let criteria =
                    criteria.map(|criterion| (criterion.clause.clone(), Some(criterion.status)));
                (verdict.title.clone(), verdict.status, criteria.collect())
            })
            .collect();
        assert_eq!(
            batch,
            expected,
            "{as_of} {}",
            serde_json::to_string(subject).unwrap()
        );
        for (place, title) in plan.titles.iter().enumerate() {
            if title.kinds.contains(&subject.kind) {
                assert_eq!(
                    brief.title_status(place, row),
                    full.title_status(place, row)
                );
            }
            let verdict = single.verdict(&title.key).map(|verdict| verdict.status);
            count(
                titles.get_mut(&title.key).unwrap(),
                verdict.unwrap_or(Status::NotApplicable),
            );
        }
    }
    assert_eq!(full.titles, titles);
    for (clause, counts) in &full.clauses {
        let sum = counts.met + counts.unmet + counts.unknown + counts.na;
        assert_eq!(sum, subjects.len() as u64, "{clause}");
    }
}

fn rows(
    standard: &Standard,
    plan: &Plan,
    judged: &ColumnJudgement,
    row: usize,
    kind: Kind,
) -> Vec<(String, Status, Vec<(String, Option<Status>)>)> {
    let titles = plan
        .titles
        .iter()
        .enumerate()
        .filter(|(_, title)| title.kinds.contains(&kind));
    titles
        .map(|(place, title)| {
            let criteria = plan
                .criteria
                .iter()
                .enumerate()
                .filter(|(_, it)| it.title == place);
            let criteria: Vec<(String, Option<Status>)> = criteria
                .map(|(index, it)| (it.clause.clone(), judged.criterion_status(index, row)))
                .collect();
            assert!(standard.title(&title.key).is_some());
            (title.key.clone(), judged.title_status(place, row), criteria)
        })
        .collect()
}

fn count(counts: &mut Counts, status: Status) {
    match status {
        Status::Met => counts.met += 1,
        Status::Unmet => counts.unmet += 1,
        Status::Unknown => counts.unknown += 1,
        Status::NotApplicable => counts.na += 1,
    }
}

/// SplitMix64: the same seed gives the same register.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn one_in(&mut self, limit: u64) -> bool {
        self.below(limit) == 0
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }
}

/// A subject: near the thresholds, often nearly good, with anything unknown now and then.
fn subject(standard: &Standard, dice: &mut Dice, index: usize, as_of: Date) -> Subject {
    let mut subject = Subject::unknown(format!("s{index}"), dice.of(&Kind::ALL));
    if !dice.one_in(5) {
        subject.employer = Some(dice.of(&Employer::ALL));
    }
    if dice.one_in(2) {
        subject.founded_on = Some(near(dice, as_of, 500));
    }
    let unknown_in = dice.of(&[2, 10, 100, 1000]);
    let wrong_in = dice.of(&[3, 30, 1000]);
    for fact in &standard.facts {
        if dice.one_in(unknown_in) {
            continue;
        }
        let whole = dice.of(&[0, 1, 3, 8, 20, 200]);
        let value = match fact.kind {
            FactKind::Truth => FactValue::Truth(!dice.one_in(wrong_in)),
            FactKind::Count => FactValue::Number(whole * (80 + dice.below(21)) / 20),
            FactKind::Level => FactValue::Number(dice.below(6)),
            FactKind::Money => FactValue::Money(whole * (80 + dice.below(21))),
            FactKind::Date => FactValue::Date(near(dice, as_of, 2000)),
            FactKind::Choice => FactValue::Choice(
                fact.choices[dice.below(fact.choices.len() as u64) as usize].clone(),
            ),
        };
        subject.facts.insert(fact.key.clone(), value);
    }
    if !dice.one_in(8) {
        let kinds: Vec<&str> = standard
            .activity_kinds
            .iter()
            .map(|kind| kind.key.as_str())
            .collect();
        let count = dice.of(&[0, 3, 40, 200]);
        let activity = |_| Activity {
            on: near(dice, as_of, 800),
            kind: dice.of(&kinds).to_owned(),
        };
        subject.activities = Some((0..count).map(activity).collect());
    }
    if let Some(rating) = &standard.rating
        && !dice.one_in(8)
    {
        let mut counts = RatingCounts {
            roll: Some(dice.of(&[0, 20, 100])),
            ..RatingCounts::default()
        };
        for answer in &rating.cast {
            if !dice.one_in(30) {
                counts
                    .answers
                    .insert(answer.clone(), dice.of(&[0, 0, 1, 2, 9, 17, 18, 60]));
            }
        }
        if dice.one_in(30) {
            counts.roll = None;
        }
        subject.rating = Some(counts);
    }
    for title in &standard.titles {
        if dice.one_in(4) {
            subject.titles.push(HeldTitle {
                title: title.key.clone(),
                year: standard.programme.first_year - 3 + dice.below(8) as i16,
                level: dice.one_in(2).then(|| dice.of(&HonourLevel::ALL)),
                reconfirmed: dice.one_in(2),
            });
        }
    }
    if !dice.one_in(4) {
        let mut below = Subordinates {
            unions: Some(dice.below(12)),
            ..Subordinates::default()
        };
        for title in &standard.titles {
            if !dice.one_in(9) {
                below.holding.insert(title.tier.clone(), dice.below(8));
            }
        }
        if dice.one_in(9) {
            below.unions = None;
        }
        subject.subordinates = Some(below);
    }
    subject
}

fn near(dice: &mut Dice, day: Date, days: u64) -> Date {
    let back = i64::try_from(dice.below(days)).unwrap();
    day - back.days()
}
