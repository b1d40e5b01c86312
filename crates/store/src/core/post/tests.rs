//! What goes out, on both engines: to whom, once, gathered, and what becomes of it.

use jianjia_domain::core::{
    audit::object::Object,
    ids::{MessageId, UnitId},
    message::{About, Message, To},
    post::Wish,
};
use jiff::SignedDuration;
use uuid::Uuid;

use super::*;
use crate::{core::message, testing};

const BOTH: &[Channel] = &[Channel::Mail, Channel::Telephone];

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_476_000_000 + minutes * 60).unwrap()
}

fn account(number: u128) -> AccountId {
    AccountId(Uuid::from_u128(number))
}

/// Accounts by number, with mail and telephone.
async fn people(tx: &mut Tx, people: &[(u128, &str, &str)]) {
    for (number, mail, telephone) in people {
        let columns = [
            "id",
            "login",
            "name",
            "password_hash",
            "created_at",
            "changed_at",
            "mail",
            "telephone",
        ];
        let row = vec![
            account(*number).to_string().into(),
            format!("login{number}").into(),
            "张".into(),
            "x".into(),
            "2016".into(),
            "2016".into(),
            (*mail).into(),
            (*telephone).into(),
        ];
        bulk::insert(tx, "account", &columns, vec![row])
            .await
            .unwrap();
    }
}

fn told(tx: &mut Tx, number: u128, kind: Kind, to: u128, minutes: i64) {
    let unit = UnitId(Uuid::from_u128(7));
    let about = About::of(&Object::Unit(unit), Some(unit), 2016);
    let message = Message::of(kind, about, number, vec![To::Account(account(to))]);
    message::tell(
        tx,
        MessageId(Uuid::from_u128(number)),
        at(minutes),
        message,
        BOTH,
    );
}

async fn rows(tx: &mut Tx) -> Vec<String> {
    testing::texts(
        tx,
        "SELECT SUBSTR(account_id, 32, 1) || ' ' || SUBSTR(told_key, 1, 8) || ' ' || channel || ' ' || state FROM outgoing ORDER BY 1",
    )
    .await
}

#[tokio::test]
async fn a_message_goes_out_to_whoever_has_an_address_and_wants_it() {
    for database in testing::both().await {
        let db = &database.db.uncovered();
        let mut tx = db.write("test").await.unwrap();
        people(
            &mut tx,
            &[
                (1, "a@example.com", "138"),
                (2, "", ""),
                (3, "c@example.com", "139"),
                (4, "d@example.com", ""),
            ],
        )
        .await;
        choose(&mut tx, &account(3), Channel::Mail, Wish::Urgent, Lang::En)
            .await
            .unwrap();
        choose(
            &mut tx,
            &account(3),
            Channel::Telephone,
            Wish::Nothing,
            Lang::En,
        )
        .await
        .unwrap();
        refuse_address(&mut tx, &account(4), Channel::Mail, "d@example.com", at(0))
            .await
            .unwrap();
        for to in 1..=4 {
            told(&mut tx, 10 + to, Kind::Returned, to, 0);
            told(&mut tx, 20 + to, Kind::Endorsed, to, 0);
        }
        tx.commit().await.unwrap();
        let mut tx = db.write("test").await.unwrap();
        assert_eq!(
            rows(&mut tx).await,
            [
                "1 endorsed mail waiting",
                "1 returned mail waiting",
                "1 returned telephone waiting",
                "3 returned mail waiting",
            ]
        );
        // What is rolled back tells nobody, by no channel.
        told(&mut tx, 30, Kind::Returned, 1, 0);
        drop(tx);
        let mut tx = db.write("test").await.unwrap();
        assert_eq!(rows(&mut tx).await.len(), 4);
        // What counts on is not sent again.
        told(&mut tx, 11, Kind::Returned, 1, 3);
        tx.commit().await.unwrap();
        let mut tx = db.write("test").await.unwrap();
        assert_eq!(rows(&mut tx).await.len(), 4);
        unwanted(&mut tx, &account(1), Channel::Mail, Wish::Urgent, at(1))
            .await
            .unwrap();
        forget_refusal(&mut tx, &account(4)).await.unwrap();
        told(&mut tx, 40, Kind::Endorsed, 4, 0);
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let rows = rows(&mut tx).await;
        assert_eq!(rows[0], "1 endorsed mail unneeded");
        assert_eq!(rows[4], "4 endorsed mail waiting");
        let choices = choices(&mut tx, &account(3)).await.unwrap();
        let wishes: Vec<Wish> = choices.iter().map(|choice| choice.wish).collect();
        assert_eq!(wishes, [Wish::Urgent, Wish::Nothing]);
    }
}

#[tokio::test]
async fn what_is_due_is_gathered_tried_again_and_ended_once() {
    for database in testing::both().await {
        let db = &database.db.uncovered();
        let mut tx = db.write("test").await.unwrap();
        people(&mut tx, &[(1, "a@example.com", "")]).await;
        told(&mut tx, 1, Kind::Endorsed, 1, 0);
        told(&mut tx, 2, Kind::Named, 1, 0);
        tx.commit().await.unwrap();
        let mut tx = db.write("test").await.unwrap();
        assert_eq!(due(&mut tx, BOTH, at(4), 10).await.unwrap(), []);
        let found = due(&mut tx, BOTH, at(5), 10).await.unwrap();
        let expect = Due {
            account: account(1),
            channel: Channel::Mail,
            is_urgent: false,
            last_at: None,
        };
        assert_eq!(found, [expect]);
        put_off(&mut tx, &found[0], at(9)).await.unwrap();
        assert_eq!(due(&mut tx, BOTH, at(8), 10).await.unwrap(), []);
        let dispatch = DispatchId(Uuid::from_u128(50));
        gather(&mut tx, &found[0], &dispatch).await.unwrap();
        assert_eq!(due(&mut tx, BOTH, at(99), 10).await.unwrap(), []);
        let content = contents(&mut tx, &[dispatch]).await.unwrap();
        assert_eq!(content.len(), 1);
        let content = &content[0];
        assert_eq!(
            (
                content.address.as_str(),
                content.lang,
                content.attempts,
                content.messages.len()
            ),
            ("a@example.com", Lang::Zh, 0, 2)
        );
        assert_eq!(
            to_retry(&mut tx, BOTH, at(10), 10).await.unwrap(),
            [dispatch]
        );
        assert_eq!(
            to_retry(&mut tx, &[Channel::Telephone], at(10), 10)
                .await
                .unwrap(),
            []
        );
        let error = JobError::told(|_| "忙".to_owned());
        postpone(&mut tx, &dispatch, at(20), &error).await.unwrap();
        assert_eq!(to_retry(&mut tx, BOTH, at(19), 10).await.unwrap(), []);
        assert!(
            end(&mut tx, &dispatch, PostState::GivenUp, Some(&error), at(20))
                .await
                .unwrap()
        );
        assert!(
            !end(&mut tx, &dispatch, PostState::Sent, None, at(20))
                .await
                .unwrap()
        );
        let listed_now = listed(&mut tx, &[PostState::GivenUp], (10, 0))
            .await
            .unwrap();
        assert_eq!(
            (
                listed_now[0].attempts,
                listed_now[0].messages,
                listed_now[0].error.as_ref()
            ),
            (2, 2, Some(&error))
        );
        assert_eq!(count(&mut tx).await.unwrap(), 1);
        let after = listed(&mut tx, &PostState::ALL, (10, 1)).await.unwrap();
        assert_eq!(after, []);
        assert_eq!(
            figures(&mut tx).await.unwrap(),
            [(Channel::Mail, PostState::GivenUp, true, 2)]
        );
        let again = try_again(&mut tx, &dispatch, at(30)).await.unwrap();
        assert_eq!(again, Some(account(1)));
        // One of them is read meanwhile.
        let read = MessageId(Uuid::from_u128(1));
        message::inbox::read_one(&mut tx, &account(1), &read, at(30))
            .await
            .unwrap();
        assert_eq!(drop_unneeded(&mut tx, at(30)).await.unwrap(), 1);
        let content = contents(&mut tx, &[dispatch]).await.unwrap();
        assert_eq!(content[0].messages.len(), 1);
        assert!(
            end(&mut tx, &dispatch, PostState::Sent, None, at(31))
                .await
                .unwrap()
        );
        assert_eq!(try_again(&mut tx, &dispatch, at(32)).await.unwrap(), None);
        told(&mut tx, 3, Kind::Returned, 1, 40);
        tx.commit().await.unwrap();
        let mut tx = db.write("test").await.unwrap();
        let found = due(&mut tx, BOTH, at(45), 10).await.unwrap();
        assert_eq!((found[0].is_urgent, found[0].last_at), (true, Some(at(31))));
        let before = at(31) + SignedDuration::from_secs(1);
        assert_eq!(sweep(&mut tx, before).await.unwrap(), 2);
    }
}
