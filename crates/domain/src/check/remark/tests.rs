use serde_json::json;
use uuid::Uuid;

use super::*;

fn noted(number: u128, by: u128, minute: i64, seen: Seen, found: &[(&str, i64)]) -> Remark {
    let at = Timestamp::from_second(1_490_000_000 + 60 * minute).unwrap();
    Remark {
        id: VisitRemarkId(Uuid::from_u128(number)),
        visit: VisitId(Uuid::from_u128(7)),
        content: Content::Clause {
            clause: "Q6".to_owned(),
            seen,
            found: found
                .iter()
                .map(|(key, value)| ((*key).to_owned(), json!(value)))
                .collect(),
        },
        note: String::new(),
        photos: Vec::new(),
        account: AccountId(Uuid::from_u128(by)),
        account_name: format!("检查员{by}"),
        noted_at: at,
        received_at: at,
    }
}

#[test]
fn the_newest_entry_of_each_inspector_counts_and_what_they_agree_on_stands_together() {
    let remarks = [
        noted(1, 1, 0, Seen::Fails, &[("cards_issued", 90)]),
        // The same person looked again, and another found more.
        noted(2, 1, 5, Seen::Holds, &[("cards_issued", 170)]),
        noted(3, 2, 3, Seen::Holds, &[("cards_used", 160)]),
    ];
    let Standing::Noted(stands) = standing(&remarks, &[], "Q6") else {
        panic!("they agree");
    };
    assert_eq!(stands.seen, Seen::Holds);
    let found: Vec<(&str, &Value)> = stands.found.into_iter().collect();
    assert_eq!(
        found,
        [("cards_issued", &json!(170)), ("cards_used", &json!(160))]
    );
    assert_eq!(standing(&remarks, &[], "Q1"), Standing::None);
}

#[test]
fn what_two_say_differently_waits_for_a_settlement_and_opens_again_with_a_new_entry() {
    let first = noted(1, 1, 0, Seen::Holds, &[("cards_issued", 170)]);
    let second = noted(2, 2, 1, Seen::Holds, &[("cards_issued", 120)]);
    let mut remarks = vec![first.clone(), second.clone()];
    let open = standing(&remarks, &[], "Q6");
    assert_eq!(open, Standing::Contradicted(vec![&first, &second]));
    let refused = |chosen, reason| {
        settle(&open, chosen, reason)
            .unwrap_err()
            .sentence(jianjia_standard::Lang::Zh)
    };
    assert_eq!(
        refused(None, "以卡务系统为准"),
        "请选定以哪一条记录为准。如果有人刚刚又记了一条，请看过以后再选。"
    );
    assert_eq!(
        refused(Some(second.id), " "),
        "请写明理由，理由会留在记录里。"
    );
    let (chosen, among, reason) = settle(&open, Some(second.id), "以卡务系统为准").unwrap();
    let settlement = Settlement {
        id: VisitSettlementId(Uuid::from_u128(1)),
        visit: first.visit,
        clause: "Q6".to_owned(),
        chosen: chosen.id,
        among,
        reason,
        account: first.account,
        account_name: first.account_name.clone(),
        at: first.noted_at,
    };
    let settled = [settlement];
    let Standing::Noted(stands) = standing(&remarks, &settled, "Q6") else {
        panic!("it was settled");
    };
    assert_eq!(stands.found["cards_issued"], &json!(120));
    assert!(stands.settlement.is_some());
    let refused = settle(
        &standing(&remarks, &settled, "Q6"),
        Some(first.id),
        "再选一次",
    );
    assert_eq!(refused.unwrap_err().key(), "visit-remark/not-contradicted");
    remarks.push(noted(3, 1, 9, Seen::Fails, &[]));
    assert!(matches!(
        standing(&remarks, &settled, "Q6"),
        Standing::Contradicted(_)
    ));
}

#[test]
fn an_entry_sent_again_is_known_and_another_under_its_id_is_not_taken() {
    let kept = noted(1, 1, 0, Seen::Holds, &[("cards_issued", 170)]);
    let later = Remark {
        received_at: kept.received_at + jiff::SignedDuration::from_hours(3),
        ..kept.clone()
    };
    assert_eq!(known_again(&kept, &later), Ok(()));
    let other = noted(1, 1, 0, Seen::Holds, &[("cards_issued", 120)]);
    assert_eq!(known_again(&kept, &other), Err(RemarkRefusal::IdTaken));
    let stranger = noted(1, 2, 0, Seen::Holds, &[("cards_issued", 170)]);
    assert_eq!(known_again(&kept, &stranger), Err(RemarkRefusal::IdTaken));
}
