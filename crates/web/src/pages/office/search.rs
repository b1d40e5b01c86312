//! The search: one box in the head of every page, and what it found.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, standard::Standards},
    office::search::{self, ClauseLine, FileLine, Found},
};
use jianjia_domain::{
    core::policy,
    honour::honour::{Honour, masked},
    round::application::{receipt_number, state_word},
};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::{honour::address as honours, register::address, round::address as round},
    query,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/search", Access::SignedIn, show)]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
}

#[derive(Template)]
#[template(path = "office/search/show.html")]
struct Show {
    frame: Frame,
    asked: Asked,
    found: Found,
    standards: Standards,
}

impl Show {
    /// The list of unions with the same question.
    fn all_units(&self) -> String {
        query::asked("/units", &[("q", &self.asked.q), ("state", "all")])
            .trim_end_matches('&')
            .to_owned()
    }

    fn title_name(&self, year: &i16, key: &str) -> String {
        self.standards.title(*year, key).map_or_else(
            || key.to_owned(),
            |title| self.frame.text(&title.name).to_owned(),
        )
    }

    /// The holder of a title: a person's name in full only to those who see the unit.
    fn holder(&self, honour: &Honour) -> String {
        if honour.person_name.is_empty() {
            return honour.holder_name.clone();
        }
        let is_seen = self
            .frame
            .actor
            .as_ref()
            .is_some_and(|actor| policy::sees(actor, &honour.unit_path));
        let name = if is_seen {
            honour.person_name.clone()
        } else {
            masked(&honour.person_name)
        };
        format!("{name} {}", honour.holder_name)
    }

    fn file_address(&self, file: &FileLine) -> String {
        round::application(&file.id)
    }

    fn state_of(&self, file: &FileLine) -> &'static str {
        self.frame.t_fixed(state_word(&file.state))
    }

    fn file_number(&self, file: &FileLine, number: &i64) -> String {
        receipt_number(file.year, *number)
    }

    fn clause_address(&self, clause: &ClauseLine) -> String {
        match &clause.title {
            Some(title) => format!("/standard/{title}#{}", clause.clause),
            None => "/standard".to_owned(),
        }
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    page(&Show {
        found: search::search(&app, &actor, &asked.q).await?,
        standards: app.standards.clone(),
        frame,
        asked,
    })
}
