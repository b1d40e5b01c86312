//! What inspectors note on a visit and how they conclude it, from the page's forms and from the device.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use jianjia_app::{
    check::{
        outcome as outcomes,
        remark::{self as remarks, SettleInput},
    },
    core::{app::App, error::Error},
};
use jianjia_domain::{
    check::remark::{Content, Remark, RemarkInput},
    core::{ids::VisitId, refusal::Refusal},
    year::evidence::EvidenceRefusal,
};
use serde::Deserialize;
use serde_json::json;

use super::{Sent, shown};
use crate::{
    form::{Form, Nothing, Problems, told, upload::Upload},
    frame::Frame,
    page::{PageResult, see_other_with},
    pages::{check::address, year::evidence::files_of},
    path::Path,
    session::SignedIn,
};

pub(super) async fn note(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    upload: Upload,
) -> PageResult {
    let input = input_of(&upload);
    let done = match files_of(&upload) {
        Ok(files) => remarks::note(&app, &actor, &id, &input, files).await,
        Err(dropped) => Err(dropped),
    };
    if upload.field("answer") == "json" {
        if is_busy(&done) {
            return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
        }
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

/// Whether nothing is wrong with it but that the server has too much to do: the device sends it again by itself.
fn is_busy(done: &Result<Remark, Error>) -> bool {
    let Err(Error::Refused(Refusal::Fields(fields))) = done else {
        return false;
    };
    fields.iter().any(|(_, refusal)| {
        matches!(
            refusal.of(),
            Some(EvidenceRefusal::Busy { .. } | EvidenceRefusal::AllBusy)
        )
    })
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
pub(super) struct SettleForm {
    clause: String,
    chosen: String,
    reason: String,
}

pub(super) async fn settle(
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

pub(super) async fn conclude(
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
