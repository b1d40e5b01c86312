//! The list of routes: every page's address, method and access. The router is made from it (`router`), and a test drives each of them as every role.

use axum::{
    handler::Handler,
    routing::{self, MethodRouter},
};
use jianjia_app::core::app::App;
use jianjia_domain::core::policy::Act;

use crate::{imprint, pages, paper};

/// Who may come to a page. The route × role test holds every page to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever is signed in; shows only what is theirs.
    SignedIn,
    /// Programs with an access token; shows only what its owner sees.
    Token,
    /// Whoever sees the unit in the address; for others it is not there.
    Seen,
    /// Whoever the policy lets do the act.
    Act(Act),
}

/// One address and method.
#[derive(Clone)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
    pub(crate) handler: MethodRouter<App>,
}

impl Route {
    pub fn get<H, T>(path: &'static str, access: Access, handler: H) -> Route
    where
        H: Handler<T, App>,
        T: 'static,
    {
        Route {
            method: "GET",
            path,
            access,
            handler: routing::get(handler),
        }
    }

    pub fn post<H, T>(path: &'static str, access: Access, handler: H) -> Route
    where
        H: Handler<T, App>,
        T: 'static,
    {
        Route {
            method: "POST",
            path,
            access,
            handler: routing::post(handler),
        }
    }
}

/// Every page, noun by noun.
pub fn all() -> Vec<Route> {
    [
        pages::round::calendar::routes(),
        pages::round::how_it_works::routes(),
        pages::core::standard::routes(),
        pages::core::audit::routes(),
        pages::core::health::routes(),
        pages::core::job::routes(),
        pages::exchange::api::routes(),
        pages::core::api::routes(),
        pages::honour::api::routes(),
        pages::register::api::routes(),
        pages::round::api::routes(),
        pages::office::sign_in::routes(),
        pages::office::provider::routes(),
        pages::office::reset::routes(),
        pages::office::factor::routes(),
        pages::office::session::routes(),
        pages::office::token::routes(),
        pages::office::settings::routes(),
        pages::office::desk::routes(),
        pages::office::search::routes(),
        pages::office::message::routes(),
        pages::office::risk::routes(),
        pages::office::post::routes(),
        pages::office::letter::routes(),
        pages::honour::unit::routes(),
        pages::register::unit::routes(),
        pages::register::person::routes(),
        pages::exchange::import::routes(),
        pages::exchange::export::routes(),
        pages::exchange::verification::routes(),
        pages::exchange::archive::routes(),
        pages::office::account::routes(),
        pages::office::invitation::routes(),
        pages::round::round::routes(),
        pages::round::application::routes(),
        pages::round::posting::routes(),
        pages::round::review::routes(),
        pages::round::recommendation::routes(),
        pages::round::quota::routes(),
        pages::round::home::routes(),
        pages::round::tour::routes(),
        pages::year::sheet::routes(),
        pages::year::activity::routes(),
        pages::year::evidence::routes(),
        pages::rating::result::routes(),
        pages::rating::improvement::routes(),
        pages::rating::poll::routes(),
        pages::rating::slip::routes(),
        pages::rating::count::routes(),
        pages::rating::ballot::routes(),
        pages::honour::honour::routes(),
        pages::honour::certificate::routes(),
        pages::round::veto::routes(),
        pages::round::department::routes(),
        pages::round::entry::routes(),
        pages::round::publication::routes(),
        pages::round::objection::routes(),
        pages::round::naming::routes(),
        pages::check::public::routes(),
        pages::check::spot_check::routes(),
        pages::check::inspector::routes(),
        pages::check::visit::routes(),
        pages::check::report::routes(),
        pages::check::renewal::routes(),
        pages::money::priority::routes(),
        pages::insight::xray::routes(),
        pages::amending::what_if::routes(),
        pages::money::overview::routes(),
        pages::money::entry::routes(),
        pages::money::grant::routes(),
        pages::money::payment::routes(),
        pages::money::unit::routes(),
        pages::money::spending::routes(),
        pages::money::books::routes(),
        pages::honour::target::routes(),
        pages::money::subsidy::routes(),
        pages::sharing::case::routes(),
        pages::sharing::topic::routes(),
        pages::sharing::meeting::routes(),
        pages::insight::dashboard::routes(),
        pages::insight::holding_back::routes(),
        pages::insight::lacking::routes(),
        pages::insight::change::routes(),
        pages::amending::amendment::routes(),
        pages::amending::edition::routes(),
        paper::routes(),
        imprint::routes(),
    ]
    .concat()
}
