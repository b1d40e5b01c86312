//! A visit: the page on the inspector's phone, which works without a connection and without JavaScript, the printed list, what is noted, and what it comes to.

use askama::Template;
use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jianjia_app::{
    check::{
        inspection::{self, Sight, VisitView},
        outcome as outcomes,
        remark::{self as remarks, SettleInput},
    },
    core::{app::App, error::Error},
};
use jianjia_domain::{
    check::{
        outcome::DecisionInput,
        remark::{Content, PHOTOS_AT_MOST, Remark, RemarkInput},
    },
    core::{ids::VisitId, policy::Actor},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    assets,
    form::{Form, Nothing, Problems, told, upload::Upload},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::{check::address, year::evidence::files_of},
    path::Path,
    request_key,
    router::WORKS_OFFLINE,
    routes::{Access, Route},
    session::SignedIn,
};

mod list;
mod words;

/// For the template: how many photos a remark has at most.
const PHOTOS: usize = PHOTOS_AT_MOST;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/visits", Access::SignedIn, list::index),
        Route::get("/visits/export", Access::SignedIn, list::export),
        Route::get("/visits/{visit}", Access::SignedIn, show),
        Route::get("/visits/{visit}/worker.js", Access::Public, worker),
        Route::get("/visits/{visit}/received", Access::SignedIn, received),
        Route::get("/visits/{visit}/paper", Access::SignedIn, paper),
        Route::get("/visits/{visit}/photos/{hash}", Access::SignedIn, photo),
        Route::post("/visits/{visit}/remarks", Access::SignedIn, note),
        Route::post("/visits/{visit}/settlements", Access::SignedIn, settle),
        Route::post("/visits/{visit}/conclusion", Access::SignedIn, conclude),
        Route::post("/visits/{visit}/statement", Access::SignedIn, state),
        Route::post("/visits/{visit}/decision", Access::SignedIn, decide),
        Route::post("/visits/{visit}/overturning", Access::SignedIn, overturn),
    ]
}

/// What was typed into the forms of the page that decides.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct DecideForm {
    decision: String,
    reason: String,
    document_number: String,
    seen: String,
}

/// The page on the inspector's phone.
#[derive(Template)]
#[template(path = "check/visit/inspect.html")]
struct Inspect {
    frame: Frame,
    view: VisitView,
    problems: Problems,
    /// What was typed into the form that came back.
    typed: RemarkInput,
    settling: SettleInput,
    /// The ids of remarks made by forms that the browser sends itself, one a clause and one for the signature.
    keys: Vec<String>,
}

/// What a visit came to.
#[derive(Template)]
#[template(path = "check/visit/outcome.html")]
struct Shown {
    frame: Frame,
    view: VisitView,
    problems: Problems,
    form: DecideForm,
    statement: String,
    overturn_reason: String,
    comment: RemarkInput,
    key: String,
}

/// The list on paper.
#[derive(Template)]
#[template(path = "check/visit/paper.html")]
struct Paper {
    frame: Frame,
    view: VisitView,
}

/// What another form of the page was sent with.
#[derive(Default)]
struct Sent {
    problems: Problems,
    typed: RemarkInput,
    settling: SettleInput,
    form: DecideForm,
    statement: String,
    overturn_reason: String,
}

/// The page as it is for this actor: to inspect, or what the visit came to.
async fn shown(app: &App, actor: &Actor, frame: Frame, id: &VisitId, sent: Sent) -> PageResult {
    let view = inspection::view(app, actor, id).await?;
    let is_sound = sent.problems.is_empty();
    if view.acts.note {
        let keys = (0..=view.clauses.len()).map(|_| request_key::fresh(app));
        let inspect = Inspect {
            keys: keys.collect(),
            frame,
            view,
            problems: sent.problems,
            typed: sent.typed,
            settling: sent.settling,
        };
        let answer = if is_sound {
            page(&inspect)
        } else {
            unprocessable(&inspect)
        };
        return answer.map(offline);
    }
    let is_inspector = view.sight == Sight::Inspector;
    let shown = Shown {
        key: request_key::fresh(app),
        frame,
        view,
        problems: sent.problems,
        form: sent.form,
        statement: sent.statement,
        overturn_reason: sent.overturn_reason,
        comment: sent.typed,
    };
    let answer = if is_sound {
        page(&shown)
    } else {
        unprocessable(&shown)
    };
    // What lies on the device is sent from here, too.
    if is_inspector {
        answer.map(offline)
    } else {
        answer
    }
}

/// Lets the page have its worker.
fn offline(mut response: Response) -> Response {
    response.extensions_mut().insert(WORKS_OFFLINE);
    response
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
) -> PageResult {
    shown(&app, &actor, frame, &id, Sent::default()).await
}

/// The worker of one visit's page, which may be that of no other address. It says nothing of the visit.
async fn worker(Path(id): Path<VisitId>) -> PageResult {
    let script = assets::text("visit-worker.js");
    let scope = HeaderValue::from_str(&address::visit(&id)).map_err(anyhow::Error::from)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/javascript; charset=utf-8"),
        ),
        (HeaderName::from_static("service-worker-allowed"), scope),
    ];
    Ok((headers, script).into_response())
}

/// Who is signed in, and what of the visit arrived: the device asks before it sends.
async fn received(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
) -> PageResult {
    let found = inspection::received(&app, &actor, &id).await?;
    Ok(Json(json!({
        "account": actor.account,
        "csrf": frame.csrf,
        "received": found.own,
        "is_open": found.is_open,
    }))
    .into_response())
}

async fn paper(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
) -> PageResult {
    let view = inspection::view(&app, &actor, &id).await?;
    page(&Paper { frame, view })
}

async fn photo(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((id, hash)): Path<(VisitId, String)>,
) -> PageResult {
    let (photo, bytes) = remarks::photo(&app, &actor, &id, &hash).await?;
    let kind = HeaderValue::from_str(&photo.media_type).map_err(anyhow::Error::from)?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

async fn note(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    upload: Upload,
) -> PageResult {
    let input = input_of(&upload);
    let done = remarks::note(&app, &actor, &id, &input, files_of(&upload)).await;
    if upload.field("answer") == "json" {
        return acknowledged(done, &frame);
    }
    match told(done, &frame)? {
        Ok(kept) => {
            let place = kept
                .clause()
                .map_or_else(String::new, |clause| format!("#c-{clause}"));
            let notice = match kept.content {
                Content::Comment { .. } => "意见已提交。",
                _ => "已记录。",
            };
            see_other_with(&format!("{}{place}", address::visit(&id)), notice)
        }
        Err(problems) => {
            let sent = Sent {
                problems: placed(problems, &input),
                typed: input,
                ..Sent::default()
            };
            shown(&app, &actor, frame, &id, sent).await
        }
    }
}

/// The problems at the fields of their own form: each clause has one.
fn placed(problems: Problems, input: &RemarkInput) -> Problems {
    let clause = &input.clause;
    match input.kind.as_str() {
        "clause" => {
            let of_form = problems
                .renamed("seen", &format!("seen-{clause}"))
                .renamed("note", &format!("note-{clause}"))
                .renamed("photos", &format!("photos-{clause}"));
            input.found.keys().fold(of_form, |problems, key| {
                problems.renamed(&format!("found_{key}"), &format!("found-{clause}-{key}"))
            })
        }
        "signature" => problems
            .renamed("name", "signer")
            .renamed("note", "note-signature"),
        _ => problems,
    }
}

/// The answer to a device: which remark is kept, or why it is not.
fn acknowledged(done: Result<Remark, Error>, frame: &Frame) -> PageResult {
    match told(done, frame)? {
        Ok(kept) => Ok(Json(json!({
            "id": kept.id,
            "received_at": kept.received_at.to_string(),
        }))
        .into_response()),
        Err(problems) => {
            let sentences = problems
                .all()
                .iter()
                .map(|problem| problem.sentence.as_str());
            let why: Vec<&str> = sentences.collect();
            let why = why.join(if frame.is_chinese() { "" } else { " " });
            Ok((
                StatusCode::UNPROCESSABLE_ENTITY,
                Json(json!({ "why": why })),
            )
                .into_response())
        }
    }
}

fn input_of(upload: &Upload) -> RemarkInput {
    let field = |name: &str| upload.field(name).to_owned();
    RemarkInput {
        id: field("id"),
        kind: field("kind"),
        clause: field("clause"),
        seen: field("seen"),
        found: upload
            .fields
            .iter()
            .filter_map(|(name, value)| {
                let key = name.strip_prefix("found_")?;
                Some((key.to_owned(), value.clone()))
            })
            .collect(),
        note: field("note"),
        name: field("name"),
        agrees: field("agrees"),
        noted_at: field("noted_at"),
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct SettleForm {
    clause: String,
    chosen: String,
    reason: String,
}

async fn settle(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    Form(form): Form<SettleForm>,
) -> PageResult {
    let input = SettleInput {
        clause: form.clause,
        chosen: form.chosen,
        reason: form.reason,
    };
    match told(remarks::settle(&app, &actor, &id, &input).await, &frame)? {
        Ok(settled) => see_other_with(
            &format!("{}#c-{}", address::visit(&id), settled.clause),
            "已裁定以选定的记录为准，两条记录都保留。",
        ),
        Err(problems) => {
            let reason = format!("reason-{}", input.clause);
            let sent = Sent {
                problems: problems.renamed("reason", &reason),
                settling: input,
                ..Sent::default()
            };
            shown(&app, &actor, frame, &id, sent).await
        }
    }
}

async fn conclude(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    match told(outcomes::conclude(&app, &actor, &id).await, &frame)? {
        Ok(_) => see_other_with(&address::visit(&id), "检查已办结，结果已告知单位。"),
        Err(problems) => {
            let sent = Sent {
                problems,
                ..Sent::default()
            };
            shown(&app, &actor, frame, &id, sent).await
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct StatementForm {
    statement: String,
}

async fn state(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    Form(form): Form<StatementForm>,
) -> PageResult {
    match told(
        outcomes::state(&app, &actor, &id, &form.statement).await,
        &frame,
    )? {
        Ok(()) => see_other_with(&address::visit(&id), "意见已提交，市总工会决定前会看到。"),
        Err(problems) => {
            let sent = Sent {
                problems,
                statement: form.statement,
                ..Sent::default()
            };
            shown(&app, &actor, frame, &id, sent).await
        }
    }
}

async fn decide(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    Form(form): Form<DecideForm>,
) -> PageResult {
    let input = DecisionInput {
        decision: form.decision.clone(),
        reason: form.reason.clone(),
        document_number: form.document_number.clone(),
        seen: form.seen.clone(),
    };
    match told(outcomes::decide(&app, &actor, &id, &input).await, &frame)? {
        Ok(_) => see_other_with(&address::visit(&id), "决定已作出，单位已收到。"),
        Err(problems) => {
            let sent = Sent {
                problems,
                form,
                ..Sent::default()
            };
            shown(&app, &actor, frame, &id, sent).await
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct OverturnForm {
    overturn_reason: String,
}

async fn overturn(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    Form(form): Form<OverturnForm>,
) -> PageResult {
    let reason = &form.overturn_reason;
    match told(outcomes::overturn(&app, &actor, &id, reason).await, &frame)? {
        Ok(()) => see_other_with(&address::visit(&id), "决定已撤回，补贴不再下调。"),
        Err(problems) => {
            let sent = Sent {
                problems,
                overturn_reason: form.overturn_reason,
                ..Sent::default()
            };
            shown(&app, &actor, frame, &id, sent).await
        }
    }
}
