use jianjia_domain::core::{
    audit::object::Object,
    ids::{AccountId, UnitId},
    message::{About, Kind, OFFICE, UNION},
};

use super::{
    inbox::{find, page, read_one, read_until, remove_before},
    *,
};
use crate::testing;

const UNIT: UnitId = UnitId(uuid::Uuid::from_u128(7));

/// A chair who is also clerk, a reviewer, a locked chair; by number.
async fn people(tx: &mut Tx) -> [AccountId; 3] {
    let ids = [1, 2, 3].map(|number| AccountId(uuid::Uuid::from_u128(number)));
    let account = |place: usize, state: &str| -> Vec<Value> {
        vec![
            ids[place].to_string().into(),
            format!("login{place}").into(),
            "张".into(),
            format!("{:032}", place + 50).into(),
            "x".into(),
            state.into(),
            "2016".into(),
            "2016".into(),
        ]
    };
    let columns = [
        "id",
        "login",
        "name",
        "person_id",
        "password_hash",
        "state",
        "created_at",
        "changed_at",
    ];
    let accounts = vec![
        account(0, "active"),
        account(1, "active"),
        account(2, "locked"),
    ];
    bulk::insert(tx, "account", &columns, accounts)
        .await
        .unwrap();
    let role = |place: usize, role: &str| -> Vec<Value> {
        let id = ids[place].to_string();
        vec![
            id.into(),
            UNIT.to_string().into(),
            "/1/7/".into(),
            role.into(),
            "2016".into(),
        ]
    };
    let columns = ["account_id", "unit_id", "unit_path", "role", "since_at"];
    let roles = vec![
        role(0, "chair"),
        role(0, "clerk"),
        role(1, "reviewer"),
        role(2, "chair"),
    ];
    bulk::insert(tx, "account_role", &columns, roles)
        .await
        .unwrap();
    ids
}

fn message(kind: Kind, once: &str, to: To) -> Message {
    let about = About::of(&Object::Unit(UNIT), Some(UNIT), 2016);
    Message::of(kind, about, once, vec![to])
}

fn told(tx: &mut Tx, number: u128, message: Message) {
    let at = Timestamp::from_second(1_476_000_000).unwrap();
    let id = MessageId(uuid::Uuid::from_u128(number));
    tell(tx, id, at, message, &[]);
}

async fn kinds(tx: &mut Tx, account: &AccountId) -> Vec<(Option<Kind>, i64, bool)> {
    let (found, total) = page(tx, account, 10, 0).await.unwrap();
    assert_eq!(total, found.len() as i64);
    let each = found.iter();
    each.map(|one| (one.kind, one.tally, one.is_read)).collect()
}

#[tokio::test]
async fn each_is_told_once_whatever_their_roles_and_what_is_counted_is_unread_again() {
    for database in testing::both().await {
        let db = &database.db;
        let now = Timestamp::from_second(1_476_000_500).unwrap();
        let to = |roles| To::Unit { unit: UNIT, roles };
        let mut tx = db.uncovered().write("test").await.unwrap();
        let [chair, reviewer, locked] = people(&mut tx).await;
        told(&mut tx, 1, message(Kind::Returned, "a", to(UNION)));
        told(&mut tx, 2, message(Kind::Arrived, "day", to(OFFICE)));
        told(&mut tx, 3, message(Kind::Arrived, "day", to(OFFICE)));
        let path = To::Path {
            path: "/1/7/".to_owned(),
            roles: UNION,
        };
        told(&mut tx, 4, message(Kind::Endorsed, "a", path));
        let person = To::Person(format!("{:032}", 51).parse().unwrap());
        told(&mut tx, 5, message(Kind::Named, "a", person));
        told(&mut tx, 6, message(Kind::Account, "a", To::Account(chair)));
        // The same to different people, and one more of what is counted to one of them.
        for (number, account) in [(11, chair), (12, reviewer), (13, reviewer)] {
            let given = message(Kind::FileGiven, "day", To::Account(account));
            told(&mut tx, number, given);
        }
        let own = Message {
            but: Some(chair),
            ..message(Kind::Rejected, "a", to(UNION))
        };
        told(&mut tx, 7, own);
        tx.commit().await.unwrap();
        let mut tx = db.uncovered().write("test").await.unwrap();
        let mut of_chair = kinds(&mut tx, &chair).await;
        of_chair.sort();
        assert_eq!(
            of_chair,
            [
                (Some(Kind::Returned), 0, false),
                (Some(Kind::Endorsed), 0, false),
                (Some(Kind::FileGiven), 1, false),
                (Some(Kind::Account), 0, false)
            ]
        );
        assert_eq!(kinds(&mut tx, &locked).await, []);
        let of_reviewer = kinds(&mut tx, &reviewer).await;
        assert!(of_reviewer.contains(&(Some(Kind::Arrived), 2, false)));
        assert!(of_reviewer.contains(&(Some(Kind::Named), 0, false)));
        assert!(of_reviewer.contains(&(Some(Kind::FileGiven), 2, false)));
        let read = read_until(&mut tx, &reviewer, now, now).await.unwrap();
        assert_eq!(read, 3);
        told(&mut tx, 8, message(Kind::Arrived, "day", to(OFFICE)));
        told(&mut tx, 9, message(Kind::Returned, "a", to(UNION)));
        tx.commit().await.unwrap();
        let mut tx = db.uncovered().write("test").await.unwrap();
        assert_eq!(
            kinds(&mut tx, &reviewer).await[0],
            (Some(Kind::Arrived), 3, false)
        );
        assert_eq!(kinds(&mut tx, &chair).await.len(), 4);
        // One that is rolled back tells nobody.
        told(&mut tx, 10, message(Kind::Returned, "b", to(UNION)));
        drop(tx);
        let mut tx = db.uncovered().write("test").await.unwrap();
        assert_eq!(kinds(&mut tx, &chair).await.len(), 4);
        let first = MessageId(uuid::Uuid::from_u128(1));
        assert!(!read_one(&mut tx, &reviewer, &first, now).await.unwrap());
        assert!(read_one(&mut tx, &chair, &first, now).await.unwrap());
        assert!(find(&mut tx, &reviewer, &first).await.unwrap().is_none());
        assert!(
            find(&mut tx, &chair, &first)
                .await
                .unwrap()
                .unwrap()
                .is_read
        );
        assert_eq!(remove_before(&mut tx, now).await.unwrap(), 7);
    }
}
