//! The trail for auditors: who did what, when, and whether the chain holds.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::core::{
    app::App,
    audit::{self as audits, Question, TrailPage},
};
use jianjia_domain::core::{
    audit::{Written, deed::Deed, object::Noun},
    policy::Act,
};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/audit", Access::Act(Act::ReadAudit), index)]
}

/// What is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    act: String,
    noun_id: String,
    account_name: String,
    from: String,
    until: String,
    before: String,
}

#[derive(Template)]
#[template(path = "core/audit/index.html")]
struct Index {
    frame: Frame,
    asked: Asked,
    trail: TrailPage,
}

impl Index {
    /// What was done in the person's language; a word of another version as it was written.
    fn act<'a>(&'a self, act: &'a Written<Deed>) -> &'a str {
        match act {
            Written::Known(deed) => self.frame.t_fixed(deed.word()),
            Written::Foreign(text) => text,
        }
    }

    /// What was acted on, in the same way.
    fn noun<'a>(&'a self, noun: &'a Written<Noun>) -> &'a str {
        match noun {
            Written::Known(noun) => self.frame.t_fixed(noun.word()),
            Written::Foreign(text) => text,
        }
    }

    /// The address of the next page, with the same question.
    fn next(&self) -> Option<String> {
        let before = self.trail.next.as_ref()?;
        let asked = [
            ("act", &self.asked.act),
            ("noun_id", &self.asked.noun_id),
            ("account_name", &self.asked.account_name),
            ("from", &self.asked.from),
            ("until", &self.asked.until),
            ("before", before),
        ];
        let parts: Vec<String> = asked
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
            .collect();
        Some(format!("/audit?{}", parts.join("&")))
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let question = Question {
        act: asked.act.clone(),
        noun_id: asked.noun_id.clone(),
        account_name: asked.account_name.clone(),
        from: asked.from.parse().ok(),
        until: asked.until.parse().ok(),
        before: asked.before.clone(),
    };
    let trail = audits::page(&app, &actor, &question).await?;
    page(&Index {
        frame,
        asked,
        trail,
    })
}
