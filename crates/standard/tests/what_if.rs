//! What a change comes to over columns is what judging every subject by the changed standard comes to; and a change that can't be made is told.

mod subjects;

use std::path::Path;

use jianjia_standard::Standard;
use jianjia_standard::batch::judge_columns;
use jianjia_standard::batch::plan::Plan;
use jianjia_standard::columns::Columns;
use jianjia_standard::fact::FactValue;
use jianjia_standard::judge::judge;
use jianjia_standard::judgement::{Reason, Status};
use jianjia_standard::kinds::Kind;
use jianjia_standard::load;
use jianjia_standard::subject::{HeldTitle, Subject, UnionOfPerson};
use jianjia_standard::text::Lang;
use jianjia_standard::what_if::apply::apply;
use jianjia_standard::what_if::change::{Change, FACT, NEW};
use jianjia_standard::what_if::effect::{Judged, Move, effect};
use jianjia_standard::what_if::lever::{self, Form};
use jianjia_standard::what_if::people::standing;
use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::subjects::{Dice, subject};

#[test]
fn a_change_comes_to_what_single_judgements_come_to_for_changzhou() {
    check("../../standards/changzhou-2016", 40);
}

#[test]
fn a_change_comes_to_what_single_judgements_come_to_for_the_starter() {
    check("../../standards/starter-2026", 20);
}

#[test]
fn a_change_comes_to_what_single_judgements_come_to_for_an_invented_standard() {
    check("tests/standards/reading-rooms", 80);
}

fn loaded(folder: &str) -> Standard {
    load::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap()
}

fn check(folder: &str, registers: u32) {
    let standard = loaded(folder);
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
        let changes = changes(&standard, &mut dice, as_of);
        match apply(&standard, &changes, as_of) {
            Ok((changed, kept)) => {
                // What holds makes the same standard again, and is written in one way.
                let (again, same) = apply(&standard, &kept, as_of).unwrap();
                assert_eq!((&again, &same), (&changed, &kept));
                compare(&standard, &changed, &subjects, as_of, &changes);
            }
            Err(refused) => {
                for refused in refused {
                    assert_eq!(refused.why.key(), "too-far-back", "{changes:?}");
                }
            }
        }
        Ok(())
    });
    result.unwrap();
}

/// A few things moved to other values, clauses dropped and added.
fn changes(standard: &Standard, dice: &mut Dice, as_of: Date) -> Vec<Change> {
    let mut levers = lever::of_rating(standard);
    for title in &standard.titles {
        for criterion in &title.criteria {
            levers.extend(lever::of_criterion(standard, title, criterion, as_of));
        }
    }
    let mut changes = Vec::new();
    for _ in 0..dice.below(6) {
        let lever = &levers[dice.below(levers.len() as u64) as usize];
        let value = match &lever.form {
            Form::Rate => dice
                .of(&["1%", "33.3%", "50%", "80%", "88", "95%", "100%"])
                .to_owned(),
            Form::Number { least, most } => (least + dice.below(3).min(most - least)).to_string(),
            Form::Choice(choices) => choices[dice.below(choices.len() as u64) as usize].clone(),
        };
        changes.push(Change {
            title: lever.title.clone(),
            clause: lever.clause.clone(),
            path: lever.path.clone(),
            value,
        });
    }
    for title in &standard.titles {
        let mut on = |clause: &str, path: &str| {
            changes.push(Change {
                title: title.key.clone(),
                clause: clause.to_owned(),
                path: path.to_owned(),
                value: "yes".to_owned(),
            });
        };
        if dice.one_in(4) && !title.criteria.is_empty() {
            let place = dice.below(title.criteria.len() as u64) as usize;
            on(&title.criteria[place].clause, "drop");
        }
        let addable = lever::addable(standard, title);
        if dice.one_in(4) && !addable.is_empty() {
            on(addable[dice.below(addable.len() as u64) as usize], "add");
        }
        let facts = lever::addable_facts(standard, title);
        if dice.one_in(6) && !facts.is_empty() {
            let fact = facts[dice.below(facts.len() as u64) as usize];
            on(&format!("{FACT}{}", fact.key), "add");
        }
        if dice.one_in(12) {
            on(NEW, "add");
        }
    }
    // A clause for certain employers may apply to nobody who can hold a title.
    changes.retain(
        |change| match apply(standard, std::slice::from_ref(change), as_of) {
            Ok(_) => true,
            Err(refused) => refused[0].why.key() != "applies-to-nobody",
        },
    );
    changes
}

fn compare(
    standard: &Standard,
    changed: &Standard,
    subjects: &[Subject],
    as_of: Date,
    changes: &[Change],
) {
    let base = Plan::of(standard, as_of);
    let mut columns = Columns::unknown_with_log(standard, &base, 0);
    for (row, subject) in subjects.iter().enumerate() {
        columns.grow(row + 1);
        // What stood there before leaves nothing behind.
        columns.put(standard, &base, row, &subjects[0]).unwrap();
        columns.put(standard, &base, row, subject).unwrap();
    }
    let plan = Plan::over(changed, standard, &base);
    let before = judge_columns(&base, &columns);
    let after = judge_columns(&plan, &columns);
    let within = vec![u64::MAX; columns.len.div_ceil(64)];
    let effects = effect(
        Judged {
            plan: &base,
            judgement: &before,
        },
        Judged {
            plan: &plan,
            judgement: &after,
        },
        &columns,
        &within,
    );
    for (place, title) in changed.titles.iter().enumerate() {
        let mut moved = Vec::new();
        for (row, subject) in subjects.iter().enumerate() {
            let status = |standard: &Standard| {
                let judged = judge(standard, subject, as_of);
                judged.verdict(&title.key).map(|verdict| verdict.status)
            };
            let (old, new) = (status(standard), status(changed));
            if title.kinds.contains(&subject.kind) {
                let words = serde_json::to_string(subject).unwrap();
                let of_columns = Some(after.title_status(place, row));
                assert_eq!(of_columns, new, "{} {as_of} {changes:?} {words}", title.key);
            }
            let met = Some(Status::Met);
            let what = match (old == met, new) {
                (false, new) if new == met => Move::Gained,
                (true, Some(Status::Unmet)) => Move::Lost,
                (true, Some(Status::Unknown)) => Move::Unsure,
                _ => continue,
            };
            moved.push((u32::try_from(row).unwrap(), what));
        }
        assert_eq!(effects[place].title, title.key);
        assert_eq!(effects[place].moved, moved, "{}", title.key);
    }
}

#[test]
fn peoples_titles_are_judged_as_an_application_is() {
    let standard = loaded("../../standards/changzhou-2016");
    let as_of = Date::constant(2016, 10, 15);
    let with = |pairs: &[(&str, &str)]| {
        let changes: Vec<Change> = pairs
            .iter()
            .map(|(name, value)| Change::read(name, value).unwrap())
            .collect();
        apply(&standard, &changes, as_of).unwrap().0
    };
    let check = |standard: &Standard, person: &Subject, title: &str, expect: (Status, &str)| {
        let judged = judge(standard, person, as_of);
        let (status, because) = standing(&judged, title).unwrap();
        let because: Vec<String> = because.iter().map(Reason::to_string).collect();
        assert_eq!((status, because.join(" ").as_str()), expect, "{title}");
        assert_eq!(standing(&judged, "model-home"), None, "no person's");
    };
    let (worker, kin) = ("outstanding-worker", "trusted-kin");
    let mut person = Subject::unknown("p1", Kind::Person);
    check(&standard, &person, worker, (Status::Unknown, "criteria:W1"));
    for fact in standard.facts_asked(Kind::Person) {
        let yes = FactValue::Truth(fact.key != "workers_satisfied");
        person.facts.insert(fact.key.clone(), yes);
    }
    check(&standard, &person, worker, (Status::Unmet, "criteria:W1"));
    let dropped = with(&[("outstanding-worker.W1.drop", "yes")]);
    check(&dropped, &person, worker, (Status::Met, ""));
    let any = with(&[("outstanding-worker.W1.0.of", "any")]);
    check(&any, &person, worker, (Status::Met, ""));
    let asked_anew = with(&[
        ("outstanding-worker.W1.drop", "yes"),
        ("outstanding-worker.add", "new"),
    ]);
    let unknown = (Status::Unknown, "criteria:new");
    check(&asked_anew, &person, worker, unknown);

    // What somebody and their union hold is asked for too, and is never unknown.
    let barred = "needs:outstanding-worker union-title:trusted-home";
    check(&dropped, &person, kin, (Status::Unmet, barred));
    let held = |title: &str| HeldTitle {
        title: title.to_owned(),
        year: 2016,
        level: None,
        reconfirmed: false,
    };
    person.titles.push(held(worker));
    person.union = Some(UnionOfPerson {
        titles: vec![held("trusted-home")],
        ..UnionOfPerson::default()
    });
    check(&dropped, &person, kin, (Status::Met, ""));
    check(&asked_anew, &person, kin, unknown);
    check(&standard, &person, kin, (Status::Unmet, "criteria:W1"));

    // Nothing that only unions are asked can be added.
    let addable = |title: &str| lever::addable(&standard, standard.title(title).unwrap());
    assert_eq!(addable(worker), [""; 0]);
    assert!(addable("qualified-home").contains(&"T2"));
}

#[test]
fn somebody_moves_who_meets_it_by_one_of_two_standards() {
    use Status::{Met, Unknown, Unmet};
    let check = |before, after, expect| assert_eq!(Move::of(before, after), expect);
    for before in [None, Some(Unmet), Some(Unknown)] {
        check(before, Some(Met), Some(Move::Gained));
        for after in [None, Some(Unmet), Some(Unknown)] {
            check(before, after, None);
        }
    }
    check(Some(Met), Some(Met), None);
    check(Some(Met), Some(Unmet), Some(Move::Lost));
    check(Some(Met), None, Some(Move::Lost));
    check(Some(Met), Some(Unknown), Some(Move::Unsure));
}

fn refused(changes: &[(&str, &str)]) -> Vec<(String, &'static str)> {
    let standard = loaded("../../standards/changzhou-2016");
    let changes: Vec<Change> = changes
        .iter()
        .map(|(name, value)| Change::read(name, value).unwrap())
        .collect();
    let as_of = Date::constant(2016, 10, 15);
    let refused = apply(&standard, &changes, as_of).err().unwrap_or_default();
    for one in &refused {
        for lang in [Lang::Zh, Lang::En] {
            assert!(one.sentence(&standard, lang).len() > 20, "{one:?}");
        }
    }
    refused
        .into_iter()
        .map(|refused| (refused.name, refused.why.key()))
        .collect()
}

#[test]
fn what_cannot_be_changed_is_told_all_at_once() {
    let told = refused(&[
        ("model-home.M5d.0.at_least", "eighty"),
        ("model-home.M1b.0.at_least", "120%"),
        ("trusted-home.T2.1.at_least", "0%"),
        ("golden-home.M5d.0.at_least", "88%"),
        ("model-home.Z9.0.at_least", "88%"),
        ("model-home.M5d.3.at_least", "88%"),
        ("model-home.M5c.0.at_least", "many"),
        ("model-home.M5c.0.periods", "13"),
        ("model-home.M5c.0.every", "week"),
        ("qualified-home.Q3.0.periods", "5"),
        ("model-home.M1b.add", "yes"),
        ("model-small-home.add", "F1"),
        ("model-home.M2b.drop", "perhaps"),
        ("rating.quorum", "most"),
        ("rating.counts", "dissatisfied"),
        ("rating.mood", "good"),
    ]);
    let expect = [
        ("model-home.M1b.add", "asked-already"),
        ("model-small-home.F1.add", "applies-to-nobody"),
        ("model-home.M5d.0.at_least", "no-rate"),
        ("model-home.M1b.0.at_least", "rate-out-of-range"),
        ("trusted-home.T2.1.at_least", "rate-out-of-range"),
        ("golden-home.M5d.0.at_least", "no-such-title"),
        ("model-home.Z9.0.at_least", "no-such-clause"),
        ("model-home.M5d.3.at_least", "no-such-parameter"),
        ("model-home.M5c.0.at_least", "no-number"),
        ("model-home.M5c.0.periods", "out-of-range"),
        ("model-home.M5c.0.every", "no-choice"),
        ("rating.quorum", "no-quorum"),
        ("rating.counts", "no-choice"),
        ("rating.mood", "no-such-parameter"),
        ("model-home.M2b.drop", "no-choice"),
        ("qualified-home.Q3.0.periods", "too-far-back"),
    ];
    let expect = expect.map(|(name, key)| (name.to_owned(), key));
    assert_eq!(told, expect);
}

#[test]
fn what_is_typed_is_written_in_one_way_and_what_changes_nothing_is_left_out() {
    let standard = loaded("../../standards/changzhou-2016");
    let as_of = Date::constant(2016, 10, 15);
    let typed = [
        ("model-home.M5d.0.at_least", "８８％"),
        ("model-home.M1b.0.at_least", " 90.00 "),
        ("trusted-home.T2.1.at_least", "97.50%"),
        ("rating.quorum", "at least 2/3"),
        ("rating.of", "valid"),
        ("model-home.M2b.drop", "on"),
        ("qualified-home.M2b.drop", ""),
        ("qualified-home.add", "T2"),
    ];
    let changes: Vec<Change> = typed
        .iter()
        .map(|(name, value)| Change::read(name, value).unwrap())
        .collect();
    // Nothing is dropped where nothing is asked for.
    let changes: Vec<Change> = changes
        .into_iter()
        .filter(|change| change.name() != "qualified-home.M2b.drop")
        .collect();
    let (_, kept) = apply(&standard, &changes, as_of).unwrap();
    let kept: Vec<(String, &str)> = kept
        .iter()
        .map(|change| (change.name(), change.value.as_str()))
        .collect();
    let expect = [
        ("model-home.M2b.drop", "yes"),
        ("model-home.M5d.0.at_least", "88%"),
        ("qualified-home.T2.add", "yes"),
        ("rating.quorum", "at least 2/3"),
        ("trusted-home.T2.1.at_least", "97.5%"),
    ];
    assert_eq!(kept, expect.map(|(name, value)| (name.to_owned(), value)));
    assert_eq!(Change::read("year", "2016"), None);
    assert_eq!(Change::read("model-home", "2016"), None);
}
