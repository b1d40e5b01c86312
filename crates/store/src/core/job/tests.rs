use jianjia_domain::core::{
    ids::UnitId,
    job::{JobFigures, JobStage},
};
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{core::scope::Scope, testing};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_476_900_000 + seconds).unwrap()
}

fn job(number: u128, kind: JobKind, due_at: Timestamp) -> Job {
    Job {
        id: JobId(Uuid::from_u128(number)),
        kind,
        key: format!("{kind}:{number}"),
        name: "名单.csv".to_owned(),
        payload: json!({"rows": "good"}),
        state: JobState::Waiting,
        asked_by: None,
        asked_by_name: "王芳".to_owned(),
        unit: Some(UnitId(Uuid::from_u128(9))),
        unit_path: format!("/1/{number}/"),
        attempts: 0,
        due_at,
        node: String::new(),
        progress: JobProgress::default(),
        reached: String::new(),
        result: Value::Null,
        error: None,
        created_at: at(0),
        began_at: None,
        ended_at: None,
    }
}

fn until(seconds: i64) -> Timestamp {
    at(seconds) + SignedDuration::from_secs(20)
}

fn lease(job: &Job, word: &str) -> Lease {
    Lease {
        job: job.id,
        word: word.to_owned(),
    }
}

#[tokio::test]
async fn a_job_comes_back_as_it_was_kept_and_its_key_is_open_once() {
    for database in testing::both().await {
        let mut tx = database.db.write(Scope::Jobs).await.unwrap();
        let first = job(1, JobKind::Import, at(0));
        assert!(insert(&mut tx, &first).await.unwrap());
        assert_eq!(find(&mut tx, &first.id).await.unwrap(), Some(first.clone()));
        let mut second = job(2, JobKind::Import, at(0));
        second.key.clone_from(&first.key);
        assert!(!insert(&mut tx, &second).await.unwrap());
        assert!(stop(&mut tx, &first.id, at(1)).await.unwrap());
        assert!(
            !stop(&mut tx, &first.id, at(2)).await.unwrap(),
            "it is over"
        );
        assert!(insert(&mut tx, &second).await.unwrap());
        let newest = of_key(&mut tx, &first.key).await.unwrap().unwrap();
        assert_eq!(newest.id, second.id);
        // The stopped one does what the open one does.
        assert!(!retry(&mut tx, &first.id, at(3)).await.unwrap());
        assert!(stop(&mut tx, &second.id, at(4)).await.unwrap());
        assert!(retry(&mut tx, &first.id, at(5)).await.unwrap());
    }
}

#[tokio::test]
async fn what_is_due_is_taken_in_its_order_by_kind() {
    for database in testing::both().await {
        let mut tx = database.db.write(Scope::Jobs).await.unwrap();
        for (number, kind, due) in [
            (1, JobKind::Import, 30),
            (2, JobKind::Import, 10),
            (3, JobKind::Sweep, 0),
            (4, JobKind::Import, 100),
        ] {
            insert(&mut tx, &job(number, kind, at(due))).await.unwrap();
        }
        let kinds = [JobKind::Import];
        assert!(!is_due(&mut tx, &kinds, at(9)).await.unwrap());
        assert!(!is_due(&mut tx, &[], at(99)).await.unwrap());
        assert!(is_due(&mut tx, &kinds, at(99)).await.unwrap());
        let mut taken = Vec::new();
        while let Some(job) = take(&mut tx, &kinds, ("a", "w"), at(99), until(99))
            .await
            .unwrap()
        {
            taken.push((job.id.0.as_u128(), job.attempts, job.node));
        }
        let node = || "a".to_owned();
        assert_eq!(taken, [(2, 1, node()), (1, 1, node())]);
    }
}

#[tokio::test]
async fn of_two_takers_at_once_one_gets_the_job() {
    for database in testing::both().await {
        for round in 0..10 {
            let mut tx = database.db.write(Scope::Jobs).await.unwrap();
            insert(&mut tx, &job(round, JobKind::Import, at(0)))
                .await
                .unwrap();
            tx.commit().await.unwrap();
            // Without the scope that they share: the guarded statement alone decides.
            let take_one = async |word: &'static str, scope: &'static str| {
                let mut tx = database.db.write(scope).await.unwrap();
                let taken = take(&mut tx, &[JobKind::Import], (word, word), at(1), until(1))
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
                taken.is_some()
            };
            let (one, other) = tokio::join!(take_one("a", "a"), take_one("b", "b"));
            assert!(one != other, "{one} {other}");
        }
    }
}

#[tokio::test]
async fn a_lost_lease_ends_nothing_and_the_next_one_does() {
    for database in testing::both().await {
        let mut tx = database.db.write(Scope::Jobs).await.unwrap();
        let kinds = [JobKind::Import];
        let kept = job(1, JobKind::Import, at(0));
        insert(&mut tx, &kept).await.unwrap();
        take(&mut tx, &kinds, ("a", "first"), at(0), until(0))
            .await
            .unwrap()
            .unwrap();
        let first = lease(&kept, "first");
        let progress = JobProgress {
            stage: Some(JobStage::Reading),
            done: 3,
            total: 7,
        };
        assert!(
            prolong(&mut tx, &first, until(10), progress).await.unwrap(),
            "it is held"
        );
        assert!(reach(&mut tx, &first, "3", (3, 7)).await.unwrap());
        assert!(!is_due(&mut tx, &kinds, at(29)).await.unwrap());
        // Nobody prolonged it: the second goes on where the first had got.
        let again = take(&mut tx, &kinds, ("b", "second"), at(31), until(31))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (again.attempts, again.reached.as_str(), again.progress.done),
            (2, "3", 3)
        );
        let (null, second) = (Value::Null, lease(&kept, "second"));
        let error = JobError::told(|_| "没有办成".to_owned());
        let none = (&null, None);
        for lost in [
            prolong(&mut tx, &first, until(40), progress).await,
            reach(&mut tx, &first, "4", (4, 7)).await,
            end(&mut tx, &first, JobState::Done, none, at(32)).await,
            postpone(&mut tx, &first, at(40), &error).await,
            put_back(&mut tx, &first, at(40), none, at(32)).await,
            give_back(&mut tx, &first).await,
        ] {
            assert!(!lost.unwrap());
        }
        let result = json!({"new": 7});
        let done = (&result, None);
        assert!(
            end(&mut tx, &second, JobState::Done, done, at(33))
                .await
                .unwrap()
        );
        assert!(
            !end(&mut tx, &second, JobState::Done, done, at(34))
                .await
                .unwrap(),
            "once"
        );
        let found = find(&mut tx, &kept.id).await.unwrap().unwrap();
        assert_eq!(
            (found.state, found.result, found.ended_at),
            (JobState::Done, result, Some(at(33)))
        );
    }
}

#[tokio::test]
async fn a_job_waits_again_is_given_back_and_put_back_until_it_comes_again() {
    for database in testing::both().await {
        let mut tx = database.db.write(Scope::Jobs).await.unwrap();
        let kinds = [JobKind::Import];
        let kept = job(1, JobKind::Import, at(0));
        let error = JobError::told(|_| "磁盘满了".to_owned());
        insert(&mut tx, &kept).await.unwrap();
        let mut seconds = 0;
        let mut taken = async |tx: &mut Tx, word: &str| {
            seconds += 100;
            take(tx, &kinds, ("a", word), at(seconds), until(seconds))
                .await
                .unwrap()
                .map(|job| job.attempts)
        };
        assert_eq!(taken(&mut tx, "one").await, Some(1));
        assert!(
            postpone(&mut tx, &lease(&kept, "one"), at(150), &error)
                .await
                .unwrap()
        );
        assert_eq!(taken(&mut tx, "two").await, Some(2));
        assert!(give_back(&mut tx, &lease(&kept, "two")).await.unwrap());
        assert_eq!(taken(&mut tx, "three").await, Some(2), "it was no attempt");
        let null = Value::Null;
        assert!(
            put_back(
                &mut tx,
                &lease(&kept, "three"),
                at(900),
                (&null, Some(&error)),
                at(301)
            )
            .await
            .unwrap()
        );
        assert_eq!(taken(&mut tx, "four").await, None, "it is not due");
        let found = find(&mut tx, &kept.id).await.unwrap().unwrap();
        assert_eq!(
            (found.attempts, found.error, found.due_at, found.ended_at),
            (0, Some(error), at(900), Some(at(301)))
        );
        advance(&mut tx, &kept.key, at(450)).await.unwrap();
        advance(&mut tx, &kept.key, at(800)).await.unwrap();
        assert_eq!(taken(&mut tx, "five").await, Some(1));
        assert!(skip(&mut tx, &kept.id, at(5_000)).await.unwrap());
        let found = find(&mut tx, &kept.id).await.unwrap().unwrap();
        assert_eq!((found.state, found.due_at), (JobState::Waiting, at(5_000)));
    }
}

#[tokio::test]
async fn lists_and_figures_tell_what_waits_runs_and_failed() {
    for database in testing::both().await {
        let mut tx = database.db.write(Scope::Jobs).await.unwrap();
        for number in 1..=4 {
            let due = at(i64::try_from(number).unwrap());
            insert(&mut tx, &job(number, JobKind::Import, due))
                .await
                .unwrap();
        }
        let mut own = job(5, JobKind::Sweep, at(5));
        (own.unit, own.unit_path) = (None, String::new());
        insert(&mut tx, &own).await.unwrap();
        take(&mut tx, &[JobKind::Import], ("a", "w"), at(9), until(9))
            .await
            .unwrap()
            .unwrap();
        let error = JobError::told(|_| "不行".to_owned());
        let lost = lease(&job(1, JobKind::Import, at(1)), "w");
        let failed = (&Value::Null, Some(&error));
        assert!(
            end(&mut tx, &lost, JobState::Failed, failed, at(9))
                .await
                .unwrap()
        );
        stop(&mut tx, &JobId(Uuid::from_u128(2)), at(10))
            .await
            .unwrap();
        let within = |paths: &[&str], program| Within {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            program,
        };
        let numbers = |jobs: Vec<Job>| -> Vec<u128> {
            jobs.into_iter().map(|job| job.id.0.as_u128()).collect()
        };
        let all = within(&["/1/"], true);
        assert_eq!(numbers(open(&mut tx, &all, 9).await.unwrap()), [3, 4, 5]);
        let some = within(&["/1/4/", "/1/1/"], false);
        assert_eq!(numbers(open(&mut tx, &some, 9).await.unwrap()), [4]);
        let over = [JobState::Failed, JobState::Stopped];
        assert_eq!(
            numbers(ended(&mut tx, &all, &over, 9).await.unwrap()),
            [2, 1]
        );
        assert_eq!(numbers(ended(&mut tx, &some, &over, 9).await.unwrap()), [1]);
        let (first, total) = portion(&mut tx, &all, (2, 0)).await.unwrap();
        assert_eq!((numbers(first), total), (vec![5, 4], 5));
        let (rest, total) = portion(&mut tx, &all, (9, 2)).await.unwrap();
        assert_eq!((numbers(rest), total), (vec![3, 2, 1], 5));
        let (own, total) = portion(&mut tx, &some, (9, 0)).await.unwrap();
        assert_eq!((numbers(own), total), (vec![4, 1], 2));
        let nobody = within(&[], false);
        assert_eq!(numbers(open(&mut tx, &nobody, 9).await.unwrap()), [0; 0]);
        let none = portion(&mut tx, &nobody, (9, 0)).await.unwrap();
        assert_eq!((numbers(none.0), none.1), (vec![], 0));
        let told = figures(&mut tx, at(9)).await.unwrap();
        let expect = JobFigures {
            count: vec![
                (JobKind::Import, JobState::Failed, 1),
                (JobKind::Import, JobState::Stopped, 1),
                (JobKind::Import, JobState::Waiting, 2),
                (JobKind::Sweep, JobState::Waiting, 1),
            ],
            failing: Vec::new(),
            oldest_due: Some(at(3)),
        };
        assert_eq!(told, expect);
        assert_eq!(sweep(&mut tx, at(10)).await.unwrap(), 1);
        assert_eq!(numbers(ended(&mut tx, &all, &over, 9).await.unwrap()), [2]);
    }
}
