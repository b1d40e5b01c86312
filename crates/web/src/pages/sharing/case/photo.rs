//! Photos of a case: added by its union, shown to whoever reads the case, small where several stand together.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jianjia_app::{core::app::App, sharing::case as cases};
use jianjia_domain::{core::ids::CaseId, year::evidence::MediaType};

use super::show::{Typed, again};
use crate::{
    form::{Form, Nothing, told, upload::Upload},
    frame::Frame,
    page::{PageResult, see_other, see_other_with},
    pages::{sharing::address, year::evidence::files_of},
    path::Path,
    session::SignedIn,
};

pub(super) async fn add(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<CaseId>,
    upload: Upload,
) -> PageResult {
    let (caption, agreed) = (upload.field("caption"), upload.field("agreed"));
    let done = match files_of(&upload) {
        Ok(files) => cases::add_photo(&app, &actor, &id, files, (caption, agreed)).await,
        Err(dropped) => Err(dropped),
    };
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::case(&id), "照片已加上。"),
        Err(problems) => {
            let typed = Typed {
                caption: caption.to_owned(),
                ..Typed::default()
            };
            again(&app, frame, &id, (problems, typed)).await
        }
    }
}

pub(super) async fn remove(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, photo)): Path<(CaseId, i64)>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let done = cases::remove_photo(&app, &actor, &id, photo).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::case(&id), "照片已从案例里去掉，仍在材料里。"),
        Err(problems) => again(&app, frame, &id, (problems, Typed::default())).await,
    }
}

pub(super) async fn open(
    State(app): State<App>,
    frame: Frame,
    Path((id, photo)): Path<(CaseId, i64)>,
) -> PageResult {
    let (found, bytes) = cases::photo(&app, frame.actor.as_ref(), &id, photo).await?;
    picture(found.media_type, bytes)
}

pub(super) async fn small(
    State(app): State<App>,
    frame: Frame,
    Path((id, photo)): Path<(CaseId, i64)>,
) -> PageResult {
    match cases::small_photo(&app, frame.actor.as_ref(), &id, photo).await? {
        Some(jpeg) => picture(MediaType::Jpeg, jpeg),
        // Better the whole photo than none.
        None => see_other(&address::photo(&id, photo)),
    }
}

fn picture(media_type: MediaType, bytes: Bytes) -> PageResult {
    let headers = [
        (header::CONTENT_TYPE, media_type.mime()),
        (header::CONTENT_DISPOSITION, "inline"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((headers, bytes).into_response())
}
