//! The own second factor: turned on with a telephone, the recovery codes, turned off.

pub mod code;
pub mod proof;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    office::{
        factor::{self as factors, Offer, Standing},
        provider as providers,
    },
};
use jianjia_domain::core::policy::Actor;
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    qr,
    routes::{Access, Route},
    session::{FACTOR, SignedIn, Token},
    visit::{Visit, Visiting, percent_encoded},
};

pub fn routes() -> Vec<Route> {
    let own = vec![
        Route::get(FACTOR, Access::SignedIn, show),
        Route::post(FACTOR, Access::SignedIn, begin),
        Route::post("/accounts/factor/recovery", Access::SignedIn, renew),
        Route::post("/accounts/factor/removal", Access::SignedIn, end),
    ];
    [own, code::routes(), proof::routes()].concat()
}

#[derive(Template)]
#[template(path = "office/factor/show.html")]
struct Own {
    frame: Frame,
    problems: Problems,
    standing: Standing,
}

#[derive(Template)]
#[template(path = "office/factor/offer.html")]
struct OfferPage {
    frame: Frame,
    problems: Problems,
    offer: Offer,
    login: String,
    /// It comes before anything else.
    must_enrol: bool,
    /// A session that began at the identity provider just now stands for the password.
    asks_password: bool,
}

impl OfferPage {
    /// What the telephone scans.
    fn address(&self) -> String {
        let issuer = percent_encoded("建家");
        format!(
            "otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}",
            percent_encoded(&self.login),
            self.offer.secret
        )
    }

    fn qr(&self) -> String {
        qr::svg(&self.address())
    }

    /// The secret in groups of four, for typing.
    fn groups(&self) -> String {
        let letters: Vec<char> = self.offer.secret.chars().collect();
        let groups = letters.chunks(4).map(|group| group.iter().collect());
        groups.collect::<Vec<String>>().join(" ")
    }
}

/// The recovery codes: they stand in this answer only.
#[derive(Template)]
#[template(path = "office/factor/codes.html")]
struct Codes {
    frame: Frame,
    login: String,
    codes: Vec<String>,
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Visiting(visit): Visiting,
    frame: Frame,
) -> PageResult {
    match factors::standing(&app, &actor).await? {
        Some(standing) => page(&Own {
            frame,
            problems: Problems::none(),
            standing,
        }),
        None => {
            let offered = offered(&app, &actor, frame, &visit, "").await?;
            page(&offered)
        }
    }
}

async fn offered(
    app: &App,
    actor: &Actor,
    frame: Frame,
    visit: &Visit,
    carried: &str,
) -> Result<OfferPage, crate::page::PageError> {
    let token = visit.token.as_deref().unwrap_or_default();
    Ok(OfferPage {
        asks_password: !providers::is_fresh(app, token).await?,
        frame,
        problems: Problems::none(),
        offer: factors::offer(app, actor, carried)?,
        login: factors::login_of(app, actor).await?,
        must_enrol: visit.must_enrol,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Confirming {
    sealed: String,
    code: String,
    password: String,
}

async fn begin(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Token(token): Token,
    Visiting(visit): Visiting,
    frame: Frame,
    Form(typed): Form<Confirming>,
) -> PageResult {
    let (sealed, code) = (&typed.sealed, &typed.code);
    let begun = factors::begin(&app, &actor, &token, sealed, code, &typed.password).await;
    match told(begun, &frame)? {
        Ok(codes) => page(&Codes {
            login: factors::login_of(&app, &actor).await?,
            frame,
            codes,
        }),
        Err(problems) => match factors::standing(&app, &actor).await? {
            Some(standing) => unprocessable(&Own {
                frame,
                problems,
                standing,
            }),
            None => {
                let again = offered(&app, &actor, frame, &visit, &typed.sealed).await?;
                unprocessable(&OfferPage { problems, ..again })
            }
        },
    }
}

async fn renew(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let codes = factors::renew_recovery_codes(&app, &actor).await?;
    page(&Codes {
        login: factors::login_of(&app, &actor).await?,
        frame,
        codes,
    })
}

async fn end(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let ended = factors::end(&app, &actor).await;
    match (told(ended, &frame)?, factors::standing(&app, &actor).await?) {
        (Err(problems), Some(standing)) => unprocessable(&Own {
            frame,
            problems,
            standing,
        }),
        (Err(_), None) => see_other_with(FACTOR, "两步验证没有启用"),
        (Ok(()), _) => see_other_with(FACTOR, "两步验证已经停用"),
    }
}
