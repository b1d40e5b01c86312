use std::path::Path;

use jianjia_standard::{
    judge::judge,
    kinds::{Employer, Kind},
    load,
};
use jiff::civil::date;
use serde_json::{Value, json};

use super::*;

fn changzhou() -> Standard {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
    load::folder(&folder).unwrap()
}

const DAY: Date = date(2017, 1, 10);

/// A union that declared all that the qualified home asks for.
fn declared(standard: &Standard) -> Subject {
    let mut subject = Subject::unknown("u", Kind::Grassroots);
    subject.employer = Some(Employer::Enterprise);
    subject.activities = Some(
        (1..=12)
            .map(|month| jianjia_standard::subject::Activity {
                on: date(2016, month, 10),
                kind: "culture".to_owned(),
            })
            .collect(),
    );
    for criterion in standard.title("qualified-home").unwrap().criteria.iter() {
        for name in criterion.check.facts() {
            let fact = standard.fact(&name.key).unwrap();
            let value = match fact.kind {
                jianjia_standard::fact::FactKind::Count => json!(200),
                _ => json!(true),
            };
            let value = FactValue::from_json(fact, &value).unwrap();
            subject.facts.insert(fact.key.clone(), value);
        }
    }
    subject
}

/// What comes of findings: clause, what was seen, values.
fn comes_to(findings: &[(&str, Seen, Vec<(&str, Value)>)]) -> (Colour, Vec<String>) {
    let standard = changzhou();
    let rules = standard.visit.clone().unwrap();
    let declared = declared(&standard);
    let mut noted: NotedByClause<'_> = NotedByClause::new();
    for clause in ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6"] {
        noted.insert(
            clause.to_owned(),
            Noted {
                seen: Seen::Holds,
                found: BTreeMap::new(),
                settlement: None,
            },
        );
    }
    for (clause, seen, values) in findings {
        let values = values.iter().map(|(key, value)| (*key, value));
        noted.insert(
            (*clause).to_owned(),
            Noted {
                seen: *seen,
                found: values.collect(),
                settlement: None,
            },
        );
    }
    let (found, failed) = found(&standard, &declared, &noted);
    let judgement = crate::year::assessment::judged(&standard, &found, DAY, &failed);
    let signs = signs(
        &standard,
        &rules,
        "qualified-home",
        &declared,
        &judgement,
        &noted,
    );
    let told = signs
        .iter()
        .map(|signed| format!("{} {}", signed.clause, signed.sign))
        .collect();
    (colour(&signs), told)
}

#[test]
fn declared_against_found_gives_a_colour_by_rule() {
    let check = |findings: &[(&str, Seen, Vec<(&str, Value)>)], expect: (Colour, &[&str])| {
        let (colour, signs) = comes_to(findings);
        assert_eq!(
            (colour, signs.iter().map(String::as_str).collect::<Vec<_>>()),
            (expect.0, expect.1.to_vec())
        );
    };
    check(&[], (Colour::Green, &[]));
    // Five of a hundred less is the tolerance; more is amber while the standard holds.
    let cards =
        |issued: i64, used: i64| vec![("cards_issued", json!(issued)), ("cards_used", json!(used))];
    check(
        &[("Q6", Seen::Holds, cards(190, 190))],
        (Colour::Green, &["Q6 differs-within"]),
    );
    check(
        &[("Q6", Seen::Holds, cards(189, 189))],
        (Colour::Amber, &["Q6 differs"]),
    );
    // A rate that equals its threshold meets it; one card fewer does not.
    check(
        &[("Q6", Seen::Holds, cards(160, 160))],
        (Colour::Amber, &["Q6 differs"]),
    );
    check(
        &[("Q6", Seen::Holds, cards(159, 159))],
        (Colour::Red, &["Q6 unmet", "Q6 differs"]),
    );
    // An inspector may find that it fails whatever the figures say.
    check(&[("Q4", Seen::Fails, vec![])], (Colour::Red, &["Q4 unmet"]));
    // What could not be seen is no failure, whatever was typed beside it.
    check(
        &[("Q4", Seen::Unseen, vec![])],
        (Colour::Amber, &["Q4 unknown"]),
    );
    check(
        &[("Q1", Seen::Holds, vec![("core_team", json!(false))])],
        (Colour::Red, &["Q1 unmet", "Q1 differs"]),
    );
}

#[test]
fn a_clause_that_nobody_noted_is_unknown_and_never_red() {
    let standard = changzhou();
    let rules = standard.visit.clone().unwrap();
    let mut bare = declared(&standard);
    bare.facts.clear();
    bare.activities = None;
    let judgement = judge(&standard, &bare, DAY);
    let signs = signs(
        &standard,
        &rules,
        "qualified-home",
        &bare,
        &judgement,
        &NotedByClause::new(),
    );
    assert_eq!(colour(&signs), Colour::Amber);
    assert!(
        signs.iter().all(|signed| signed.sign == Sign::Unknown),
        "{signs:?}"
    );
    assert_eq!(signs.len(), 6);
}

#[test]
fn the_subsidy_goes_down_for_villages_by_the_scheme_of_their_place_alone() {
    let standard = changzhou();
    let check = |kind, division, expect: Option<&str>| {
        assert_eq!(
            effect(&standard, kind, division).as_deref(),
            expect,
            "{division}"
        );
    };
    check(Some(Kind::Village), "320402001003", Some("R4"));
    check(Some(Kind::Village), "320481001003", Some("R5"));
    check(Some(Kind::Village), "320583001003", None);
    check(Some(Kind::Grassroots), "320402001003", None);
    check(None, "320402001003", None);
}

#[test]
fn a_second_look_finds_short_only_once_the_time_to_mend_is_over_or_the_unit_is_ready() {
    let until = jiff::civil::date(2017, 2, 3);
    let check = |is_ready, colour, today, expect: Result<(), OutcomeRefusal>| {
        let mending = Mending { until, is_ready };
        assert_eq!(
            may_fail_again(Some(mending), colour, today),
            expect,
            "{today}"
        );
    };
    let early = Err(OutcomeRefusal::BeforeMended { until });
    check(
        false,
        Colour::Red,
        jiff::civil::date(2017, 1, 20),
        early.clone(),
    );
    check(false, Colour::Red, until, early);
    check(false, Colour::Red, jiff::civil::date(2017, 2, 4), Ok(()));
    check(true, Colour::Red, jiff::civil::date(2017, 1, 20), Ok(()));
    check(false, Colour::Green, jiff::civil::date(2017, 1, 20), Ok(()));
    check(false, Colour::Amber, jiff::civil::date(2017, 1, 20), Ok(()));
    let first = may_fail_again(None, Colour::Red, until);
    assert_eq!(first, Ok(()), "a first look has no time to wait for");
}

#[test]
fn whatever_is_decided_every_visit_of_a_chain_comes_to_an_end() {
    // Nothing that was decided, or waits for a decision or a look, outlives the decision on the first visit.
    for state in VisitState::ALL {
        let falls = falls_with(state).is_some();
        let ends = matches!(
            state,
            VisitState::Closed | VisitState::Cleared | VisitState::Overturned
        );
        assert_eq!(falls, !ends, "{state:?}");
    }
    let end = |decision| ends_with(decision).map(|(state, _)| state);
    assert_eq!(end(Decision::Withdraw), Some(VisitState::Withdrawn));
    assert_eq!(end(Decision::Clear), Some(VisitState::Mended));
    assert_eq!(end(Decision::Mend), None, "there is another look");
}

#[test]
fn what_the_past_alone_tells_can_not_be_mended() {
    let standard = changzhou();
    let outcome = |clauses: &[&str]| Outcome {
        visit: VisitId(uuid::Uuid::from_u128(1)),
        colour: Colour::Red,
        signs: clauses
            .iter()
            .map(|clause| Signed {
                clause: (*clause).to_owned(),
                sign: Sign::Unmet,
                colour: Colour::Red,
            })
            .collect(),
        judgement: JudgementId(uuid::Uuid::from_u128(2)),
        hear_until: None,
        mend_until: None,
        concluded_by: AccountId(uuid::Uuid::from_u128(3)),
        concluded_by_name: "钟楼小陈".to_owned(),
        concluded_at: Timestamp::UNIX_EPOCH,
    };
    assert_eq!(outcome(&["Q3", "Q6"]).past_mending(&standard), ["Q3"]);
    assert_eq!(outcome(&["Q6"]).past_mending(&standard), [""; 0]);
}
