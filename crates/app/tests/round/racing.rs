//! Two acts on one thing at the same time, from two nodes over one PostgreSQL (and from one on SQLite). What comes out must be what one of the two
//! orders, one act after the other, would have given: the answers to both, the records and the lines of the trail. The two orders are played
//! first; so no expectation is written down here, and a pair of which an act is refused even when it comes first tests nothing and fails.
//!
//! `bin/test` plays a few rounds of every pair. The campaign: `JIANJIA_RACES=100 bin/postgres cargo nextest run -p jianjia-app --test round racing`.

#[path = "racing/accounts.rs"]
mod accounts;
#[path = "racing/applications.rs"]
mod applications;
#[path = "racing/assigning.rs"]
mod assigning;
#[path = "racing/departments.rs"]
mod departments;
#[path = "racing/editions.rs"]
mod editions;
#[path = "racing/grants.rs"]
mod grants;
#[path = "racing/lists.rs"]
mod lists;
#[path = "racing/namings.rs"]
mod namings;
#[path = "racing/notices.rs"]
mod notices;
#[path = "racing/payments.rs"]
mod payments;
#[path = "racing/places.rs"]
mod places;
#[path = "racing/polls.rs"]
mod polls;
#[path = "racing/register.rs"]
mod register;
#[path = "racing/visits.rs"]
mod visits;

use std::{fmt::Debug, sync::Arc};

use futures_util::future::BoxFuture;
use jianjia_app::{
    core::{app::App, clock::Clock, entropy::Entropy, error::Error, memory::Memory},
    year::sheet::{self as sheets, SayInput},
};
use jianjia_domain::core::refusal::Refusal;
use jianjia_store::core::db::{Db, Engine, Tx};
use jiff::civil::date;
use sqlx::Row;
use tokio::sync::Barrier;

use crate::city::{RoundCity, cities};

/// A city, and a second program over its database.
pub struct Nodes {
    pub city: RoundCity,
    pub there: App,
}

impl Nodes {
    /// One on each engine.
    pub async fn begin() -> Vec<Nodes> {
        let mut nodes = Vec::new();
        for city in cities().await {
            let here = &city.city.app;
            let there = match here.db.engine {
                Engine::Sqlite => here.clone(),
                Engine::Postgres => App {
                    db: Db::open(&city.city.database.url).await.unwrap(),
                    memory: Memory::default(),
                    entropy: Entropy::seeded(7),
                    ..here.clone()
                },
            };
            nodes.push(Nodes { city, there });
        }
        nodes
    }

    pub fn here(&self) -> &App {
        &self.city.city.app
    }

    /// A name that no other stage has.
    pub fn name(&self, of: &str) -> String {
        let app = self.here();
        format!("{of}{:016x}", app.entropy.number())
    }
}

/// How many rounds of each pair are played; fewer on SQLite, which lets one writer in at a time.
fn rounds(engine: Engine) -> usize {
    let rounds: usize = std::env::var("JIANJIA_RACES").map_or(2, |rounds| {
        rounds.parse().expect("JIANJIA_RACES is a number of rounds")
    });
    match engine {
        Engine::Sqlite => rounds.div_ceil(5),
        Engine::Postgres => rounds,
    }
}

/// What an act answered, without what differs from stage to stage.
pub fn said<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(Error::Refused(Refusal::Fields(fields))) => {
            let keys: Vec<&str> = fields.iter().map(|(_, refusal)| refusal.key()).collect();
            keys.join(", ")
        }
        Err(Error::Refused(refusal)) => refusal.key().to_owned(),
        Err(Error::NotFound) => "not found".to_owned(),
        Err(Error::Internal(error)) => format!("failed: {error:#}"),
    }
}

/// What an act is told that did not find what it was decided on: to look again, and do it again.
const LOOK_AGAIN: &[&str] = &["stale", "poll/keys-renewed"];

/// Plays every pair: alone in both orders, then at the same time. Gives what came out as no order does.
pub async fn race<S, A>(
    nodes: &Nodes,
    pairs: &[(A, A)],
    stage: impl AsyncFn((A, A)) -> S,
    perform: fn(App, Arc<S>, A) -> BoxFuture<'static, String>,
    look: impl AsyncFn(&mut Tx, &S) -> String,
) -> Vec<String>
where
    A: Copy + Debug + Send + 'static,
    S: Send + Sync + 'static,
{
    let (here, there) = (nodes.here(), &nodes.there);
    let look = &look;
    let rounds = rounds(here.db.engine);
    let told = async |pair: (A, A), stage: &S, (first, second): (String, String)| {
        let mut tx = here.db.read().await.unwrap();
        let seen = look(&mut tx, stage).await;
        format!("{:?} {first}; {:?} {second}; {seen}", pair.0, pair.1)
    };
    let mut faults = Vec::new();
    for pair in pairs {
        let mut allowed = Vec::new();
        for second_comes_first in [false, true] {
            let set = Arc::new(stage(*pair).await);
            let answers = if second_comes_first {
                let second = perform(there.clone(), set.clone(), pair.1).await;
                assert_eq!(second, "done", "{pair:?}: alone, the second is refused");
                (perform(here.clone(), set.clone(), pair.0).await, second)
            } else {
                let first = perform(here.clone(), set.clone(), pair.0).await;
                assert_eq!(first, "done", "{pair:?}: alone, the first is refused");
                let second = perform(there.clone(), set.clone(), pair.1).await;
                (first, second)
            };
            allowed.push(told(*pair, &set, answers).await);
        }
        // Stages take long to set: those of an act that looks again are played for pairs that end so.
        let mut has_looked_again = false;
        let mut strange = Vec::new();
        for round in 0..rounds {
            let set = Arc::new(stage(*pair).await);
            let start = Arc::new(Barrier::new(2));
            // The later one starts a little after, by a bit more from round to round, so that they meet at many places.
            let run = |app: &App, act: A, is_later: bool| {
                let (app, set, start) = (app.clone(), set.clone(), start.clone());
                let turns = if is_later { round / 2 % 8 * 3 } else { 0 };
                tokio::spawn(async move {
                    start.wait().await;
                    for _ in 0..turns {
                        tokio::task::yield_now().await;
                    }
                    perform(app, set, act).await
                })
            };
            let first = run(here, pair.0, round % 2 == 1);
            let second = run(there, pair.1, round % 2 == 0);
            let answers = (first.await.unwrap(), second.await.unwrap());
            let outcome = told(*pair, &set, answers).await;
            if allowed.contains(&outcome) {
                continue;
            }
            if !has_looked_again {
                has_looked_again = true;
                // Or one is done, and the other told that something changed meanwhile, and does nothing.
                for again in LOOK_AGAIN {
                    let set = Arc::new(stage(*pair).await);
                    let first = perform(here.clone(), set.clone(), pair.0).await;
                    allowed.push(told(*pair, &set, (first, (*again).to_owned())).await);
                    let set = Arc::new(stage(*pair).await);
                    let second = perform(there.clone(), set.clone(), pair.1).await;
                    allowed.push(told(*pair, &set, ((*again).to_owned(), second)).await);
                }
            }
            if !allowed.contains(&outcome) {
                strange.push(outcome);
            }
        }
        if let Some(example) = strange.first() {
            faults.push(format!(
                "{:?}, {:?} against {:?}: {} of {} rounds ended as no order does, such as\n    {example}\n  where the orders give\n    {}\n    {}",
                here.db.engine,
                pair.0,
                pair.1,
                strange.len(),
                rounds,
                allowed[0],
                allowed[1],
            ));
        }
    }
    faults
}

/// The acts of the trail on something, by name: a line for every change, and none for what was refused.
pub async fn trail(tx: &mut Tx, ids: &[String]) -> Vec<String> {
    let mut acts = Vec::new();
    for id in ids {
        let rows = sqlx::query("SELECT act FROM audit WHERE noun_id = $1")
            .bind(id.clone())
            .fetch_all(&mut **tx)
            .await
            .unwrap();
        for row in &rows {
            acts.push(row.try_get::<String, _>(0).unwrap());
        }
    }
    acts.sort_unstable();
    acts
}

/// The one number that a query finds about something.
pub async fn number(tx: &mut Tx, sql: &'static str, of: &str) -> i64 {
    sqlx::query(sql)
        .bind(of.to_owned())
        .fetch_one(&mut **tx)
        .await
        .unwrap()
        .try_get(0)
        .unwrap()
}

#[tokio::test]
async fn the_last_answer_holds_though_the_clock_of_another_node_is_ahead() {
    for nodes in Nodes::begin().await {
        let (here, city) = (nodes.here(), &nodes.city);
        let ahead = App {
            clock: Clock::standing_at(date(2016, 10, 21)),
            ..nodes.there.clone()
        };
        let (union, chair) = city.another(&nodes.name("工会")).await;
        let mut seen = None;
        for (app, workers) in [(here, "220"), (&ahead, "210"), (here, "230")] {
            let input = SayInput {
                typed: [("workers".to_owned(), workers.to_owned())].into(),
                seen,
                ..SayInput::default()
            };
            // The form was made from what the one before said.
            if seen.is_some() {
                let done = sheets::say(app, &chair, &union.id, None, 2016, &input).await;
                assert_eq!(said(done), "done");
            }
            let sheet = sheets::read(here, &chair, &union.id, None, 2016)
                .await
                .unwrap();
            seen = sheet.seen();
            if workers == "230" {
                let holds = sheet.facts["workers"].value.clone();
                assert_eq!(holds, serde_json::json!(230));
            }
        }
    }
}
