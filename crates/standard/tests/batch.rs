//! Judging columns gives bit for bit what judging one by one gives, on random subjects with much unknown.

mod subjects;

use std::collections::BTreeMap;
use std::path::Path;

use jianjia_standard::Standard;
use jianjia_standard::batch::plan::Plan;
use jianjia_standard::batch::{ColumnJudgement, Counts, judge_columns, judge_columns_in_full};
use jianjia_standard::columns::Columns;
use jianjia_standard::judge::judge;
use jianjia_standard::judgement::Status;
use jianjia_standard::kinds::Kind;
use jianjia_standard::load;
use jianjia_standard::subject::Subject;
use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::subjects::{Dice, subject};

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
