//! What a department says of a unit: the unit replies, the department or the city decides with the effects before its eyes.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jianjia_app::{
    core::app::App,
    round::entry::{self as entries, EntryView},
};
use jianjia_domain::{
    core::{
        ids::{EntryId, EvidenceId},
        policy::{Act, Actor},
        refusal::Refuse,
    },
    round::entry::{Decider, EntryState, Outcome},
};
use jianjia_standard::Standard;
use jianjia_words::{format, title};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told, upload::Upload},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        round::address,
        year::evidence::{ACCEPT, files_of, size_words},
    },
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/entries/{id}", Access::Seen, show),
        Route::post("/entries/{id}/reply", Access::Act(Act::ReplyToEntry), reply),
        Route::post(
            "/entries/{id}/decision",
            Access::Act(Act::DecideEntry),
            decide,
        ),
        Route::get("/entries/{id}/evidence/{evidence}", Access::Seen, evidence),
    ]
}

/// The look of a state's tag.
pub fn state_class(key: &str) -> &'static str {
    match EntryState::from_key(key) {
        Some(EntryState::Upheld) => "tag-unmet",
        Some(EntryState::Lifted) => "tag-na",
        _ => "tag-unknown",
    }
}

/// What was typed into either form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    reply: String,
    outcome: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "round/entry/show.html")]
struct Show {
    frame: Frame,
    standard: Arc<Standard>,
    view: EntryView,
    typed: Typed,
    problems: Problems,
}

impl Show {
    fn clause_name(&self) -> String {
        let clause = &self.view.entry.clause;
        self.standard.veto(clause).map_or_else(
            || clause.clone(),
            |veto| format!("{clause} {}", self.frame.text(&veto.name)),
        )
    }

    fn clause_text(&self) -> &str {
        let veto = self.standard.veto(&self.view.entry.clause);
        veto.map_or("", |veto| self.frame.text(&veto.text))
    }

    fn state(&self) -> &'static str {
        self.frame.t_fixed(self.view.entry.state().word())
    }

    fn class(&self) -> &'static str {
        state_class(self.view.entry.state().key())
    }

    fn barred(&self) -> String {
        title::barred(self.frame.lang, &self.standard)
    }

    fn on(&self) -> String {
        self.frame.day(self.view.entry.on)
    }

    fn made_at(&self) -> String {
        self.frame.minute(self.view.entry.made_at)
    }

    fn outcomes(&self) -> Vec<(String, String)> {
        Outcome::ALL
            .into_iter()
            .filter(|outcome| *outcome == Outcome::Lifted || self.view.not_upheld.is_none())
            .map(|outcome| {
                let word = match outcome {
                    Outcome::Upheld => "维持：作为否决情形登记",
                    Outcome::Lifted => "解除：不作为否决情形",
                };
                (outcome.key().to_owned(), self.frame.t(word).to_owned())
            })
            .collect()
    }

    fn not_upheld(&self) -> Option<String> {
        let refusal = self.view.not_upheld.as_ref()?;
        Some(refusal.sentence(self.frame.lang))
    }

    fn is_by_term(&self) -> bool {
        let decision = self.view.entry.decision.as_ref();
        decision.is_some_and(|decision| decision.decider == Decider::Term)
    }

    fn lifted_by(&self) -> &'static str {
        let lifting = self.view.entry.lifting.as_ref();
        lifting.map_or("", |lifting| self.frame.t_fixed(lifting.decider.word()))
    }

    /// What was decided first: a later lifting stands beside it.
    fn decided(&self) -> &'static str {
        let decision = self.view.entry.decision.as_ref();
        let state = decision.map(|decision| match decision.outcome {
            Outcome::Upheld => EntryState::Upheld,
            Outcome::Lifted => EntryState::Lifted,
        });
        state.map_or("", |state| self.frame.t_fixed(state.word()))
    }

    /// By what the unit is barred on once this one is lifted: another entry, or what a federation recorded.
    fn bars_on(&self) -> Option<String> {
        let frame = &self.frame;
        let names: Vec<&str> = self
            .view
            .others
            .iter()
            .map(|(_, name)| frame.text(name))
            .collect();
        if !names.is_empty() {
            let names = format::list(frame.lang, &names);
            return Some(frame.t1(
                "{}也认定了同一情形并已维持：解除这一条以后，否决仍然有效。",
                names,
            ));
        }
        let veto = self.view.veto.as_ref()?;
        let is_recorded = veto.entry.is_none() && veto.lifted.is_none();
        is_recorded.then(|| {
            frame.t1(
                "同一情形由{}另行登记过：解除这一条以后，否决仍然有效。",
                &veto.recorded_by_name,
            )
        })
    }

    fn decider(&self) -> &'static str {
        let decision = self.view.entry.decision.as_ref();
        decision.map_or("", |decision| self.frame.t_fixed(decision.decider.word()))
    }

    fn title_name(&self, key: &str) -> String {
        self.standard.title(key).map_or_else(
            || key.to_owned(),
            |title| self.frame.text(&title.name).to_owned(),
        )
    }

    fn size(&self, bytes: &i64) -> String {
        size_words(*bytes)
    }

    fn list(&self, names: &[String]) -> String {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        format::list(self.frame.lang, &names)
    }

    fn accept(&self) -> &'static str {
        ACCEPT
    }

    /// Where the department's own list is, for those who answer for it.
    fn is_department(&self) -> bool {
        self.frame.actor.as_ref().is_some_and(Actor::is_department)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<EntryId>,
) -> PageResult {
    let again = (Typed::default(), Problems::none());
    page(&shown(&app, &actor, frame, &id, again).await?)
}

async fn shown(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &EntryId,
    (typed, problems): (Typed, Problems),
) -> Result<Show, PageError> {
    let view = entries::find(app, actor, id).await?;
    Ok(Show {
        standard: app.standards.of(view.entry.year).clone(),
        frame,
        view,
        typed,
        problems,
    })
}

async fn reply(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<EntryId>,
    upload: Upload,
) -> PageResult {
    let typed = upload.field("reply").to_owned();
    let replied = match files_of(&upload) {
        Ok(files) => entries::reply(&app, &actor, &id, &typed, files).await,
        Err(dropped) => Err(dropped),
    };
    match told(replied, &frame)? {
        Ok(_) => see_other_with(&address::entry(&id), "说明已提交，部门和市总工会会核实。"),
        Err(problems) => {
            let typed = Typed {
                reply: typed,
                ..Typed::default()
            };
            let again = (typed, problems);
            unprocessable(&shown(&app, &actor, frame, &id, again).await?)
        }
    }
}

async fn decide(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<EntryId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let decided = entries::decide(&app, &actor, &id, &typed.outcome, &typed.reason).await;
    match told(decided, &frame)? {
        Ok(entry) => {
            let notice = match entry.is_lifted() {
                true => "认定已解除，单位的申报照常办理。",
                false => "认定已维持，从现在起限制申报。",
            };
            see_other_with(&address::entry(&id), notice)
        }
        Err(problems) => {
            let again = (typed, problems);
            unprocessable(&shown(&app, &actor, frame, &id, again).await?)
        }
    }
}

/// A piece of evidence beside the reply: pictures open, the rest is saved.
async fn evidence(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((id, evidence)): Path<(EntryId, EvidenceId)>,
) -> PageResult {
    let (found, bytes) = entries::open_evidence(&app, &actor, &id, &evidence).await?;
    let way = match found.media_type.is_image() {
        true => "inline",
        false => "attachment",
    };
    let disposition = format!("{way}; filename*=UTF-8''{}", percent_encoded(&found.name));
    let disposition = HeaderValue::from_str(&disposition).map_err(anyhow::Error::from)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(found.media_type.mime()),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    Ok((headers, bytes).into_response())
}
