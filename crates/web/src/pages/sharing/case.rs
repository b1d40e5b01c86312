//! The library of cases: searched by everybody, written by unions, recommended upward, edited by the city, agreed to and published.

mod list;
mod photo;
mod show;
mod write;

use std::sync::Arc;

use jianjia_app::core::app::App;
use jianjia_domain::core::policy::Act;
use jianjia_standard::Standard;

use crate::{
    frame::Frame,
    routes::{Access, Route},
};

pub fn routes() -> Vec<Route> {
    let write = Access::Act(Act::WriteCase);
    let answer = Access::Act(Act::AnswerForCase);
    let recommend = Access::Act(Act::RecommendCase);
    vec![
        Route::get("/cases", Access::Public, list::index),
        Route::get("/cases/export", Access::Public, list::export),
        Route::get("/cases/queue", recommend, list::queue),
        Route::get("/cases/queue/export", recommend, list::export_queue),
        Route::get("/cases/{id}", Access::Public, show::show),
        Route::get("/cases/{id}/edit", Access::SignedIn, write::edit),
        Route::post("/cases/{id}/edit", Access::SignedIn, write::save),
        Route::post("/cases/{id}/photos", write, photo::add),
        Route::post(
            "/cases/{id}/photos/{photo}/removal",
            Access::SignedIn,
            photo::remove,
        ),
        Route::get("/cases/{id}/photos/{photo}", Access::Public, photo::open),
        Route::get(
            "/cases/{id}/photos/{photo}/small",
            Access::Public,
            photo::small,
        ),
        Route::post("/cases/{id}/handover", answer, show::hand_in),
        Route::post("/cases/{id}/review", recommend, show::review),
        Route::post("/cases/{id}/answer", answer, show::answer),
        Route::post("/cases/{id}/withdrawal", Access::SignedIn, show::withdraw),
        Route::get("/units/{id}/cases", Access::Seen, list::own),
        Route::get("/units/{id}/cases/export", Access::Seen, list::export_own),
        Route::get("/units/{id}/cases/new", write, write::new),
        Route::post("/units/{id}/cases", write, write::begin),
    ]
}

/// The standard by whose clauses cases are tied.
fn standard(app: &App) -> Arc<Standard> {
    app.in_force().clone()
}

/// A clause with its name: `M1b 入会率90%`.
fn clause_words(frame: &Frame, standard: &Standard, clause: &str) -> String {
    match standard.criterion(clause) {
        Some(criterion) => format!("{clause} {}", frame.text(&criterion.name)),
        None => clause.to_owned(),
    }
}
