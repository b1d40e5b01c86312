//! One visit, one request: who comes, in which language, from where. The middleware around every page finds it out before the handler runs;
//! extractors and pages read it.

use std::sync::{Arc, OnceLock};

use anyhow::Context;
use axum::{
    extract::{FromRequestParts, Request},
    http::{Extensions, Method, header, request::Parts},
};
use jianjia_app::{
    core::app::App,
    office::{contact::Contact, session as sessions},
};
use jianjia_domain::{
    core::policy::Actor,
    office::{device::Device, factor::Ways},
};
use jianjia_standard::Lang;

use crate::{
    form::csrf,
    measures::Watchers,
    page::PageError,
    visit::{address::is_of_machines, cookie::Cookies},
};

mod address;
mod cookie;
mod middleware;
mod nameless;
mod origin;
mod typed;

pub use address::{came_from, is_ours, percent_encoded};
pub use cookie::{
    attempt_cookie, ended_attempt_cookie, ended_session_cookie, known_cookie, notice_cookie,
    preference_cookie, session_cookie,
};
pub(crate) use middleware::{PAGE_TIME, around};
pub use nameless::{is_nameless, keep_nameless};
pub use origin::{Origin, network};
pub use typed::{FACTOR_CODE, FACTOR_PASSKEY, Typed};

/// How the program is reached.
#[derive(Clone, Copy, Debug, Default)]
pub struct Serving {
    /// Over https: cookies are marked `Secure`.
    pub https: bool,
    /// Behind a proxy of ours that sets `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Who gets the figures at `/metrics`.
    pub watchers: Watchers,
}

/// What is known of a request before its handler runs.
#[derive(Clone, Debug)]
pub struct Visit {
    pub lang: Lang,
    pub large_type: bool,
    pub actor: Option<Actor>,
    /// The session's token, when signed in.
    pub token: Option<String>,
    pub must_change: bool,
    /// Who is signed in once a code of the second factor is given; until then nobody is.
    pub awaiting: Option<Actor>,
    /// The kinds of second factor that the account has.
    pub ways: Ways,
    /// The settings ask for a second factor that the account has not.
    pub must_enrol: bool,
    /// Others did something to the account that its owner has not read yet.
    pub has_notices: bool,
    /// Messages that were not read yet.
    pub unread: i64,
    /// Whom to ask for help.
    pub contact: Contact,
    /// The cookie of accounts that signed in here before.
    pub known: String,
    /// What the browser keeps of a way to the identity provider.
    pub attempt: String,
    /// The token that forms carry, derived from the session's or the anonymous visit's.
    pub csrf: String,
    pub path: String,
    /// Path and query.
    pub address: String,
    pub notice: Option<String>,
    /// The page of ours whose form was sent; none where nothing was sent.
    pub form: Option<String>,
    /// The network the request came from, for counting wrong guesses.
    pub network: String,
    /// Program and system of the browser, for the list of sessions.
    pub device: String,
    /// Scheme and host as the visitor wrote them, for addresses on paper: `https://jianjia.example`.
    pub origin: String,
    /// What was sent with a form, once it is read: nobody types it twice for a database that is away.
    pub typed: OnceLock<Typed>,
    /// The token of an anonymous visit that has no cookie yet: the answer sets it.
    fresh_visit: Option<String>,
}

impl Visit {
    /// What is known without the session.
    fn anonymous(app: &App, serving: Serving, request: &Request, cookies: &Cookies) -> Visit {
        let headers = request.headers();
        let path = request.uri().path().to_owned();
        // Machines get no form either.
        let is_nameless = is_nameless(&path) || is_of_machines(&path);
        let visit = cookies.token("visit").filter(|_| !is_nameless);
        let fresh_visit = (visit.is_none() && !is_nameless).then(|| sessions::random_token(app));
        // Forms of people without a name carry none.
        let csrf = match visit.or(fresh_visit.as_deref()) {
            Some(token) => csrf::token_of(token),
            None => String::new(),
        };
        let cookie_of_named = |name: &str| {
            let cookie = cookies.get(name).filter(|_| !is_nameless);
            cookie.map(str::to_owned)
        };
        Visit {
            lang: match cookies.get("lang") {
                Some("en") => Lang::En,
                _ => Lang::Zh,
            },
            large_type: cookies.get("type") == Some("large"),
            actor: None,
            token: None,
            must_change: false,
            awaiting: None,
            ways: Ways::default(),
            must_enrol: false,
            has_notices: false,
            unread: 0,
            contact: Contact::default(),
            known: cookie_of_named("known").unwrap_or_default(),
            attempt: cookie_of_named("attempt").unwrap_or_default(),
            csrf,
            path,
            address: request
                .uri()
                .path_and_query()
                .map_or("/", |address| address.as_str())
                .to_owned(),
            notice: cookie_of_named("notice"),
            form: (request.method() == Method::POST)
                .then(|| came_from(headers))
                .flatten(),
            typed: OnceLock::new(),
            network: network(serving, request),
            device: headers
                .get(header::USER_AGENT)
                .and_then(|agent| agent.to_str().ok())
                .map_or_else(String::new, |agent| Device::of_agent(agent).to_string()),
            origin: origin::origin(serving, headers),
            fresh_visit,
        }
    }

    /// Lets forms carry the token of a session in place of the anonymous visit's.
    pub(crate) fn bind_forms_to(&mut self, session: &str) {
        self.csrf = csrf::token_of(session);
        self.fresh_visit = None;
    }
}

/// The visit of a request, as the middleware left it.
pub fn of(extensions: &Extensions) -> Option<Arc<Visit>> {
    extensions.get::<Arc<Visit>>().cloned()
}

/// The visit itself, for handlers that need a frame only when something is refused.
pub struct Visiting(pub Arc<Visit>);

impl FromRequestParts<App> for Visiting {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Visiting, PageError> {
        let visit = of(&parts.extensions);
        Ok(Visiting(visit.context("every page is visited")?))
    }
}
