use std::path::Path;

use jianjia_standard::{Lang, load};
use jiff::civil::date;

use super::*;
use crate::{
    core::ids::EntryId,
    round::{
        department::gap::{Gap, unanswered},
        entry::{Decider, Decision, Lifting, Outcome},
    },
};

fn standard(name: &str) -> Standard {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards");
    load::folder(&root.join(name)).unwrap()
}

fn input(answer: &str, clause: &str, on: &str, document: &str) -> AnswerInput {
    AnswerInput {
        answer: answer.to_owned(),
        clause: clause.to_owned(),
        on: on.to_owned(),
        document: document.to_owned(),
        note: String::new(),
    }
}

#[test]
fn an_answer_is_read_however_the_clause_is_called() {
    let standard = standard("changzhou-2016");
    let labour = standard.department("labour-inspection").unwrap();
    let told = |typed: &AnswerInput| {
        let read = read(&standard, labour, 2016, typed, date(2016, 11, 1));
        match read {
            Ok(Said::InState(state)) => format!("{} {}", state.clause, state.on),
            Ok(said) => said.kind().key().to_owned(),
            Err(Refusal::Fields(fields)) => fields
                .iter()
                .map(|(field, refusal)| format!("{field} {}", refusal.key()))
                .collect::<Vec<_>>()
                .join(", "),
            Err(refusal) => refusal.key().to_owned(),
        }
    };
    for (answer, clause, on, document, expect) in [
        ("clear", "", "", "", "clear"),
        ("unknown", "", "", "", "unknown"),
        ("in-state", "V1", "2016-05-03", "12号", "V1 2016-05-03"),
        ("in-state", "欠薪", "2016.5.3", "12号", "V1 2016-05-03"),
        (
            "in-state",
            "ｖ５ 未签劳动合同",
            "2016-05-03",
            "12号",
            "V5 2016-05-03",
        ),
        ("", "", "", "", "answer department/no-answer"),
        (
            "clear",
            "V1",
            "",
            "",
            "answer department/nothing-yet-something",
        ),
        (
            "in-state",
            "",
            "2016-05-03",
            "12号",
            "clause department/no-clause",
        ),
        (
            "in-state",
            "V8",
            "2016-05-03",
            "12号",
            "clause department/not-its-clause",
        ),
        (
            "in-state",
            "拖欠",
            "",
            "",
            "clause department/unknown-clause, on department/no-day, document department/no-document",
        ),
        (
            "in-state",
            "V1",
            "2015-12-31",
            "12号",
            "on department/other-year",
        ),
        (
            "in-state",
            "V1",
            "2016-12-01",
            "12号",
            "on department/not-yet",
        ),
        ("in-state", "V1", "五月", "12号", "on department/day-unread"),
    ] {
        assert_eq!(
            told(&input(answer, clause, on, document)),
            expect,
            "{clause} {on}"
        );
    }
    // The only clause of a department need not be named.
    let courts = standard.department("courts").unwrap();
    let said = read(
        &standard,
        courts,
        2016,
        &input("in-state", "", "2016-05-03", "1号"),
        date(2016, 11, 1),
    );
    assert!(matches!(said.unwrap(), Said::InState(state) if state.clause == "V6"));
}

#[test]
fn each_clause_looks_back_as_the_standard_says() {
    let standard = standard("starter-2026");
    let labour = standard.department("labour-inspection").unwrap();
    let read = |clause: &str, on: &str| {
        read(
            &standard,
            labour,
            2027,
            &input("in-state", clause, on, "1号"),
            date(2027, 11, 1),
        )
    };
    assert!(read("V1", "2026-01-01").is_ok());
    assert!(read("V1", "2025-12-31").is_err());
    let refusal = read("V5", "2026-12-31").unwrap_err();
    assert_eq!(
        refusal.sentence(Lang::Zh),
        "V5 看的是 2027 年，2026-12-31 不在其中，不影响这一轮。日期填错的请改；没有填错的，请答“没有”。"
    );
}

#[test]
fn what_was_said_before_is_lifted_before_it_is_answered_otherwise() {
    let asked = Asked {
        list: DepartmentListId(uuid::Uuid::from_u128(1)),
        year: 2016,
        department: "tax".to_owned(),
        unit: UnitId(uuid::Uuid::from_u128(2)),
        unit_path: "/1/2/".to_owned(),
        name: String::new(),
        sort_key: String::new(),
        credit_code: String::new(),
        employer_name: String::new(),
        employer_code: String::new(),
        answer: None,
    };
    let state = |document: &str| {
        Said::InState(StateSaid {
            clause: "V2".to_owned(),
            on: date(2016, 5, 3),
            document: document.to_owned(),
            note: String::new(),
        })
    };
    let entry = Entry {
        id: EntryId(uuid::Uuid::from_u128(3)),
        year: 2016,
        department: "tax".to_owned(),
        unit: asked.unit,
        unit_path: asked.unit_path.clone(),
        unit_name: String::new(),
        clause: "V2".to_owned(),
        on: date(2016, 5, 3),
        document: "1号".to_owned(),
        note: String::new(),
        made_by_name: "赵".to_owned(),
        made_at: Timestamp::UNIX_EPOCH,
        reply_by: date(2016, 11, 8),
        reply: None,
        decision: None,
        lifting: None,
    };
    let told = |said: &Said, entries: &[Entry]| match beside(&asked, said, entries) {
        Ok(beside) => format!("{beside:?}"),
        Err(refusal) => crate::core::refusal::Refuse::key(&refusal).to_owned(),
    };
    let entries = [entry];
    let clear = Said::Clear {
        note: String::new(),
    };
    assert_eq!(told(&clear, &[]), "New");
    assert_eq!(told(&clear, &entries), "department/stands-in-state");
    assert_eq!(told(&state("1号"), &entries), "Same");
    assert_eq!(told(&state("2号"), &entries), "department/said-otherwise");
    // Once it was lifted, whether at once or after it had been upheld, the department may say that there is nothing.
    let [entry] = entries;
    let decision = Decision {
        outcome: Outcome::Upheld,
        decider: Decider::City,
        reason: "仍欠缴".to_owned(),
        by: None,
        by_name: "钱".to_owned(),
        at: Timestamp::UNIX_EPOCH,
        veto: None,
    };
    let upheld = Entry {
        decision: Some(decision),
        ..entry
    };
    assert_eq!(
        told(&clear, std::slice::from_ref(&upheld)),
        "department/stands-in-state"
    );
    let lifted = Entry {
        lifting: Some(Lifting {
            decider: Decider::City,
            reason: "已补缴".to_owned(),
            by: None,
            by_name: "钱".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        }),
        ..upheld
    };
    assert_eq!(told(&clear, std::slice::from_ref(&lifted)), "New");
    assert_eq!(told(&state("2号"), &[lifted]), "New");
}

#[test]
fn a_note_is_kept_beside_any_answer_and_one_that_is_too_long_is_told() {
    let standard = standard("changzhou-2016");
    let tax = standard.department("tax").unwrap();
    let read = |answer: &str, note: &str| {
        let typed = AnswerInput {
            note: note.to_owned(),
            ..input(answer, "", "", "")
        };
        read(&standard, tax, 2016, &typed, date(2016, 11, 1))
    };
    let said = read("unknown", " 登记地不在本市 ").unwrap();
    assert_eq!(
        said,
        Said::Unknown {
            note: "登记地不在本市".to_owned()
        }
    );
    let long = read("clear", &"字".repeat(501)).unwrap_err();
    let Refusal::Fields(fields) = long else {
        panic!("{long:?}");
    };
    assert_eq!(
        (fields[0].0.as_str(), fields[0].1.key()),
        ("note", "department/too-long")
    );
}

#[test]
fn who_is_silent_does_not_know_or_was_not_asked_has_not_said_that_there_is_nothing() {
    let mut standard = standard("changzhou-2016");
    let answered = |key: &str| match key {
        "tax" => Some(None),
        "courts" => Some(Some(AnswerKind::Unknown)),
        "labour-inspection" => None,
        _ => Some(Some(AnswerKind::Clear)),
    };
    let (found, refusal) = unanswered(&standard, answered);
    let told: Vec<(Gap, Vec<&str>)> = found
        .iter()
        .map(|one| {
            let names = one.departments.iter().map(|name| name.zh.as_str());
            (one.gap, names.collect())
        })
        .collect();
    let name = |key: &str| standard.department(key).unwrap().name.zh.as_str();
    assert_eq!(
        told,
        [
            (Gap::Silent, vec![name("tax")]),
            (Gap::Unknown, vec![name("courts")]),
            (Gap::NotAsked, vec![name("labour-inspection")]),
        ]
    );
    // It is shown; it holds nobody unless the standard says so.
    assert_eq!(refusal, None);
    for department in &mut standard.departments {
        department.holds_naming = department.key == "courts";
    }
    let (_, refusal) = unanswered(&standard, answered);
    let key = refusal.as_ref().map(crate::core::refusal::Refuse::key);
    assert_eq!(key, Some("department/holds-naming"));
}
