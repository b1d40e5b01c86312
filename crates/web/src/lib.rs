//! The web. It holds no SQL and decides nothing: a handler extracts, calls one function of `app`, and answers with a page or a redirect.
//!
//! The modules stand in the order in which a request passes them:
//!
//! | module | what it is |
//! | --- | --- |
//! | `door` | accepts TCP connections and limits what each may take |
//! | `voting` | the short path of a vote, before the router |
//! | `router` | the layers around all pages, and the headers of every answer |
//! | `routes` | the list of routes: every address, its method, and who may come |
//! | `visit` | who comes, in which language, from where: the middleware around every page, cookies, visitors without a name |
//! | `session` | whom a session signs in, and the extractors of pages for people who are signed in |
//! | `bearer` | programs that come with an access token |
//! | `form` | what is sent: its fields and files, their limits, and whether it comes from a page of ours (CSRF) |
//! | `pages` | the handlers, by areas; one file a noun |
//! | `frame` | what every page shows around its content: the menus, words, days, numbers |
//! | `help` | what stands at the end of every page: a line or two, and whom to ask |
//! | `page` | what a handler answers, and the page that says why there is no other |
//! | `table_file` | a table as a file to download |
//! | `paper` | papers to download, and the links to them |
//! | `imprint` | the form by which an office says number, addressees and day of issue of an official paper |
//! | `assets`, `qr` | style, script and pictures |
//! | `demo` | what the demo's page for signing in offers, handed in by whoever serves it |
//! | `measures` | the figures at `/metrics` |
//! | `crawl` | a visitor who follows every link, for a test and a benchmark |

#![deny(clippy::unwrap_used)]

pub mod assets;
pub mod bearer;
pub mod demo;
pub mod door;
pub mod form;
pub mod frame;
pub mod help;
pub mod imprint;
mod measures;
pub mod page;
pub mod pages;
pub mod paper;
pub mod path;
pub mod qr;
pub mod query;
pub mod request_key;
mod router;
pub mod routes;
pub mod session;
mod table_file;
mod trail;
pub mod visit;
mod voting;

pub use crate::{
    measures::Watchers,
    router::{site, site_for, site_of_demo},
    visit::Serving,
    voting::Site,
};
