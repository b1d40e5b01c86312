use jianjia_domain::core::place::UnitPlace;
use jiff::{Timestamp, civil::date};
use uuid::Uuid;

use super::*;
use crate::{
    money::ledger::tests::{place, units},
    testing,
};

pub fn grant(number: i64, unit: &UnitPlace, state: GrantState) -> Grant {
    Grant {
        id: GrantId(Uuid::from_u128(u128::try_from(500 + number).unwrap())),
        year: 2016,
        book_year: 2016,
        unit: unit.id,
        unit_path: unit.path.clone(),
        unit_name: unit.name.clone(),
        kind: GrantKind::Subsidy,
        amount_fen: 100 * number,
        basis: "2016 年度活动经费补贴".to_owned(),
        source_key: Some(format!("subsidy:{number}")),
        state,
        granted_on: date(2016, 5, 9),
        granted_by: None,
        granted_by_name: "钱主任".to_owned(),
        granted_at: Timestamp::from_second(1_479_000_000).unwrap(),
        revision: 1,
    }
}

#[tokio::test]
async fn grants_go_on_by_their_revision_and_are_carried_over_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        units(&mut tx, &[1, 2, 3]).await;
        let (two, three) = (place(2), place(3));
        let all = [
            grant(1, &two, GrantState::Granted),
            grant(2, &three, GrantState::Released),
            grant(3, &three, GrantState::Paid),
        ];
        insert(&mut tx, &all).await.unwrap();
        let mut found = find_many(&mut tx, &[all[0].id, all[2].id]).await.unwrap();
        found.sort_by_key(|grant| grant.id);
        assert_eq!(found, [all[0].clone(), all[2].clone()]);
        let pay = to_pay(&mut tx, 2016).await.unwrap();
        assert_eq!(pay, [all[1].clone()]);
        let known = of_sources(&mut tx, &["subsidy:3".to_owned()])
            .await
            .unwrap();
        assert_eq!(known, Some(three.name.clone()));
        let released = Grant {
            state: GrantState::Released,
            revision: 2,
            ..all[0].clone()
        };
        assert!(
            save_states(&mut tx, std::slice::from_ref(&released))
                .await
                .unwrap()
        );
        // Somebody else was there before.
        assert!(
            !save_states(&mut tx, std::slice::from_ref(&released))
                .await
                .unwrap()
        );
        let standing = standing(&mut tx, 2016).await.unwrap();
        assert_eq!(standing.get(&two.id), Some(&[0, 100, 0]));
        assert_eq!(standing.get(&three.id), Some(&[0, 200, 0]));
        let filter = |state: &str, name: &str| GrantFilter {
            year: 2016,
            within: vec!["/1/".to_owned()],
            state: state.to_owned(),
            name: name.to_owned(),
            ..GrantFilter::default()
        };
        let (page, total) = page(&mut tx, &filter("released", "第2村"), (50, 0))
            .await
            .unwrap();
        assert_eq!((page, total), (vec![released], 1));
        let counts = counts(&mut tx, 2016, &["/1/".to_owned()]).await.unwrap();
        assert_eq!(
            counts,
            [(GrantState::Released, 2, 300), (GrantState::Paid, 1, 300)]
        );
        carry_over(&mut tx, 2016, 2017).await.unwrap();
        let carried = to_pay(&mut tx, 2017).await.unwrap();
        let of: Vec<(i16, i16)> = carried
            .iter()
            .map(|grant| (grant.year, grant.book_year))
            .collect();
        assert_eq!(of, [(2016, 2017), (2016, 2017)]);
        assert_eq!(to_pay(&mut tx, 2016).await.unwrap(), []);
    }
}

#[tokio::test]
async fn what_is_cancelled_can_be_granted_again_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        units(&mut tx, &[1, 2]).await;
        let cancelled = grant(1, &place(2), GrantState::Cancelled);
        let again = Grant {
            id: GrantId(Uuid::from_u128(900)),
            state: GrantState::Granted,
            ..cancelled.clone()
        };
        insert(&mut tx, &[cancelled, again.clone()]).await.unwrap();
        let third = Grant {
            id: GrantId(Uuid::from_u128(901)),
            ..again
        };
        assert!(insert(&mut tx, &[third]).await.is_err());
    }
}
