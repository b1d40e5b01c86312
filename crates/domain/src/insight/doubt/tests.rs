use jianjia_standard::Lang;
use uuid::Uuid;

use super::*;
use crate::core::policy::any_permit;
use crate::insight::xray::Amount;

fn figures() -> Figures {
    let amount = |value| Amount {
        of: "members".to_owned(),
        value,
    };
    Figures::Over {
        count: amount(3),
        of: amount(2),
    }
}

fn doubt(state: DoubtState, basis: &str, settled: &str) -> Doubt {
    let at = Timestamp::from_second(1_476_000_000).unwrap();
    Doubt {
        id: DoubtId(Uuid::from_u128(1)),
        year: 2016,
        rule: "rule".to_owned(),
        unit: UnitId(Uuid::from_u128(2)),
        unit_path: "/1/2/".to_owned(),
        unit_name: "甲厂工会".to_owned(),
        subject: String::new(),
        basis: basis.to_owned(),
        settled: settled.to_owned(),
        figures: figures(),
        state,
        is_answered: false,
        answer_by: None,
        revision: 1,
        raised_at: at,
        changed_at: at,
    }
}

fn now(basis: &str) -> Contradiction {
    Contradiction {
        rule: "rule".to_owned(),
        subject: String::new(),
        basis: basis.to_owned(),
        figures: figures(),
    }
}

#[test]
fn what_the_data_says_now_opens_moves_and_closes_it() {
    use DoubtState::{Asked, Corrected, Explained, New, SetAside};
    let check = |before: Option<(DoubtState, &str, &str)>, basis: Option<&str>, expect| {
        let before = before.map(|(state, basis, settled)| doubt(state, basis, settled));
        let now = basis.map(now);
        let looked = look_again(before.as_ref(), now.as_ref());
        assert_eq!(looked, expect, "{before:?} {basis:?}");
    };
    check(None, None, Looked::Same);
    check(None, Some("3/2"), Looked::Raised);
    // It is gone: whoever was asked has corrected it.
    check(Some((New, "3/2", "")), None, Looked::Corrected);
    check(Some((Asked, "3/2", "")), None, Looked::Corrected);
    check(Some((Explained, "3/2", "3/2")), None, Looked::Same);
    check(Some((SetAside, "3/2", "3/2")), None, Looked::Same);
    check(Some((Corrected, "3/2", "")), None, Looked::Same);
    // The same facts are not raised again, on other facts it is.
    check(Some((New, "3/2", "")), Some("3/2"), Looked::Same);
    check(
        Some((Asked, "3/2", "")),
        Some("5/2"),
        Looked::RaisedAgain(Asked),
    );
    check(Some((Explained, "3/2", "3/2")), Some("3/2"), Looked::Same);
    check(
        Some((Explained, "3/2", "3/2")),
        Some("4/2"),
        Looked::RaisedAgain(New),
    );
    check(
        Some((SetAside, "3/2", "3/2")),
        Some("4/2"),
        Looked::RaisedAgain(New),
    );
    check(
        Some((Corrected, "3/2", "")),
        Some("3/2"),
        Looked::RaisedAgain(New),
    );
    // Explained once, changed, corrected, and back at what was explained.
    check(Some((Corrected, "4/2", "3/2")), Some("3/2"), Looked::Same);
    check(Some((New, "4/2", "3/2")), Some("3/2"), Looked::Corrected);
    // Of several facts fewer are nothing new.
    check(Some((Explained, "a,b", "a,b")), Some("a"), Looked::Same);
    check(
        Some((Explained, "a,b", "a,b")),
        Some("a,c"),
        Looked::RaisedAgain(New),
    );
}

#[test]
fn each_step_is_taken_from_where_it_can_be() {
    let handling = any_permit(act::HandleDoubts);
    let answering = any_permit(act::AnswerDoubt);
    let told = |result: Result<String, Refusal>| result.map_err(|refusal| refusal.key());
    let of = |state| doubt(state, "3/2", "");
    assert_eq!(
        told(ask(&of(DoubtState::New), &handling, " 请核对\r\n一下 ")),
        Ok("请核对\n一下".to_owned())
    );
    assert_eq!(
        told(ask(&of(DoubtState::New), &handling, "")),
        Ok(String::new())
    );
    assert_eq!(
        told(ask(&of(DoubtState::Asked), &handling, "")),
        Err("doubt/asked-already")
    );
    assert_eq!(
        told(answer(&of(DoubtState::New), &answering, "a")),
        Err("doubt/not-asked")
    );
    assert_eq!(
        told(answer(&of(DoubtState::Asked), &answering, " ")),
        Err("fields")
    );
    assert_eq!(
        told(answer(&of(DoubtState::Asked), &answering, "a")),
        Ok("a".to_owned())
    );
    for state in [
        DoubtState::Explained,
        DoubtState::Corrected,
        DoubtState::SetAside,
    ] {
        assert_eq!(
            told(ask(&of(state), &handling, "")),
            Err("doubt/not-open"),
            "{state}"
        );
        assert_eq!(
            told(settle(&of(state), &handling, "a")),
            Err("doubt/not-open")
        );
        assert_eq!(
            told(answer(&of(state), &answering, "a")),
            Err("doubt/not-open")
        );
    }
    assert_eq!(
        told(settle(&of(DoubtState::New), &handling, "")),
        Err("fields")
    );
    let long = "长".repeat(TEXT_AT_MOST + 1);
    let refused = settle(&of(DoubtState::Asked), &handling, &long).unwrap_err();
    assert_eq!(
        refused.sentence(Lang::Zh),
        "写了1001个字，最多1000个字。请缩短一些。"
    );
}
