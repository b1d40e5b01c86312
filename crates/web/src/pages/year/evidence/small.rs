//! A small picture of a photo, which lists and desks show instead of the whole one.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jianjia_app::{core::app::App, year::evidence};
use jianjia_domain::{core::ids::EvidenceId, year::evidence::MediaType};

use crate::{
    page::{PageResult, see_other},
    pages::year::address,
    path::Path,
    session::SignedIn,
};

pub(super) async fn open(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<EvidenceId>,
) -> PageResult {
    let Some(jpeg) = evidence::small(&app, &actor, &id).await? else {
        // Better the whole photo than none.
        return see_other(&address::file(&id));
    };
    let headers = [
        (header::CONTENT_TYPE, MediaType::Jpeg.mime()),
        (header::CONTENT_DISPOSITION, "inline"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((headers, jpeg).into_response())
}
