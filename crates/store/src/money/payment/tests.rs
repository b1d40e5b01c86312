use jianjia_domain::money::{
    bank::BankDetails,
    grant::{GrantState, ListState},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::{
    money::{
        bank, books, grant as grants,
        grant::tests::grant,
        grant_list,
        ledger::tests::{place, units},
    },
    testing,
};

fn run() -> PaymentRun {
    PaymentRun {
        id: PaymentRunId(Uuid::from_u128(1)),
        number: 1,
        year: 2016,
        state: RunState::Prepared,
        rows: 1,
        total_fen: 100,
        prepared_by: Some(AccountId(Uuid::from_u128(7))),
        prepared_person: None,
        prepared_by_name: "出纳".to_owned(),
        prepared_at: Timestamp::from_second(1_479_000_000).unwrap(),
        approved_by_name: String::new(),
        approved_at: None,
        csv_digest: String::new(),
        xlsx_digest: String::new(),
        ended_by_name: String::new(),
        ended_at: None,
        revision: 1,
    }
}

#[tokio::test]
async fn a_run_holds_its_grants_until_it_is_withdrawn_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        units(&mut tx, &[1, 2]).await;
        let released = grant(1, &place(2), GrantState::Released);
        grants::insert(&mut tx, std::slice::from_ref(&released))
            .await
            .unwrap();
        let row = PaymentRow {
            run: run().id,
            place: 1,
            grant: released.id,
            unit: released.unit,
            unit_path: released.unit_path.clone(),
            unit_name: released.unit_name.clone(),
            amount_fen: released.amount_fen,
            basis: released.basis.clone(),
            account_name: "户名".to_owned(),
            bank: "江南农村商业银行".to_owned(),
            sealed: "…".to_owned(),
            tail: "7890".to_owned(),
            bank_revision: 1,
            state: RowState::Waiting,
            reason: String::new(),
        };
        insert(&mut tx, &run(), std::slice::from_ref(&row), Some("run:x"))
            .await
            .unwrap();
        assert_eq!(find(&mut tx, &run().id).await.unwrap(), Some(run()));
        assert_eq!(of_request(&mut tx, "run:x").await.unwrap(), Some(run().id));
        assert_eq!(
            rows(&mut tx, &run().id).await.unwrap(),
            std::slice::from_ref(&row)
        );
        assert_eq!(grants::to_pay(&mut tx, 2016).await.unwrap(), []);
        assert!(grants::is_in_open_run(&mut tx, &released.id).await.unwrap());
        assert_eq!(open_of(&mut tx, 2016).await.unwrap(), 1);
        let withdrawn = PaymentRun {
            state: RunState::Withdrawn,
            ended_at: Some(Timestamp::from_second(1_479_100_000).unwrap()),
            ended_by_name: "出纳".to_owned(),
            revision: 2,
            ..run()
        };
        assert!(save(&mut tx, &withdrawn, None).await.unwrap());
        assert!(!save(&mut tx, &withdrawn, None).await.unwrap());
        let row = PaymentRow {
            state: RowState::Withdrawn,
            reason: "不付了".to_owned(),
            ..row
        };
        save_rows(&mut tx, std::slice::from_ref(&row))
            .await
            .unwrap();
        assert_eq!(rows(&mut tx, &run().id).await.unwrap(), [row]);
        assert_eq!(grants::to_pay(&mut tx, 2016).await.unwrap(), [released]);
        let (found, total) = of_year(&mut tx, 2016, (10, 0)).await.unwrap();
        assert_eq!((found, total), (vec![withdrawn], 1));
        assert_eq!(open_of(&mut tx, 2016).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn bank_details_lists_and_closed_years_are_kept_once_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        units(&mut tx, &[1, 2]).await;
        let said = |revision, bank: &str| BankDetails {
            unit: place(2).id,
            unit_path: place(2).path,
            account_name: "户名".to_owned(),
            bank: bank.to_owned(),
            sealed: "…".to_owned(),
            tail: "7890".to_owned(),
            said_by_name: "陈主席".to_owned(),
            said_at: Timestamp::from_second(1_479_000_000).unwrap(),
            revision,
        };
        assert!(bank::insert(&mut tx, &said(1, "甲行"), None).await.unwrap());
        assert!(bank::insert(&mut tx, &said(2, "乙行"), None).await.unwrap());
        assert!(!bank::insert(&mut tx, &said(2, "丙行"), None).await.unwrap());
        let newest = bank::of_unit(&mut tx, &place(2).id).await.unwrap();
        assert_eq!(newest, Some(said(2, "乙行")));

        let list = jianjia_domain::money::grant::GrantList {
            id: jianjia_domain::core::ids::GrantListId(Uuid::from_u128(3)),
            year: 2016,
            file_name: String::new(),
            rows: vec![Default::default()],
            state: ListState::Draft,
            made_by: None,
            made_by_name: "钱主任".to_owned(),
            made_at: Timestamp::from_second(1_479_000_000).unwrap(),
            revision: 1,
        };
        assert!(
            grant_list::insert(&mut tx, &list, Some("list:x"))
                .await
                .unwrap()
        );
        assert!(
            !grant_list::insert(&mut tx, &list, Some("list:x"))
                .await
                .unwrap()
        );
        let known = grant_list::of_request(&mut tx, "list:x").await.unwrap();
        assert_eq!(known, Some(list.id));
        assert_eq!(
            grant_list::open(&mut tx, 2016).await.unwrap(),
            std::slice::from_ref(&list)
        );
        assert!(
            grant_list::end(&mut tx, &list.id, ListState::Granted)
                .await
                .unwrap()
        );
        assert!(
            !grant_list::end(&mut tx, &list.id, ListState::Discarded)
                .await
                .unwrap()
        );

        let closed = books::ClosedYear {
            year: 2016,
            entries: 3,
            left_fen: 5,
            closed_by_name: "钱主任".to_owned(),
            closed_at: Timestamp::from_second(1_484_000_000).unwrap(),
        };
        let by = AccountId(Uuid::from_u128(7));
        assert_eq!(books::closed_until(&mut tx).await.unwrap(), None);
        assert!(books::close(&mut tx, &closed, by).await.unwrap());
        assert!(!books::close(&mut tx, &closed, by).await.unwrap());
        assert_eq!(books::closed_until(&mut tx).await.unwrap(), Some(2016));
        assert_eq!(books::closed(&mut tx).await.unwrap(), [closed]);
    }
}
