//! A long table is written in the background.

use jianjia_app::{
    core::job::{
        self as jobs, Lane,
        worker::{Node, run_due_once},
    },
    exchange::{
        import::{
            self as imports, Wanted, again,
            job::{self as import_jobs, Confirmed, LONG_FROM},
        },
        verification,
    },
};
use jianjia_domain::{
    core::{
        ids::{ImportId, JobId},
        job::JobState,
        policy::{Actor, Role},
    },
    exchange::import::{ImportKind, ImportState, table::HiddenRows},
};
use jianjia_store::testing;

use crate::{Place, places};

fn table(rows: usize) -> String {
    let rows = (1..=rows).map(|number| format!("常州第{number}机械厂工会,常州市总工会\n"));
    format!("工会名称,上级工会\n{}", rows.collect::<String>())
}

async fn office(place: &Place) -> Actor {
    let roles = [(Role::Reviewer, &place.root)];
    place.city.actor("市总", &roles).await
}

async fn checked(place: &Place, office: &Actor, rows: usize) -> ImportId {
    let (kind, under) = (ImportKind::Unions, &place.root.id);
    let table = table(rows).into();
    imports::check(place.app(), office, kind, under, "名单.csv", table)
        .await
        .unwrap()
}

async fn run(place: &Place) -> Option<JobId> {
    let node = Node::new(place.app(), jianjia_app::WORKS);
    run_due_once(place.app(), &node, Lane::Long).await.unwrap()
}

async fn confirmed(place: &Place, office: &Actor, id: &ImportId) -> Confirmed {
    import_jobs::confirm(place.app(), office, id, Wanted::All)
        .await
        .unwrap()
}

async fn unions(place: &Place) -> usize {
    let mut tx = place.app().db.read().await.unwrap();
    let names = "SELECT name FROM unit WHERE name LIKE '%机械厂工会'";
    testing::texts(&mut tx, names).await.len()
}

#[tokio::test]
async fn a_short_table_is_written_at_once_and_a_long_one_by_a_job() {
    for place in places().await {
        let office = office(&place).await;
        let short = checked(&place, &office, 3).await;
        assert_eq!(confirmed(&place, &office, &short).await, Confirmed::Done);
        assert_eq!(unions(&place).await, 3);
        let long = checked(&place, &office, LONG_FROM).await;
        let Confirmed::Begun(job) = confirmed(&place, &office, &long).await else {
            panic!("it takes a while");
        };
        let again = confirmed(&place, &office, &long).await;
        assert_eq!(again, Confirmed::Begun(job), "a second click");
        assert_eq!(unions(&place).await, 3, "nothing is written yet");
        assert_eq!(run(&place).await, Some(job));
        let (import, _) = imports::find(place.app(), &office, &long).await.unwrap();
        assert_eq!(import.state, ImportState::Done);
        assert_eq!(unions(&place).await, LONG_FROM);
        let done = jobs::find(place.app(), &office, &job).await.unwrap();
        assert_eq!(done.state, JobState::Done);
        assert_eq!(done.result["written"], LONG_FROM - 3);
        assert_eq!(confirmed(&place, &office, &long).await, Confirmed::Done);
        assert_eq!(run(&place).await, None);
        let mut tx = place.app().db.read().await.unwrap();
        let lines = "SELECT account_name FROM audit WHERE act = 'confirm-import'";
        assert_eq!(testing::texts(&mut tx, lines).await, ["市总", "市总"]);
        tx.commit().await.unwrap();
        jianjia_app::core::seal::seal(place.app()).await.unwrap();
        let verified = verification::verify(place.app()).await.unwrap();
        assert_eq!(verified.faults, [""; 0]);
    }
}

#[tokio::test]
async fn nothing_is_written_that_was_not_shown_when_it_was_confirmed() {
    for place in places().await {
        let office = office(&place).await;
        let long = checked(&place, &office, LONG_FROM).await;
        let Confirmed::Begun(job) = confirmed(&place, &office, &long).await else {
            panic!("it takes a while");
        };
        // Meanwhile one of the unions is registered by another table: the results are others.
        let short = checked(&place, &office, 1).await;
        confirmed(&place, &office, &short).await;
        for round in 0..2 {
            assert_eq!(run(&place).await, Some(job), "round {round}");
            let found = jobs::find(place.app(), &office, &job).await.unwrap();
            assert_eq!(found.state, JobState::Failed);
            let error = found.error.unwrap().text.zh;
            assert!(error.contains("核对"), "{error}");
            assert_eq!(unions(&place).await, 1);
            // Tried again it still waits for somebody to look at the new results.
            jobs::retry(place.app(), &office, &job).await.unwrap();
        }
        jobs::stop(place.app(), &office, &job).await.unwrap();
        let Confirmed::Begun(next) = confirmed(&place, &office, &long).await else {
            panic!("it takes a while");
        };
        assert_ne!(next, job);
        assert_eq!(run(&place).await, Some(next));
        assert_eq!(unions(&place).await, LONG_FROM);
        let hidden = again::choose_hidden(place.app(), &office, &long, HiddenRows::Take).await;
        hidden.unwrap();
    }
}

#[tokio::test]
async fn whoever_may_no_longer_import_imports_nothing() {
    for place in places().await {
        let office = office(&place).await;
        let long = checked(&place, &office, LONG_FROM).await;
        let Confirmed::Begun(job) = confirmed(&place, &office, &long).await else {
            panic!("it takes a while");
        };
        let mut tx = place.app().db.write("lock").await.unwrap();
        jianjia_store::office::account::take_role(
            &mut tx,
            &office.account,
            Role::Reviewer,
            &place.root.id,
        )
        .await
        .unwrap();
        jianjia_demo::testing::keep(place.app(), tx).await;
        assert_eq!(run(&place).await, Some(job));
        let found = jobs::find(place.app(), &office, &job).await.unwrap();
        assert_eq!(found.state, JobState::Failed);
        assert_eq!(unions(&place).await, 0);
    }
}
