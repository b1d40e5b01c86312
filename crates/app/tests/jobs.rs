//! Stories of jobs, on both databases: taken, done once in effect, tried again, stopped, taken over, given back.

#[path = "jobs/backups.rs"]
mod backups;
#[path = "jobs/imports.rs"]
mod imports;
#[path = "jobs/works.rs"]
mod works;

use std::sync::atomic::Ordering;

use jianjia_app::{
    core::{
        app::App,
        clock::Clock,
        error::Error,
        job::{
            self as jobs, Lane, NewJob,
            worker::{Node, Working, arm, run_due_once, tend_once},
        },
        memory::Memory,
    },
    office::session as sessions,
};
use jianjia_demo::testing::{TestCity, both};
use jianjia_domain::core::{
    ids::JobId,
    job::{ATTEMPTS, Job, JobKind, JobState, LEASE, pause_after},
    place::{UnitKind, UnitPlace},
    policy::{Actor, Role},
};
use jianjia_store::{
    core::{counter::next_numbers, scope::Scope},
    testing,
};
use jiff::{
    SignedDuration,
    civil::{Date, date},
};
use serde_json::{Value, json};

use crate::works::{BROKEN, GATE, STARTED, WORKS};

const TODAY: Date = date(2016, 10, 20);

struct Place {
    city: TestCity,
    root: UnitPlace,
    union: UnitPlace,
    administrator: Actor,
    clerk: Actor,
    node: Node,
}

async fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        let union = city
            .unit(Some(&root), UnitKind::Direct, "常州市机关工会")
            .await;
        let administrator = city.actor("李管理", &[(Role::Administrator, &root)]).await;
        let clerk = city.actor("王芳", &[(Role::Clerk, &union)]).await;
        let node = Node::new(&city.app, WORKS);
        places.push(Place {
            city,
            root,
            union,
            administrator,
            clerk,
            node,
        });
    }
    places
}

impl Place {
    fn app(&self) -> &App {
        &self.city.app
    }

    /// Another node over the same database.
    fn other(&self) -> (App, Node) {
        let app = App {
            memory: Memory::default(),
            ..self.city.app.clone()
        };
        let node = Node::new(&app, WORKS);
        (app, node)
    }

    /// A job that does as the payload says.
    async fn enqueue(&self, payload: Value) -> JobId {
        let app = self.app();
        let mut tx = app.db.write(Scope::Jobs).await.unwrap();
        let new = NewJob {
            kind: JobKind::Import,
            key: "thing".to_owned(),
            name: "名单.csv".to_owned(),
            payload,
            by: &self.clerk,
            unit: &self.union,
        };
        let id = jobs::enqueue(app, &mut tx, new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn run(&self) -> Option<JobId> {
        run_due_once(self.app(), &self.node, Lane::Long)
            .await
            .unwrap()
    }

    async fn job(&self, id: &JobId) -> Job {
        jobs::find(self.app(), &self.clerk, id).await.unwrap()
    }

    /// How often the work had its effect.
    async fn effects(&self) -> i64 {
        let mut tx = self.app().db.write("look").await.unwrap();
        next_numbers(&mut tx, "effect", 1).await.unwrap() - 1
    }

    fn pass(&self, time: SignedDuration) {
        pass(self.app(), time);
    }
}

fn pass(app: &App, time: SignedDuration) {
    let Clock::Set(at) = &app.clock else {
        panic!("a test's clock is set");
    };
    let microseconds = i64::try_from(time.as_micros()).unwrap();
    at.fetch_add(microseconds, Ordering::Relaxed);
}

#[tokio::test]
async fn a_job_is_done_once_with_its_effect() {
    for place in places().await {
        let id = place.enqueue(json!("count")).await;
        assert_eq!(place.enqueue(json!("count")).await, id, "the same thing");
        assert_eq!(place.job(&id).await.state, JobState::Waiting);
        let short = run_due_once(place.app(), &place.node, Lane::Short).await;
        assert_eq!(short.unwrap(), None, "it is a long one");
        assert_eq!(place.run().await, Some(id));
        assert_eq!(place.run().await, None);
        let job = place.job(&id).await;
        assert_eq!(
            (job.state, job.attempts, job.result, job.error),
            (JobState::Done, 1, json!({"written": 1}), None)
        );
        assert_eq!(place.effects().await, 1);
        let next = place.enqueue(json!("count")).await;
        assert_ne!(next, id, "the first one is over");
    }
}

#[tokio::test]
async fn what_fails_is_tried_again_after_growing_pauses_and_then_by_hand() {
    for place in places().await {
        let id = place.enqueue(json!("fail")).await;
        for attempt in 1..=ATTEMPTS {
            assert_eq!(place.run().await, Some(id), "attempt {attempt}");
            assert_eq!(place.run().await, None, "not before its pause");
            let job = place.job(&id).await;
            let error = job.error.unwrap();
            assert!(error.text.zh.contains("程序日志"), "{}", error.text.zh);
            assert_eq!(error.detail, "the printer burns");
            match pause_after(attempt) {
                Some(pause) => {
                    assert_eq!(job.state, JobState::Waiting);
                    assert_eq!(job.due_at, place.app().now() + pause);
                    place.pass(pause);
                }
                None => assert_eq!(job.state, JobState::Failed),
            }
        }
        let overview = jobs::overview(place.app(), &place.administrator).await;
        let failed = overview.unwrap().failed;
        assert_eq!(failed.iter().map(|job| job.id).collect::<Vec<_>>(), [id]);
        jobs::retry(place.app(), &place.administrator, &id)
            .await
            .unwrap();
        assert_eq!(place.run().await, Some(id));
        assert_eq!(place.job(&id).await.attempts, 1);
    }
}

#[tokio::test]
async fn what_is_refused_or_panics_is_told() {
    for place in places().await {
        let id = place.enqueue(json!("refuse")).await;
        place.run().await;
        let job = place.job(&id).await;
        assert_eq!(job.state, JobState::Failed, "a second try helps nothing");
        assert!(job.error.unwrap().text.zh.contains("等待和正在办理"));
        let id = place.enqueue(json!("panic")).await;
        place.run().await;
        let job = place.job(&id).await;
        assert_eq!(job.state, JobState::Waiting);
        assert!(job.error.unwrap().detail.contains("panicked"));
    }
}

#[tokio::test]
async fn another_node_takes_over_what_a_node_leaves_and_it_is_done_once() {
    for place in places().await {
        let id = place.enqueue(json!("wait")).await;
        let (app, node) = (place.app().clone(), place.node.clone());
        let first = tokio::spawn(async move { run_due_once(&app, &node, Lane::Long).await });
        STARTED.acquire().await.unwrap().forget();
        let (other, second) = place.other();
        let taken = run_due_once(&other, &second, Lane::Long).await.unwrap();
        assert_eq!(taken, None, "the first one has it");
        place.pass(LEASE + SignedDuration::from_secs(1));
        // The second waits at the same gate: let it through first, then the first, which comes to commit what is another's.
        let taking = {
            let (other, second) = (other.clone(), second.clone());
            tokio::spawn(async move { run_due_once(&other, &second, Lane::Long).await })
        };
        STARTED.acquire().await.unwrap().forget();
        GATE.add_permits(2);
        assert_eq!(taking.await.unwrap().unwrap(), Some(id));
        assert_eq!(first.await.unwrap().unwrap(), Some(id));
        let job = place.job(&id).await;
        assert_eq!(
            (job.state, job.attempts, job.node),
            (JobState::Done, 2, second.name)
        );
        assert_eq!(place.effects().await, 1);
    }
}

#[tokio::test]
async fn what_ends_each_node_that_takes_it_is_left_alone() {
    for place in places().await {
        let id = place.enqueue(json!("wait")).await;
        for _ in 0..ATTEMPTS {
            // As a node that is killed: taken, and never heard of again.
            let (app, node) = place.other();
            let lost = tokio::spawn(async move { run_due_once(&app, &node, Lane::Long).await });
            STARTED.acquire().await.unwrap().forget();
            lost.abort();
            place.pass(LEASE + SignedDuration::from_secs(1));
        }
        assert_eq!(place.run().await, Some(id));
        let job = place.job(&id).await;
        assert_eq!(job.state, JobState::Failed);
        assert!(job.error.unwrap().text.zh.contains("几次都在中途停掉"));
        GATE.add_permits(usize::try_from(ATTEMPTS).unwrap());
    }
}

#[tokio::test]
async fn a_job_in_portions_goes_on_where_it_had_got() {
    for place in places().await {
        let id = place.enqueue(json!("portions")).await;
        BROKEN.store(true, Ordering::SeqCst);
        assert_eq!(place.run().await, Some(id));
        let job = place.job(&id).await;
        assert_eq!(
            (job.state, job.reached),
            (JobState::Waiting, "2".to_owned())
        );
        assert_eq!((job.progress.done, job.progress.total), (2, 5));
        BROKEN.store(false, Ordering::SeqCst);
        place.pass(pause_after(1).unwrap());
        assert_eq!(place.run().await, Some(id));
        let job = place.job(&id).await;
        assert_eq!((job.state, job.progress.done), (JobState::Done, 5));
        assert_eq!(place.effects().await, 5, "no portion twice");
    }
}

#[tokio::test]
async fn a_stopped_job_writes_nothing_wherever_it_runs() {
    for place in places().await {
        let stranger = place.city.actor("外人", &[]).await;
        for is_here in [true, false] {
            let id = place.enqueue(json!("wait")).await;
            let (app, node) = if is_here {
                (place.app().clone(), place.node.clone())
            } else {
                place.other()
            };
            let run = tokio::spawn(async move { run_due_once(&app, &node, Lane::Long).await });
            STARTED.acquire().await.unwrap().forget();
            let denied = jobs::stop(place.app(), &stranger, &id).await;
            assert!(matches!(denied, Err(Error::NotFound)));
            jobs::stop(place.app(), &place.clerk, &id).await.unwrap();
            GATE.add_permits(1);
            run.await.unwrap().unwrap();
            if is_here {
                // It was broken off before the gate.
                GATE.acquire().await.unwrap().forget();
            }
            assert_eq!(place.job(&id).await.state, JobState::Stopped);
            let again = jobs::stop(place.app(), &place.clerk, &id).await;
            let Err(Error::Refused(refusal)) = again else {
                panic!("it is over");
            };
            assert_eq!(refusal.key(), "job/over");
        }
        assert_eq!(place.effects().await, 0);
        let mut tx = place.app().db.read().await.unwrap();
        let deeds = testing::texts(&mut tx, "SELECT act FROM audit WHERE noun = 'job'").await;
        assert_eq!(deeds, ["stop-job", "stop-job"]);
    }
}

#[tokio::test]
async fn a_node_that_ends_gives_its_job_back_at_once() {
    for place in places().await {
        let id = place.enqueue(json!("wait")).await;
        let working = Working::begin(place.app(), WORKS);
        STARTED.acquire().await.unwrap().forget();
        working.end().await.unwrap();
        let job = place.job(&id).await;
        assert_eq!((job.state, job.attempts), (JobState::Waiting, 0));
        assert_eq!(place.run().await, None, "this one takes nothing any more");
        let (other, node) = place.other();
        GATE.add_permits(1);
        let taken = run_due_once(&other, &node, Lane::Long).await.unwrap();
        STARTED.acquire().await.unwrap().forget();
        assert_eq!(taken, Some(id));
        assert_eq!(place.effects().await, 1);
    }
}

#[tokio::test]
async fn what_is_periodic_comes_again_and_tells_how_it_went() {
    for place in places().await {
        let (app, node) = (place.app(), Node::new(place.app(), jianjia_app::WORKS));
        // Sealing, versions of the standard and following the trail are each node's own, without a row.
        assert_eq!(
            tend_once(app, &node).await,
            [JobKind::Seal, JobKind::Editions, JobKind::Columns]
        );
        assert_eq!(tend_once(app, &node).await, []);
        place.pass(SignedDuration::from_secs(5));
        assert_eq!(
            tend_once(app, &node).await,
            [JobKind::Seal, JobKind::Editions]
        );
        // No folder for backups is set: there is nothing to arm.
        arm(app, &node).await.unwrap();
        arm(app, &node).await.unwrap();
        let token = sessions::open_for(app, &place.clerk.account).await.unwrap();
        let run = async || run_due_once(app, &node, Lane::Short).await.unwrap();
        assert_eq!(run().await, None, "it is not time");
        place.pass(SignedDuration::from_hours(13));
        assert!(run().await.is_some());
        assert_eq!(run().await, None);
        assert!(sessions::find(app, &token).await.unwrap().is_none());
        let overview = jobs::overview(app, &place.administrator).await.unwrap();
        assert!(overview.open.is_empty() && overview.ended.is_empty());
        let [
            seal,
            remind,
            invite,
            take_down,
            rejudge,
            sweep,
            backup,
            xray,
            post,
            editions,
            columns,
        ] = &overview.periodic[..]
        else {
            panic!("eleven kinds");
        };
        assert!(editions.error.is_none() && columns.error.is_none());
        // At one at night.
        assert_eq!(rejudge.next_at, "2016-10-20T17:00:00Z".parse().ok());
        // At three at night.
        assert_eq!(xray.next_at, "2016-10-20T19:00:00Z".parse().ok());
        // At eight in the morning.
        assert_eq!(invite.next_at, "2016-10-21T00:00:00Z".parse().ok());
        // At midnight, when the last day of a public notice is over.
        assert_eq!(take_down.next_at, "2016-10-20T16:00:00Z".parse().ok());
        // No mail server is set up either.
        assert!(post.job.is_none() && post.next_at.is_none());
        // At seven in the morning.
        assert_eq!(remind.next_at, "2016-10-20T23:00:00Z".parse().ok());
        assert!(seal.last_at.is_some() && seal.error.is_none());
        let swept = &sweep.job.as_ref().unwrap().result;
        assert_eq!((&swept["sessions"], &swept["jobs"]), (&json!(1), &json!(0)));
        assert_eq!(sweep.last_at, Some(app.now()));
        assert_eq!(
            sweep.next_at,
            Some(app.now() + SignedDuration::from_hours(1))
        );
        assert!(backup.job.is_none() && backup.next_at.is_none());
        // A clerk administers nothing.
        let denied = jobs::overview(app, &place.clerk).await;
        assert!(matches!(denied, Err(Error::Refused(_))));
        let denied = jobs::find(app, &place.clerk, &sweep.job.as_ref().unwrap().id).await;
        assert!(matches!(denied, Err(Error::NotFound)));
        assert!(place.root.path < place.union.path);
    }
}
