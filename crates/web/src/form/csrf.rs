//! Whether a form comes from a page of ours: by the origin that the browser tells, and by the token that every form of ours carries.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, Method, StatusCode, header},
};
use sha2::{Digest, Sha256};

use crate::{
    page::PageError,
    visit::{self, Typed, Visit},
};

/// The token of the forms of a session, or of an anonymous visit.
pub fn token_of(session: &str) -> String {
    hex::encode(&Sha256::digest(format!("csrf:{session}").as_bytes())[..16])
}

/// Who sent a form, kept while its body is read.
pub struct Sender {
    visit: Option<Arc<Visit>>,
    is_same_origin: bool,
}

impl Sender {
    pub fn of(request: &Request) -> Sender {
        Sender {
            visit: visit::of(request.extensions()),
            is_same_origin: is_same_origin(request.method(), request.headers()),
        }
    }

    /// Keeps what was typed, for the page that is shown while the database is away.
    pub fn keep(&self, typed: impl FnOnce(&str) -> Typed) {
        if let Some(visit) = &self.visit {
            visit.typed.get_or_init(|| typed(&visit.path));
        }
    }

    /// Lets a form with this token pass.
    ///
    /// # Errors
    /// When it was not sent from a page of ours, or from one of an earlier session.
    pub fn check(&self, token: Option<&str>) -> Result<(), PageError> {
        let expected = self.visit.as_ref().map_or("", |visit| visit.csrf.as_str());
        if self.is_same_origin && !expected.is_empty() && token == Some(expected) {
            return Ok(());
        }
        let is_signed_in = self
            .visit
            .as_ref()
            .is_some_and(|visit| visit.actor.is_some());
        let sentence = if is_signed_in {
            "这一页打开以后，您重新登录过，或者表单不是从本系统的页面提交的，所以没有保存。请返回上一页，刷新后再提交。"
        } else {
            "登录已经结束，或者浏览器没有保存登录信息（Cookie），所以没有保存。请重新登录后再提交。"
        };
        Err(PageError::Told {
            status: StatusCode::FORBIDDEN,
            title: "表单已经过期",
            sentence,
        })
    }
}

/// Whether a form was sent from a page of ours, as far as the browser tells.
fn is_same_origin(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, sender)| sender.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
        (None, _) => true,
    }
}
