//! Ids and numbers that stand in an address. What can't be read as one is an address of nothing, whichever page it is.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path as AnyPath, path::ErrorKind, rejection::PathRejection},
    http::request::Parts,
};
use jianjia_app::core::app::App;
use serde::de::DeserializeOwned;

use crate::page::PageError;

/// The parts of an address that a route leaves open, each by its type: `Path((unit, year)): Path<(UnitId, i16)>`.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Path<T>, PageError> {
        match AnyPath::from_request_parts(parts, app).await {
            Ok(AnyPath(read)) => Ok(Path(read)),
            Err(rejection) if is_of_ours(&rejection) => {
                Err(PageError::Internal(anyhow::Error::from(rejection)))
            }
            Err(_) => Err(PageError::NotFound),
        }
    }
}

/// Whether a handler asks for other parts than its route has.
fn is_of_ours(rejection: &PathRejection) -> bool {
    match rejection {
        PathRejection::FailedToDeserializePathParams(failed) => matches!(
            failed.kind(),
            ErrorKind::WrongNumberOfParameters { .. } | ErrorKind::UnsupportedType { .. }
        ),
        _ => true,
    }
}

/// Reads an id or a number that a query or a form of ours carries. One that can't be read did not come from a page of ours: it is not found,
/// as in a path.
///
/// # Errors
/// Not found.
pub fn read<T: FromStr>(text: &str) -> Result<T, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}
