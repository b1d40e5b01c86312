use std::collections::BTreeMap;

use jianjia_domain::{
    check::remark::{Content, Remark, Seen, Settlement, VisitPhoto},
    core::ids::{AccountId, VisitId, VisitRemarkId, VisitSettlementId},
};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{find, insert, of_visit, settle, settlements};
use crate::testing;

fn remark(number: u128, content: Content) -> Remark {
    let at = Timestamp::from_second(1_490_000_000 + number as i64).unwrap();
    Remark {
        id: VisitRemarkId(Uuid::from_u128(number)),
        visit: VisitId(Uuid::from_u128(7)),
        content,
        note: "看了台账".to_owned(),
        photos: vec![VisitPhoto {
            hash: "ab".repeat(32),
            media_type: "image/jpeg".to_owned(),
            bytes: 12,
        }],
        account: AccountId(Uuid::from_u128(3)),
        account_name: "李审".to_owned(),
        noted_at: at,
        received_at: at,
    }
}

#[tokio::test]
async fn an_entry_is_kept_once_and_read_back_as_it_was_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let clause = remark(
            1,
            Content::Clause {
                clause: "Q6".to_owned(),
                seen: Seen::Fails,
                found: BTreeMap::from([("cards_issued".to_owned(), json!(90))]),
            },
        );
        let signature = remark(
            2,
            Content::Signature {
                name: "王主席".to_owned(),
                agrees: false,
            },
        );
        let comment = remark(3, Content::Comment { agrees: true });
        for one in [&clause, &signature, &comment] {
            assert!(insert(&mut tx, one).await.unwrap());
        }
        // Sent again it is the same row, whatever it says.
        let again = Remark {
            note: "另一句".to_owned(),
            ..clause.clone()
        };
        assert!(!insert(&mut tx, &again).await.unwrap());
        assert_eq!(
            find(&mut tx, &clause.id).await.unwrap(),
            Some(clause.clone())
        );
        let kept = of_visit(&mut tx, &clause.visit).await.unwrap();
        assert_eq!(kept, [clause.clone(), signature.clone(), comment]);

        let settled = Settlement {
            id: VisitSettlementId(Uuid::from_u128(1)),
            visit: clause.visit,
            clause: "Q6".to_owned(),
            chosen: clause.id,
            among: [clause.id, signature.id].into(),
            reason: "以卡务系统为准".to_owned(),
            account: clause.account,
            account_name: clause.account_name.clone(),
            at: clause.noted_at,
        };
        settle(&mut tx, &settled).await.unwrap();
        assert_eq!(
            settlements(&mut tx, &clause.visit).await.unwrap(),
            [settled]
        );
    }
}
