use jianjia_domain::{
    core::{
        ids::{InvitationId, PersonId},
        place::{UnitKind, UnitPlace},
        policy::RoleAt,
    },
    office::account::{Account, AccountState},
    register::person::{Person, PersonDetails, Post},
};
use jiff::SignedDuration;
use uuid::Uuid;

use super::*;
use crate::{office::account::seat, register::person, testing};

fn now() -> Timestamp {
    Timestamp::from_second(1_476_900_000).unwrap()
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn unit(number: u128) -> UnitPlace {
    UnitPlace {
        id: UnitId(Uuid::from_u128(number)),
        kind: UnitKind::Grassroots,
        name: format!("{number}号厂工会"),
        path: if number == 2 {
            "/1/2/".to_owned()
        } else {
            format!("/1/2/{number}/")
        },
    }
}

fn account(number: u128) -> Account {
    Account {
        id: AccountId(Uuid::from_u128(number)),
        login: format!("login{number}"),
        name: format!("名{number}"),
        person: None,
        state: AccountState::Active,
        must_change: false,
        has_password: false,
        telephone: format!("1386101000{number}"),
        mail: String::new(),
        name_source: NameSource::Given,
        created_at: now(),
        roles: vec![RoleAt {
            role: Role::Chair,
            unit: unit(number),
        }],
    }
}

fn invitation(number: u128, state: InvitationState) -> Invitation {
    let has_code = state != InvitationState::New;
    Invitation {
        id: InvitationId(Uuid::from_u128(number)),
        account: AccountId(Uuid::from_u128(number)),
        unit: unit(number).id,
        unit_path: unit(number).path,
        role: Role::Chair,
        state,
        code_hash: if has_code {
            format!("hash{number}")
        } else {
            String::new()
        },
        made_by_name: "街道审批".to_owned(),
        made_from: has_code.then(|| unit(2).id),
        made_at: now(),
        expires_at: has_code.then(|| now() + hours(24)),
        used_at: (state == InvitationState::Used).then(now),
    }
}

/// The unit 2 above the others, each with an account in another state.
async fn six(tx: &mut Tx) {
    let columns = [
        "id",
        "number",
        "path",
        "kind",
        "name",
        "sort_key",
        "created_at",
        "changed_at",
    ];
    let rows = (2..=7_u8).map(|number| {
        let unit = unit(number.into());
        vec![
            unit.id.to_string().into(),
            i64::from(number).into(),
            unit.path.into(),
            unit.kind.key().into(),
            unit.name.clone().into(),
            unit.name.into(),
            now().to_string().into(),
            now().to_string().into(),
        ]
    });
    bulk::insert(tx, "unit", &columns, rows.collect())
        .await
        .unwrap();
    let accounts: Vec<(Account, String)> = (2..=7_u8)
        .map(|number| (account(number.into()), "key".to_owned()))
        .collect();
    seat::insert(tx, &accounts).await.unwrap();
    use InvitationState::{New, Replaced, Revoked, Used, Waiting};
    let made: Vec<Invitation> = [
        (2, New),
        (3, New),
        (4, Waiting),
        (5, Used),
        (6, Revoked),
        (7, Replaced),
    ]
    .map(|(number, state)| invitation(number, state))
    .to_vec();
    insert(tx, &made).await.unwrap();
}

fn below(with_itself: bool) -> Below {
    Below {
        path: "/1/2/".to_owned(),
        with_itself,
    }
}

async fn names(tx: &mut Tx, shown: Shown, at: Timestamp) -> Vec<String> {
    let (lines, total) = list(tx, &below(false), shown, at, (50, 0)).await.unwrap();
    assert_eq!(lines.len() as i64, total);
    lines.into_iter().map(|line| line.name).collect()
}

#[tokio::test]
async fn lists_and_numbers_of_a_subtree_follow_the_states_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        six(&mut tx).await;
        let expected = Counts {
            new: 1,
            waiting: 1,
            expired: 0,
            used: 1,
            revoked: 1,
        };
        assert_eq!(
            counts(&mut tx, &below(false), now()).await.unwrap(),
            expected
        );
        let whole = counts(&mut tx, &below(true), now()).await.unwrap();
        assert_eq!(whole.new, 2, "the unit itself, too");
        let later = now() + hours(25);
        assert_eq!(
            counts(&mut tx, &below(false), later).await.unwrap().expired,
            1
        );
        for (shown, at, expected) in [
            (Shown::New, now(), vec!["名3"]),
            (Shown::Waiting, now(), vec!["名4"]),
            (Shown::Waiting, later, vec![]),
            (Shown::Expired, later, vec!["名4"]),
            (
                Shown::WaitingSince(now() + hours(1)),
                now() + hours(2),
                vec!["名4"],
            ),
            (Shown::WaitingSince(now()), now() + hours(2), vec![]),
            (Shown::Used, now(), vec!["名5"]),
            (Shown::Revoked, now(), vec!["名6"]),
        ] {
            assert_eq!(names(&mut tx, shown, at).await, expected, "{shown:?}");
        }
    }
}

#[tokio::test]
async fn a_code_is_found_used_once_and_ended_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        six(&mut tx).await;
        let found = of_code(&mut tx, "hash4").await.unwrap().unwrap();
        assert_eq!(found, invitation(4, InvitationState::Waiting));
        assert!(mark_used(&mut tx, &found, now()).await.unwrap());
        assert!(!mark_used(&mut tx, &found, now()).await.unwrap());
        assert!(
            !end(&mut tx, &found.account, InvitationState::Revoked)
                .await
                .unwrap()
        );
        let other = AccountId(Uuid::from_u128(3));
        assert!(
            end(&mut tx, &other, InvitationState::Revoked)
                .await
                .unwrap()
        );
        replace(&mut tx, &[found.account]).await.unwrap();
        let known = of_accounts(&mut tx, &[found.account, other]).await.unwrap();
        let states: Vec<InvitationState> = known.iter().map(|known| known.state).collect();
        assert_eq!(
            states,
            [InvitationState::Revoked],
            "a replaced one is history"
        );
    }
}

#[tokio::test]
async fn accounts_come_in_by_the_hundred_and_are_found_by_unit_login_and_telephone() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        six(&mut tx).await;
        let seats = seat::within(&mut tx, "/1/2/3/").await.unwrap();
        let told: Vec<(&str, &str)> = seats
            .iter()
            .map(|seat| (seat.login.as_str(), seat.telephone.as_str()))
            .collect();
        assert_eq!(told, [("login3", "13861010003")]);
        let logins = ["login3", "login9"].map(str::to_owned);
        let taken = seat::taken(&mut tx, logins).await.unwrap();
        assert_eq!(taken.into_iter().collect::<Vec<_>>(), ["login3"]);
        let telephones = ["13861010004".to_owned(), String::new()];
        let held = seat::of_telephones(&mut tx, telephones).await.unwrap();
        assert_eq!(
            held,
            [("13861010004".to_owned(), account(4).id, "名4".to_owned())]
        );
        assert_eq!(
            seat::of_unit(&mut tx, &unit(3).id).await.unwrap(),
            [account(3)]
        );
        let joined = seat::Joined {
            login: "王伟",
            name: "王伟",
            sort_key: "wang",
            name_source: NameSource::Own,
            person: None,
            password_hash: "hash",
        };
        seat::join(&mut tx, &account(3).id, &joined, now())
            .await
            .unwrap();
        let came = seat::of_unit(&mut tx, &unit(3).id).await.unwrap();
        assert!(came[0].has_password && came[0].login == "王伟");
        seat::clear_password(&mut tx, &account(3).id, now())
            .await
            .unwrap();
        assert!(!seat::of_unit(&mut tx, &unit(3).id).await.unwrap()[0].has_password);
    }
}

#[tokio::test]
async fn a_handover_is_told_until_the_new_chair_has_the_account() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        six(&mut tx).await;
        let chair = |id: u128, name: &str, of: u128| Person {
            id: PersonId(Uuid::from_u128(id)),
            unit_id: unit(of).id,
            unit_path: unit(of).path,
            details: PersonDetails {
                name: name.to_owned(),
                post: Post::Chair,
                duty: String::new(),
                phone: None,
                since_on: None,
            },
            sort_key: String::new(),
            left_on: None,
            revision: 1,
            created_at: now(),
            changed_at: now(),
        };
        let people = [chair(1, "新主席", 3), chair(2, "名4", 4)];
        person::insert(&mut tx, &people).await.unwrap();
        let (found, total) = handovers(&mut tx, &below(false), 10).await.unwrap();
        let told: Vec<(&str, &str)> = found
            .iter()
            .map(|found| (found.old_name.as_str(), found.new_name.as_str()))
            .collect();
        assert_eq!((told, total), (vec![("名3", "新主席")], 1));
        let joined = seat::Joined {
            login: "login3",
            name: "名3",
            sort_key: "",
            name_source: NameSource::Given,
            person: Some(people[0].id),
            password_hash: "hash",
        };
        seat::join(&mut tx, &account(3).id, &joined, now())
            .await
            .unwrap();
        assert_eq!(handovers(&mut tx, &below(false), 10).await.unwrap().1, 0);
    }
}
