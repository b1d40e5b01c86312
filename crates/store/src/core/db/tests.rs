use std::{
    fs::{self, File},
    io,
    os::fd::OwnedFd,
    pin::pin,
    sync::atomic::Ordering,
    time::Duration,
};

use futures_util::poll;
use jianjia_domain::{
    core::ids::{PollId, UnitId},
    year::totals::RatingTotals,
};

use super::{
    checkpoint::WRITES_BETWEEN,
    migrations::{migrator, texts},
    *,
};
use crate::{
    core::{
        bulk::{self, Value},
        counter::next_numbers,
    },
    rating::{ballot, count, slip},
    testing,
};

#[test]
fn every_migration_of_the_folder_is_run_in_its_order() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let written: Vec<String> = files
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    assert_eq!(texts().collect::<Vec<_>>(), written);
}

#[tokio::test]
async fn counters_hand_out_each_number_once_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("counter").await.unwrap();
        let firsts = [
            next_numbers(&mut tx, "unit", 1).await.unwrap(),
            next_numbers(&mut tx, "unit", 10).await.unwrap(),
            next_numbers(&mut tx, "unit", 1).await.unwrap(),
            next_numbers(&mut tx, "other", 1).await.unwrap(),
        ];
        tx.commit().await.unwrap();
        assert_eq!(firsts, [1, 2, 12, 1]);
        assert!(database.db.is_ready().await);
    }
}

#[tokio::test]
async fn whoever_comes_after_an_abandoned_transaction_has_one_of_their_own_on_both_engines() {
    for database in testing::both().await {
        let db = &database.db;
        for polls in 0..100 {
            {
                let mut abandoned = pin!(db.read_through());
                for _ in 0..polls {
                    if poll!(&mut abandoned).is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
            // In a reading transaction it would be refused, in an open one it would not stay.
            let mut tx = db.write("counter").await.unwrap();
            assert_eq!(next_numbers(&mut tx, "unit", 1).await.unwrap(), polls + 1);
            tx.commit().await.unwrap();
        }
    }
}

#[tokio::test]
async fn slips_and_sealed_ballots_move_to_states_and_trays_on_both_engines() {
    for database in [
        testing::empty_sqlite().await,
        testing::empty_postgres().await,
    ] {
        let db = &database.db;
        migrator(db.engine, 12).run(&db.shared.again).await.unwrap();
        let poll = |end: char| format!("0000000000007000800000000000000{end}");
        let mut tx = db.write_again("test").await.unwrap();
        // A second batch of slips, and more slips than one chunk holds.
        let slips: Vec<_> = (0..1_203)
            .map(|slip: i64| {
                let (state, batch) = match slip {
                    1_200.. => ("K", 2),
                    8 => ("S", 1),
                    _ if slip % 3 == 1 => ("P", 1),
                    _ => ("U", 1),
                };
                let hash = format!("{:04}", (slip * 7) % 1_203);
                vec![
                    hash.into(),
                    poll('a').into(),
                    i64::from(batch).into(),
                    state.into(),
                ]
            })
            .chain([vec![
                "other".into(),
                poll('f').into(),
                1_i64.into(),
                "P".into(),
            ]])
            .collect();
        let before: Vec<(String, i64, String)> = slips
            .iter()
            .filter_map(|row| match row.as_slice() {
                [
                    Value::Text(hash),
                    _,
                    Value::Number(batch),
                    Value::Text(state),
                ] => Some((hash.clone(), *batch, state.clone())),
                _ => None,
            })
            .collect();
        let columns = ["hash", "poll_id", "batch_number", "state"];
        bulk::insert(&mut tx, "slip", &columns, slips)
            .await
            .unwrap();
        let ballots = [("1", 'a', "x"), ("2", 'a', "y"), ("3", 'f', "z")]
            .map(|(id, of, sealed)| vec![poll(of).into(), id.into(), sealed.into()]);
        let columns = ["poll_id", "id", "sealed"];
        bulk::insert(&mut tx, "ballot", &columns, ballots.into())
            .await
            .unwrap();
        tx.commit().await.unwrap();

        db.migrate().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let (a, b): (PollId, PollId) = (poll('a').parse().unwrap(), poll('f').parse().unwrap());
        let mut sealed = ballot::in_box(&mut tx, &a).await.unwrap().ballots;
        sealed.sort();
        assert_eq!(sealed, ["x", "y"]);
        assert_eq!(ballot::in_box(&mut tx, &b).await.unwrap().ballots, ["z"]);
        let mut by_number = vec![String::new(); 1_203];
        for (hash, batch, state) in &before[..1_203] {
            let found = slip::find(&mut tx, hash).await.unwrap().unwrap();
            assert_eq!(found.state.letter().to_string(), *state, "slip {hash}");
            by_number[found.number] = format!("{batch}{hash}");
        }
        assert!(
            by_number.is_sorted(),
            "printing after printing, by hash within each"
        );
        let counts = slip::counted(&mut tx, &a).await.unwrap();
        assert_eq!(
            (counts.issued(), counts.phone, counts.kiosk, counts.spoiled),
            (1_203, 400, 3, 1)
        );
    }
}

#[tokio::test]
async fn totals_of_ratings_move_to_answers_by_key_on_both_engines() {
    for database in [
        testing::empty_sqlite().await,
        testing::empty_postgres().await,
    ] {
        let db = &database.db;
        migrator(db.engine, 24).run(&db.shared.again).await.unwrap();
        let unit: UnitId = "00000000000070008000000000000001".parse().unwrap();
        let mut tx = db.write_again("test").await.unwrap();
        if db.engine == Engine::Postgres {
            // As the trail has them on the columns.
            (&mut *tx)
                .execute(
                    "CREATE FUNCTION touch_rating() RETURNS trigger LANGUAGE plpgsql AS $touch$ BEGIN RETURN NULL; END $touch$;
                     CREATE TRIGGER touch_rating AFTER INSERT OR UPDATE OF void ON rating FOR EACH ROW EXECUTE FUNCTION touch_rating();",
                )
                .await
                .unwrap();
        }
        sqlx::query(
            "INSERT INTO rating (unit_id, year, unit_path, roll, satisfied, basically_satisfied, dissatisfied, void, recorded_at, note)
             VALUES ($1, 2016, '/1/', 190, 140, 28, 10, 2, '2016-10-20T04:00:00Z', 'paper')",
        )
        .bind(unit.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();

        assert!(db.migrate().await.unwrap());
        let mut tx = db.read().await.unwrap();
        let kept = count::of_year(&mut tx, &unit, 2016).await.unwrap().unwrap();
        let answers = [
            ("satisfied", 140),
            ("basically_satisfied", 28),
            ("dissatisfied", 10),
            ("void", 2),
        ];
        assert_eq!(kept.counts, RatingTotals::of(190, answers));
        assert_eq!(
            (kept.unit_path.as_str(), kept.note.as_str()),
            ("/1/", "paper")
        );
    }
}

/// Fills a table until the disk is full.
async fn fill(tx: &mut Tx) -> sqlx::Error {
    let insert = "INSERT INTO counter (name, value) VALUES ($1, 1)";
    for number in 0.. {
        let name = format!("{number:09}{}", "x".repeat(2_000));
        if let Err(error) = sqlx::query(insert).bind(name).execute(&mut **tx).await {
            return error;
        }
    }
    unreachable!("no room has no end");
}

#[tokio::test]
async fn a_transaction_that_sqlite_gave_up_leaves_no_connection_that_refuses() {
    let database = testing::sqlite().await;
    let db = &database.db;
    for round in 0..8 {
        for again in [false, true] {
            let mut tx = if again {
                db.write_again("full").await.unwrap()
            } else {
                db.write("full").await.unwrap()
            };
            (&mut *tx)
                .execute("PRAGMA max_page_count = 1")
                .await
                .unwrap();
            let error = fill(&mut tx).await;
            assert!(error.to_string().contains("full"), "{error}");
            if round % 2 == 0 {
                assert!(tx.commit().await.is_err());
            } else {
                drop(tx);
            }
        }
        // There is room again while this connection lasts; what is tested is that writing works at all.
        for again in [false, true] {
            let mut tx = if again {
                db.write_again("room").await.unwrap()
            } else {
                db.write("room").await.unwrap()
            };
            (&mut *tx)
                .execute("PRAGMA max_page_count = 1000000")
                .await
                .unwrap();
            next_numbers(&mut tx, "room", 1).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
    let mut tx = db.write("room").await.unwrap();
    assert_eq!(next_numbers(&mut tx, "room", 1).await.unwrap(), 17);
}

#[tokio::test]
async fn a_file_that_could_not_be_written_out_does_not_end_the_checkpoints() {
    let database = testing::sqlite().await;
    let Shared {
        readers,
        writers,
        again,
        ..
    } = &*database.db.shared;
    // A pipe is not a file on a disk, so fsync fails on it.
    let (_reader, pipe) = io::pipe().unwrap();
    let pipe: &'static File = Box::leak(Box::new(File::from(OwnedFd::from(pipe))));
    assert!(pipe.sync_data().is_err());
    let (readers, writers, again) = (readers.clone(), writers.clone(), again.clone());
    let db = Db::over(Engine::Sqlite, readers, writers, again, Some(pipe));
    let checkpoints = &db.shared.checkpoints;
    for _ in 0..3 {
        for _ in 0..WRITES_BETWEEN {
            let mut tx = db.write("number").await.unwrap();
            next_numbers(&mut tx, "number", 1).await.unwrap();
            tx.commit().await.unwrap();
        }
        let ended = async {
            while checkpoints.is_running.load(Ordering::Acquire) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), ended)
            .await
            .expect("the checkpoint ends, so that the next may begin");
    }
}

#[tokio::test]
async fn writers_of_different_scopes_do_not_wait_for_each_other_on_postgres() {
    let database = testing::postgres().await;
    let mut first = database.db.write("unit:1").await.unwrap();
    let mut second = database.db.write("unit:2").await.unwrap();
    assert_eq!(next_numbers(&mut first, "one", 1).await.unwrap(), 1);
    assert_eq!(next_numbers(&mut second, "other", 1).await.unwrap(), 1);
}

#[tokio::test]
async fn a_postgres_that_is_not_there_is_told_at_once() {
    // A port that was free a moment ago refuses connections.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap()
        .port();
    let asked = std::time::Instant::now();
    let told = Db::open(&format!("postgres://nobody@127.0.0.1:{port}/nothing")).await;
    let told = format!("{:#}", told.unwrap_err());
    assert!(asked.elapsed() < Duration::from_secs(5), "{told}");
    assert!(told.starts_with("no connection to PostgreSQL: check"));
}

#[tokio::test]
async fn the_tables_of_a_database_are_missing_older_or_up_to_date() {
    for database in testing::both().await {
        let db = &database.db;
        assert_eq!(db.tables().await, Tables::UpToDate);
        for (change, tables) in [
            (
                "DELETE FROM _sqlx_migrations WHERE version = 1",
                Tables::Older,
            ),
            ("DROP TABLE _sqlx_migrations", Tables::Missing),
        ] {
            db.shared.writers.execute(change).await.unwrap();
            assert_eq!(db.tables().await, tables, "{change}");
            assert!(!db.is_ready().await);
        }
    }
}

#[tokio::test]
async fn only_a_server_has_a_clock_of_its_own() {
    for database in testing::both().await {
        let theirs = database.db.server_time().await.unwrap();
        match database.db.engine {
            Engine::Sqlite => assert_eq!(theirs, None),
            // After this was written.
            Engine::Postgres => assert!(theirs > Some(1_760_000_000_000), "{theirs:?}"),
        }
    }
}
