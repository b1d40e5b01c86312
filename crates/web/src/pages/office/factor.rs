//! The own second factor: turned on with a telephone or a passkey, the recovery codes, turned off.

pub mod code;
pub mod passkey;
pub mod proof;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    office::factor::{self as factors, Offer, Standing},
};
use jianjia_domain::core::policy::Actor;
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::office::factor::passkey::AddForm,
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
    [own, passkey::routes(), code::routes(), proof::routes()].concat()
}

#[derive(Template)]
#[template(path = "office/factor/show.html")]
struct Own {
    frame: Frame,
    problems: Problems,
    standing: Standing,
    adding: AddForm,
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
    /// There are passkeys, which stand for the password; so does a session that began at the identity provider just now.
    asks_password: bool,
    /// A passkey instead; none where there are some.
    adding: Option<AddForm>,
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

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Shown {
    /// `telephone`: to turn its codes on beside a passkey.
    add: String,
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Visiting(visit): Visiting,
    frame: Frame,
    Query(shown): Query<Shown>,
) -> PageResult {
    let adding = AddForm::new(&app, &visit, &frame).await?;
    match factors::standing(&app, &actor).await? {
        Some(standing) if standing.telephone_since.is_some() || shown.add != "telephone" => {
            page(&Own {
                frame,
                problems: Problems::none(),
                standing,
                adding,
            })
        }
        _ => {
            let offered = offered(&app, &actor, frame, &visit, "", adding).await?;
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
    adding: AddForm,
) -> Result<OfferPage, PageError> {
    Ok(OfferPage {
        asks_password: adding.asks_password,
        adding: (!visit.ways.passkeys).then_some(adding),
        frame,
        problems: Problems::none(),
        offer: factors::offer(app, actor, carried)?,
        login: factors::login_of(app, actor).await?,
        must_enrol: visit.must_enrol,
    })
}

/// The page again, with what is wrong with a passkey that was to be added, or removed.
///
/// # Errors
/// When it can't be read.
pub(crate) async fn refused(
    app: &App,
    actor: &Actor,
    frame: Frame,
    visit: &Visit,
    adding: AddForm,
    problems: Problems,
) -> PageResult {
    match factors::standing(app, actor).await? {
        Some(standing) => unprocessable(&Own {
            frame,
            problems,
            standing,
            adding,
        }),
        None => {
            let again = offered(app, actor, frame, visit, "", adding).await?;
            unprocessable(&OfferPage { problems, ..again })
        }
    }
}

/// What follows a way that was added: the recovery codes, of the first one.
///
/// # Errors
/// When the account can't be read.
pub(crate) async fn added(
    app: &App,
    actor: &Actor,
    frame: Frame,
    codes: Option<Vec<String>>,
    notice: &'static str,
) -> PageResult {
    match codes {
        Some(codes) => page(&Codes {
            login: factors::login_of(app, actor).await?,
            frame,
            codes,
        }),
        None => see_other_with(FACTOR, notice),
    }
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
        Ok(codes) => added(&app, &actor, frame, codes, "手机验证码已经启用").await,
        Err(problems) => {
            let adding = AddForm::new(&app, &visit, &frame).await?;
            match factors::standing(&app, &actor).await? {
                Some(standing) if standing.telephone_since.is_some() => unprocessable(&Own {
                    frame,
                    problems,
                    standing,
                    adding,
                }),
                _ => {
                    let again = offered(&app, &actor, frame, &visit, &typed.sealed, adding).await?;
                    unprocessable(&OfferPage { problems, ..again })
                }
            }
        }
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
    Visiting(visit): Visiting,
    frame: Frame,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let ended = factors::end(&app, &actor).await;
    match (told(ended, &frame)?, factors::standing(&app, &actor).await?) {
        (Err(problems), Some(standing)) => {
            let adding = AddForm::new(&app, &visit, &frame).await?;
            unprocessable(&Own {
                frame,
                problems,
                standing,
                adding,
            })
        }
        (Err(_), None) => see_other_with(FACTOR, "两步验证没有启用"),
        (Ok(()), Some(_)) => see_other_with(FACTOR, "手机验证码已经停用"),
        (Ok(()), None) => see_other_with(FACTOR, "两步验证已经停用"),
    }
}
