//! Routes, pages, templates, words and assets. It holds no SQL and decides nothing: a handler extracts, calls one function
//! of `app`, and answers with a page or a redirect. Start at `routes` (every address and who may come) and `frame` (what
//! every page stands in); the pages are in `pages`, one file a noun.

#![deny(clippy::unwrap_used)]

pub mod assets;
pub mod crawl;
pub mod door;
pub mod fields;
pub mod form;
pub mod frame;
mod measures;
pub mod page;
pub mod pages;
pub mod path;
pub mod qr;
pub mod query;
pub mod request_key;
pub mod routes;
pub mod session;
pub mod upload;
pub mod visit;
mod voting;
pub mod words;

pub use crate::{
    measures::Watchers,
    routes::{site, site_for},
    visit::Serving,
    voting::Site,
};
