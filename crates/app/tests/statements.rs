//! How many SQL statements an act sends: what was read once is handed on, not read again. The numbers are those of SQLite; on PostgreSQL the
//! locks of the scopes come on top.
//!
//! `STATEMENTS=1 cargo nextest run -p jianjia-app --test statements --no-capture` prints each of them instead.

#[path = "round/city.rs"]
#[expect(dead_code, reason = "the stories of the round use all of it")]
mod city;

use std::{
    fmt::Debug,
    sync::{Mutex, PoisonError},
};

use city::RoundCity;
use jianjia_app::{
    core::error::Error,
    money::grant as grants,
    office::invitation::{Filter, making, printing},
    round::{
        application as applications,
        naming::{self as namings, ConfirmInput},
        recommendation as recommendations, review as reviews,
    },
    year::sheet::{self as sheets, SayInput},
};
use jianjia_demo::testing;
use jianjia_domain::{
    core::{place::UnitKind, policy::Role},
    money::grant::DraftRow,
    round::application::State,
};
use jiff::civil::date;
use tracing::field::{Field, Visit};
use tracing_subscriber::{
    Layer, layer::Context, layer::SubscriberExt, registry::LookupSpan, util::SubscriberInitExt,
};

/// What was sent since it was last emptied. SQLite's statements are told of by its own thread, so the listener is the process's.
static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Listener;

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut sql = Sql::default();
            event.record(&mut sql);
            let text = if sql.whole.is_empty() {
                sql.summary
            } else {
                sql.whole
            };
            let words: Vec<&str> = text.split_whitespace().collect();
            // How a new connection of the pool is set up is no part of an act.
            if !matches!(words.first(), None | Some(&"PRAGMA" | &"CREATE")) {
                SENT.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(words.join(" "));
            }
        }
    }
}

/// The text of a statement: a short one is its own summary.
#[derive(Default)]
struct Sql {
    summary: String,
    whole: String,
}

impl Visit for Sql {
    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.whole),
            _ => {}
        }
    }
}

/// Does an act, and holds that it sends at most so many statements; fewer than half of them would mean that nobody counted.
async fn at_most<T>(most: usize, name: &str, act: impl Future<Output = Result<T, Error>>) -> T {
    let sent = || std::mem::take(&mut *SENT.lock().unwrap_or_else(PoisonError::into_inner));
    sent();
    let done = act.await.expect(name);
    let sent = sent();
    if std::env::var("STATEMENTS").is_ok() {
        println!("{name}: {}", sent.len());
        for sql in &sent {
            println!("    {sql}");
        }
        return done;
    }
    assert!(
        (most / 2..=most).contains(&sent.len()),
        "{name}: {} statements, not {most} at most:\n{}",
        sent.len(),
        sent.join("\n")
    );
    done
}

#[tokio::test]
async fn an_act_reads_once_what_it_hands_on() {
    tracing_subscriber::registry().with(Listener).init();
    let database = jianjia_store::testing::sqlite().await;
    let city = RoundCity::of(testing::city(database, date(2016, 10, 20))).await;
    let app = &city.city.app;

    let (union, chair) = city.another("第二纺织厂工会").await;
    city.holds(&union, None, "qualified-home", 2016).await;
    let sheet = sheets::read(app, &chair, &union.id, None, 2016)
        .await
        .expect("a sheet");
    let input = SayInput {
        seen: sheet.seen(),
        group: Some("basics".to_owned()),
        typed: [("workers".to_owned(), "201".to_owned())].into(),
        request_key: "first".to_owned(),
        ..SayInput::default()
    };
    let saved = at_most(25, "say, and go on", async {
        sheets::say(app, &chair, &union.id, None, 2016, &input).await
    })
    .await;
    assert_eq!(
        (saved.answers, saved.next.as_deref()),
        (1, Some("organisation"))
    );

    let id = city.draft(&chair, &union, "model-home").await;
    let expected = city.now(&id).await;
    let submitted = at_most(26, "submit", async {
        applications::submit(app, &chair, &id, &expected).await
    })
    .await;
    assert_eq!(submitted.state, State::UnderReview { step: 0 });

    at_most(26, "the desk", async {
        reviews::desk(app, &city.local, &id).await
    })
    .await;

    let opinion = city.opinion(&id).await;
    at_most(15, "endorse", async {
        reviews::endorse(app, &city.local, &id, &opinion).await
    })
    .await;

    let opinion = city.opinion(&id).await;
    at_most(60, "decide", async {
        reviews::decide(app, &city.approver, &id, &opinion).await
    })
    .await;

    let union = city
        .city
        .unit(Some(&city.district), UnitKind::Grassroots, "区直工会")
        .await;
    city.meets_everything(&union).await;
    city.holds(&union, None, "model-home", 2015).await;
    let chair = city.city.actor("陈", &[(Role::Chair, &union)]).await;
    let application = city.applied(&chair, &union, "trusted-home").await;
    city.gives_places(0, 1).await;
    city.looked_through(&application.id).await;
    let chosen = [(application.id, application.revision)];
    at_most(30, "recommend", async {
        let district = &city.district.id;
        recommendations::recommend(
            app,
            &city.approver,
            2016,
            "trusted-home",
            district,
            &chosen,
            "r",
        )
        .await
    })
    .await;
    city.on(2017, 3, 1);
    let preview = namings::preview(app, &city.leader, 2016, "trusted-home", &[application.id])
        .await
        .expect("a preview");
    let input = ConfirmInput {
        seen: preview.lines.iter().map(|line| line.token()).collect(),
        document_number: "常工发〔2017〕5号".to_owned(),
        request_key: "n".to_owned(),
    };
    let named = at_most(74, "name one", async {
        namings::confirm(app, &city.leader, 2016, "trusted-home", &input).await
    })
    .await;
    assert_eq!(named.named.len(), 1);

    // However many chairs there are.
    let district = &city.district.id;
    for number in 0..60 {
        let name = format!("第{number}号厂工会");
        city.city
            .unit(Some(&city.district), UnitKind::Grassroots, &name)
            .await;
    }
    let shown = making::preview(app, &city.approver, district).await;
    let count = shown.expect("a preview").made(true);
    assert!(count >= 60, "{count}");
    at_most(20, "make accounts", async {
        making::make(app, &city.approver, district, true, count).await
    })
    .await;
    let printed = at_most(20, "print sheets", async {
        printing::print(app, &city.approver, district, Filter::New, 30).await
    })
    .await;
    assert_eq!(printed.sheets.len() as i64, count);

    // However many are released.
    let rows = (0..60).map(|number| DraftRow {
        number: number + 1,
        unit: format!("第{number}号厂工会"),
        amount: "100".to_owned(),
        basis: "R3".to_owned(),
        ..DraftRow::default()
    });
    let rows = (rows.collect(), "");
    let list = grants::save_list(app, &city.leader, 2016, rows, "g").await;
    let list = list.expect("a list");
    let granted = grants::confirm_list(app, &city.leader, &list, 1).await;
    assert_eq!(granted.expect("grants").len(), 60);
    let released = at_most(34, "release all", async {
        grants::release_all(app, &city.leader, 2016, (60, 60 * 10_000)).await
    })
    .await;
    assert_eq!(released.len(), 60);
}
