//! The honour roll, an honour with its story, and what its federation can do with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    honour::honour::{self as honours, HonourView},
};
use jianjia_domain::{
    core::{ids::HonourId, policy::Act},
    honour::honour::{self, Honour, HonourAct, HonourEvent, HonourState},
};
use jianjia_standard::Standard;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::honour::address,
    paper::{self, Link},
    path::Path,
    routes::{Access, Route},
};

pub(in crate::pages) mod batch;
mod change;
mod reconfirmation;
pub(in crate::pages) mod roll;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/honours", Access::Public, roll::index),
        Route::get("/honours/export", Access::Public, roll::export),
        Route::get("/honours/{id}", Access::Public, show),
        Route::get(
            "/honours/{id}/change",
            Access::Act(Act::ChangeHonour),
            change::change,
        ),
        Route::post(
            "/honours/{id}/change",
            Access::Act(Act::ChangeHonour),
            change::make_change,
        ),
        Route::get(
            "/honours/{id}/reconfirmation",
            Access::Act(Act::ReconfirmHonour),
            reconfirmation::reconfirmation,
        ),
        Route::post(
            "/honours/{id}/reconfirmation",
            Access::Act(Act::ReconfirmHonour),
            reconfirmation::reconfirm,
        ),
        Route::get("/honours/batches/{batch}", Access::SignedIn, batch::batch),
        Route::get(
            "/honours/batches/{batch}/export",
            Access::SignedIn,
            batch::export,
        ),
        Route::get(
            "/honours/batches/{batch}/withdrawal",
            Access::Act(Act::ChangeHonour),
            batch::withdrawal,
        ),
        Route::post(
            "/honours/batches/{batch}",
            Access::Act(Act::ChangeHonour),
            batch::withdraw,
        ),
    ]
}

#[derive(Template)]
#[template(path = "honour/honour/show.html")]
struct Show {
    frame: Frame,
    standard: Arc<Standard>,
    view: HonourView,
    papers: Vec<Link>,
}

impl Show {
    fn honour(&self) -> &Honour {
        &self.view.honour
    }

    fn clause(&self) -> &str {
        clause(&self.standard)
    }

    fn title_name(&self) -> String {
        title_name(&self.frame, &self.standard, &self.honour().title)
    }

    fn level_name(&self) -> &'static str {
        honour::level_name(self.honour().level, self.frame.lang)
    }

    fn begun_on(&self) -> String {
        self.frame.day(self.honour().begun_on)
    }

    fn year(&self) -> String {
        self.honour().year.to_string()
    }

    fn named_by(&self) -> String {
        self.view
            .named_by
            .as_ref()
            .map_or_else(String::new, |unit| unit.name.clone())
    }

    fn reconfirmed_by(&self) -> Option<String> {
        self.honour().reconfirmed.then(|| {
            self.view
                .reconfirmed_by
                .as_ref()
                .map_or_else(String::new, |unit| unit.name.clone())
        })
    }

    /// The last thing that took the title out of force.
    fn because(&self) -> Option<&HonourEvent> {
        let act = match self.honour().state {
            HonourState::InForce => return None,
            HonourState::Suspended => HonourAct::Suspended,
            HonourState::Revoked => HonourAct::Revoked,
            HonourState::Withdrawn => HonourAct::Withdrawn,
        };
        self.view.events.iter().rev().find(|event| event.act == act)
    }

    fn event_day(&self, event: &HonourEvent) -> String {
        self.frame.day(jianjia_domain::core::day::day_of(event.at))
    }
}

async fn show(State(app): State<App>, frame: Frame, Path(id): Path<HonourId>) -> PageResult {
    let view = honours::view(&app, frame.actor.as_ref(), &id).await?;
    let papers = match (&view.certificate, view.honour.is_in_force()) {
        (Some(_), true) => paper::links(&address::honour(&id), &["certificate"]),
        _ => Vec::new(),
    };
    page(&Show {
        standard: app.standards.of(view.honour.year).clone(),
        frame,
        view,
        papers,
    })
}

/// The clause by which earlier honours count.
fn clause(standard: &Standard) -> &str {
    let rule = standard.equivalence.as_ref();
    rule.map_or("", |rule| rule.clause.as_str())
}

fn title_name(frame: &Frame, standard: &Standard, key: &str) -> String {
    standard.title(key).map_or_else(
        || key.to_owned(),
        |title| frame.text(&title.name).to_owned(),
    )
}
