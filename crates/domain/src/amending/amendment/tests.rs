use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::{
    amending::edition::{self, EditionState},
    core::{policy::any_permit, proof::Proof, refusal::Refuse},
};

fn actor(number: u128, person: Option<u128>) -> Actor {
    Actor {
        account: AccountId(Uuid::from_u128(number)),
        person: person.map(|number| PersonId(Uuid::from_u128(number))),
        name: format!("审批人{number}"),
        roles: Vec::new(),
        proof: Proof::Password,
    }
}

fn amendment(state: AmendmentState) -> Amendment {
    let checked = Checked {
        version: "new".to_owned(),
        key: "plan".to_owned(),
        first_year: 2016,
        last_year: 2020,
        ..Checked::default()
    };
    Amendment {
        id: AmendmentId(Uuid::from_u128(9)),
        name: "2017 年修订".to_owned(),
        reason: "提高满意度".to_owned(),
        state,
        base: "old".to_owned(),
        origin: Origin::Upload,
        origin_id: String::new(),
        made_by: AccountId(Uuid::from_u128(1)),
        made_by_name: "甲".to_owned(),
        made_at: Timestamp::UNIX_EPOCH,
        changed_at: Timestamp::UNIX_EPOCH,
        revision: 3,
        checked,
        proposal: None,
    }
}

fn situation() -> Situation {
    Situation {
        today: date(2017, 2, 1),
        begins_on: Some(date(2017, 10, 1)),
        decided: None,
        waits: None,
        holds: "old".to_owned(),
    }
}

fn typed(year: &str, day: &str) -> ProposalInput {
    ProposalInput {
        from_year: year.to_owned(),
        from_on: day.to_owned(),
        seen: "3".to_owned(),
    }
}

/// The key of the first refusal, `ok` where there is none.
fn told<T>(done: &Result<T, Refusal>) -> &'static str {
    match done {
        Ok(_) => "ok",
        Err(Refusal::Fields(fields)) => fields[0].1.key(),
        Err(refusal) => refusal.key(),
    }
}

fn proposed(input: &ProposalInput, situation: &Situation) -> Result<Proposal, Refusal> {
    propose(
        &amendment(AmendmentState::Checked),
        &any_permit(act::PutInForce),
        &actor(1, None),
        input,
        situation,
        Timestamp::UNIX_EPOCH,
    )
}

#[test]
fn a_version_holds_from_a_day_before_its_round_begins_and_never_for_a_decided_year() {
    let check = |year: &str, day: &str, situation: &Situation, expect: &str| {
        assert_eq!(
            told(&proposed(&typed(year, day), situation)),
            expect,
            "{year} {day}"
        );
    };
    let now = situation();
    check("2017", "2017-02-01", &now, "ok");
    check("2017", "2017-09-30", &now, "ok");
    check("2017", "2017-10-01", &now, "amendment/under-way");
    check("2017", "2017-01-31", &now, "amendment/day-over");
    check("2021", "2017-03-01", &now, "amendment/outside-programme");
    check("", "2017-03-01", &now, "amendment/no-year");
    check("2017", "三月", &now, "amendment/no-day");
    let decided = Situation {
        decided: Some((2016, 12)),
        ..situation()
    };
    check("2016", "2017-03-01", &decided, "amendment/decided");
    let waits = Situation {
        waits: Some("另一版".to_owned()),
        ..situation()
    };
    check("2017", "2017-03-01", &waits, "amendment/another-waits");
    let same = Situation {
        holds: "new".to_owned(),
        ..situation()
    };
    check("2017", "2017-03-01", &same, "amendment/holds-already");
    // A year without a round yet, of the next plan, begins when it says.
    let next = Situation {
        begins_on: None,
        ..situation()
    };
    check("2017", "2017-12-01", &next, "ok");
}

#[test]
fn what_has_mistakes_or_was_proposed_is_not_proposed() {
    let mut states = Vec::new();
    for state in AmendmentState::ALL {
        let done = propose(
            &amendment(state),
            &any_permit(act::PutInForce),
            &actor(1, None),
            &typed("2017", "2017-03-01"),
            &situation(),
            Timestamp::UNIX_EPOCH,
        );
        states.push((state.key(), told(&done)));
    }
    assert_eq!(
        states,
        [
            ("draft", "amendment/not-checked"),
            ("checked", "ok"),
            ("proposed", "amendment/not-open"),
            ("confirmed", "amendment/not-open"),
            ("withdrawn", "amendment/not-open"),
        ]
    );
}

#[test]
fn another_person_confirms_and_everything_is_looked_at_again() {
    let permit = any_permit(act::PutInForce);
    let mut one = amendment(AmendmentState::Proposed);
    one.proposal = Some(Proposal {
        from_year: 2017,
        from_on: date(2017, 3, 1),
        by: actor(1, None).account,
        by_person: actor(1, Some(7)).person,
        by_name: "甲".to_owned(),
        at: Timestamp::UNIX_EPOCH,
    });
    let confirmed = |actor: &Actor, situation: &Situation| {
        let done = confirm(&one, &permit, actor, situation);
        told(&done)
    };
    assert_eq!(confirmed(&actor(2, Some(8)), &situation()), "ok");
    assert_eq!(
        confirmed(&actor(1, None), &situation()),
        "amendment/own-proposal"
    );
    // Two accounts of one person are one person.
    assert_eq!(
        confirmed(&actor(2, Some(7)), &situation()),
        "amendment/own-proposal"
    );
    let late = Situation {
        today: date(2017, 3, 2),
        ..situation()
    };
    assert_eq!(confirmed(&actor(2, None), &late), "amendment/day-over");
    let decided = Situation {
        decided: Some((2018, 1)),
        ..situation()
    };
    assert_eq!(confirmed(&actor(2, None), &decided), "amendment/decided");
    one.state = AmendmentState::Checked;
    let done = confirm(&one, &permit, &actor(2, None), &situation());
    assert_eq!(told(&done), "amendment/not-proposed");
}

#[test]
fn an_edition_is_withdrawn_before_its_day_and_never_after() {
    let permit = any_permit(act::PutInForce);
    let mut one = amendment(AmendmentState::Proposed);
    let proposal = proposed(&typed("2017", "2017-03-01"), &situation()).unwrap();
    one.proposal = Some(proposal.clone());
    let mut edition = edition::of(&one, &proposal, &actor(2, None), Timestamp::UNIX_EPOCH);
    assert_eq!(
        (edition.from_year, edition.last_year, edition.state),
        (2017, 2020, EditionState::Waiting)
    );
    let withdrawn = |edition: &edition::Edition, day| {
        edition::withdraw(edition, &permit, day)
            .map_err(|refusal| refusal.key())
            .err()
    };
    assert_eq!(withdrawn(&edition, date(2017, 2, 28)), None);
    let not_waiting = Some("amendment/not-waiting");
    assert_eq!(withdrawn(&edition, date(2017, 3, 1)), not_waiting);
    assert!(!edition.is_due(date(2017, 2, 28)) && edition.is_due(date(2017, 3, 1)));
    assert_eq!(edition::begin(None), EditionState::InForce);
    assert_eq!(
        edition::begin(Some((2017, 1))),
        EditionState::Overtaken,
        "a year that was decided meanwhile keeps its standard"
    );
    edition.state = EditionState::InForce;
    assert_eq!(withdrawn(&edition, date(2017, 2, 1)), not_waiting);
    assert!(edition.overlaps((2020, 2025)) && !edition.overlaps((2021, 2025)));
}

#[test]
fn files_are_known_by_their_names_wherever_they_lay() {
    let known = |sent: &str| file_name(sent).unwrap_or_default();
    for (sent, expect) in [
        ("standard.toml", "standard.toml"),
        ("changzhou-2016/facts.toml", "facts.toml"),
        ("a\\b\\standard.toml", "standard.toml"),
        ("changzhou-2016/cases/rating.jsonl", "cases/rating.jsonl"),
        ("rating.jsonl", "cases/rating.jsonl"),
        ("../../etc/passwd", ""),
        ("cases/.hidden.jsonl", ""),
        ("readme.md", ""),
    ] {
        assert_eq!(known(sent), expect, "{sent}");
    }
}

#[test]
fn a_name_and_a_reason_are_asked_for() {
    let permit = any_permit(act::PrepareAmendment);
    let said = |name: &str, reason: &str| {
        let input = DraftInput {
            name: name.to_owned(),
            reason: reason.to_owned(),
            ..DraftInput::default()
        };
        match draft(&permit, &input) {
            Ok(said) => vec![said.name, said.reason],
            Err(Refusal::Fields(fields)) => fields
                .into_iter()
                .map(|(field, refusal)| format!("{field}: {}", refusal.key()))
                .collect(),
            Err(other) => vec![other.key().to_owned()],
        }
    };
    assert_eq!(
        said(" 2017  年修订", " 为了提高 "),
        ["2017 年修订", "为了提高"]
    );
    assert_eq!(
        said("", ""),
        ["name: amendment/no-name", "reason: amendment/no-reason"]
    );
    assert_eq!(
        said(&"长".repeat(NAME_AT_MOST + 1), "因"),
        ["name: amendment/too-long"]
    );
}

#[test]
fn every_refusal_says_something_in_both_languages() {
    let all = [
        AmendmentRefusal::NoFile,
        AmendmentRefusal::NothingChanged,
        AmendmentRefusal::OwnProposal,
        AmendmentRefusal::Overtaken { year: 2017 },
        AmendmentRefusal::NotOpen {
            state: AmendmentState::Proposed,
        },
    ];
    for refusal in all {
        let (zh, en) = (
            refusal.sentence(jianjia_standard::Lang::Zh),
            refusal.sentence(jianjia_standard::Lang::En),
        );
        assert!(zh.ends_with('。') && en.ends_with('.'), "{zh} {en}");
    }
    let state = AmendmentRefusal::NotOpen {
        state: AmendmentState::Proposed,
    };
    assert!(
        state
            .sentence(jianjia_standard::Lang::Zh)
            .contains("“待确认”")
    );
}
