use jianjia_domain::{core::ids::DoubtEventId, insight::xray::Amount};
use jiff::{SignedDuration, Timestamp, civil::date};
use uuid::Uuid;

use super::*;
use crate::testing;

fn figures(value: u64) -> Figures {
    let amount = |value| Amount {
        of: "members".to_owned(),
        value,
    };
    Figures::Over {
        count: amount(value),
        of: amount(2),
    }
}

fn doubt(number: u64, path: &str, name: &str) -> Doubt {
    let at = Timestamp::from_second(1_476_000_000).unwrap();
    let at = at + SignedDuration::from_secs(number as i64);
    Doubt {
        id: DoubtId(Uuid::from_u128(number.into())),
        year: 2016,
        rule: if number < 3 { "over" } else { "photo" }.to_owned(),
        unit: UnitId(Uuid::from_u128(u128::from(number) + 100)),
        unit_path: path.to_owned(),
        unit_name: name.to_owned(),
        subject: String::new(),
        basis: "3/2".to_owned(),
        settled: String::new(),
        figures: figures(3),
        state: DoubtState::New,
        is_answered: false,
        answer_by: None,
        revision: 1,
        raised_at: at,
        changed_at: at,
    }
}

/// Which are listed, by their numbers.
async fn check(tx: &mut Tx, filter: DoubtFilter, expect: &[u128]) {
    let (found, total) = list(tx, &filter, (9, 0)).await.unwrap();
    let numbers: Vec<u128> = found.iter().map(|one| one.id.0.as_u128()).collect();
    assert_eq!(
        (numbers.as_slice(), total),
        (expect, expect.len() as i64),
        "{filter:?}"
    );
}

#[tokio::test]
async fn they_are_listed_by_what_is_asked_strictly_below_and_changed_by_one_at_a_time_on_both_engines()
 {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let all = [
            doubt(1, "/1/2/3/", "甲厂工会"),
            doubt(2, "/1/2/4/", "乙厂工会"),
            doubt(3, "/1/9/3/", "丙厂工会"),
            doubt(4, "/1/2/", "丁镇总工会"),
        ];
        insert(&mut tx, &all).await.unwrap();
        let filter = |below: &[&str]| DoubtFilter {
            below: below.iter().map(|path| (*path).to_owned()).collect(),
            year: 2016,
            ..DoubtFilter::default()
        };
        check(&mut tx, filter(&["/1/"]), &[4, 3, 2, 1]).await;
        // The town's own is asked about from above it.
        check(&mut tx, filter(&["/1/2/"]), &[2, 1]).await;
        check(&mut tx, filter(&[]), &[]).await;
        let mut wanted = filter(&["/1/"]);
        wanted.rule = "photo".to_owned();
        check(&mut tx, wanted, &[4, 3]).await;
        let mut wanted = filter(&["/1/"]);
        wanted.under = "/1/2/".to_owned();
        check(&mut tx, wanted, &[4, 2, 1]).await;
        let mut wanted = filter(&["/1/"]);
        wanted.name = "乙".to_owned();
        check(&mut tx, wanted, &[2]).await;
        let mut wanted = filter(&["/1/"]);
        wanted.year = 2017;
        check(&mut tx, wanted, &[]).await;

        // Asked by one, and by another from the same page.
        let mut asked = all[0].clone();
        asked.state = DoubtState::Asked;
        asked.answer_by = Some(date(2016, 11, 20));
        asked.is_answered = true;
        asked.revision = 2;
        assert!(update(&mut tx, &asked).await.unwrap());
        assert!(!update(&mut tx, &asked).await.unwrap());
        assert_eq!(find(&mut tx, &asked.id).await.unwrap(), Some(asked.clone()));
        let mut aside = all[1].clone();
        aside.state = DoubtState::SetAside;
        aside.settled = aside.basis.clone();
        aside.revision = 2;
        assert!(update(&mut tx, &aside).await.unwrap());
        check(&mut tx, filter(&["/1/2/"]), &[1]).await;
        for (state, expect) in [
            (StateWanted::Any, vec![2, 1]),
            (StateWanted::Only(DoubtState::SetAside), vec![2]),
            (StateWanted::Answered, vec![1]),
            (StateWanted::Only(DoubtState::New), vec![]),
        ] {
            let mut wanted = filter(&["/1/2/"]);
            wanted.state = state;
            check(&mut tx, wanted, &expect).await;
        }
        assert_eq!(
            counts(&mut tx, &filter(&["/1/"])).await.unwrap(),
            [
                ("over".to_owned(), DoubtState::Asked, 1),
                ("over".to_owned(), DoubtState::SetAside, 1),
                ("photo".to_owned(), DoubtState::New, 2),
            ]
        );
        assert_eq!(years(&mut tx, &["/1/".to_owned()]).await.unwrap(), [2016]);

        let event = |number: u128, act, figures| DoubtEvent {
            id: DoubtEventId(Uuid::from_u128(number)),
            doubt: asked.id,
            act,
            text: "请核对".to_owned(),
            figures,
            account: Some(AccountId(Uuid::from_u128(7))),
            account_name: "区审批".to_owned(),
            at: asked.raised_at,
        };
        let told = [
            event(1, DoubtAct::Raised, Some(figures(3))),
            event(2, DoubtAct::Asked, None),
        ];
        add_events(&mut tx, &told).await.unwrap();
        assert_eq!(events(&mut tx, &asked.id).await.unwrap(), told);
        // A union reads what it was asked, and nothing else.
        let own = asked_of(&mut tx, &asked.unit, 9).await.unwrap();
        assert_eq!(own, [asked.clone()]);
        assert_eq!(asked_of(&mut tx, &aside.unit, 9).await.unwrap(), []);
        let of_both = of_units(&mut tx, &[asked.unit, aside.unit], 2016)
            .await
            .unwrap();
        assert_eq!(of_both.len(), 2);
        assert_eq!(of_units(&mut tx, &[asked.unit], 2017).await.unwrap(), []);
    }
}
