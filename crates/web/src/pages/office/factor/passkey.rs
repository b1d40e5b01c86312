//! The own passkeys: added and removed on the page of the second factor.

use axum::extract::State;
use jianjia_app::{
    core::app::App,
    office::{
        passkey::{
            self as passkeys, Adding,
            relying::{self, Here},
        },
        provider as providers,
    },
};
use jianjia_domain::{
    core::ids::PasskeyId,
    office::{device::Device, passkey::NAME_AT_MOST},
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, told},
    frame::Frame,
    page::{PageError, PageResult, json, see_other_with},
    pages::office::{
        factor::{added, refused},
        session::device_words,
    },
    path,
    routes::{Access, Route},
    session::{FACTOR, PASSKEYS, SignedIn, Token},
    visit::{Visit, Visiting},
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::post(PASSKEYS, Access::SignedIn, add),
        Route::post("/accounts/factor/passkeys/offer", Access::SignedIn, offer),
        Route::post(
            "/accounts/factor/passkeys/removal",
            Access::SignedIn,
            remove,
        ),
    ]
}

/// The form by which a passkey is added.
#[derive(Clone, Debug)]
pub struct AddForm {
    pub here: Here,
    pub name: String,
    /// What the browser answered, so that nobody touches the device again for a password that was mistyped.
    pub answer: String,
    pub asks_password: bool,
}

impl AddForm {
    /// An empty one, with a name by which the owner knows this device.
    ///
    /// # Errors
    /// When the session can't be read.
    pub async fn new(app: &App, visit: &Visit, frame: &Frame) -> Result<AddForm, PageError> {
        let name = device_words(frame, &Device::read(&visit.device));
        let token = visit.token.as_deref().unwrap_or_default();
        Ok(AddForm {
            here: relying::here(app, &visit.origin),
            name: name.chars().take(NAME_AT_MOST).collect(),
            answer: String::new(),
            asks_password: !visit.ways.any() && !providers::is_fresh(app, token).await?,
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    passkey_name: String,
    passkey_password: String,
    passkey: String,
}

async fn add(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Token(token): Token,
    Visiting(visit): Visiting,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> PageResult {
    let adding = Adding {
        name: typed.passkey_name,
        answer: typed.passkey,
        password: typed.passkey_password,
    };
    let done = passkeys::add(&app, &actor, &token, &adding).await;
    match told(done, &frame)? {
        Ok(codes) => added(&app, &actor, frame, codes, "通行密钥已经添加").await,
        Err(problems) => {
            // Of a field: nothing was asked of the device yet.
            let is_field = problems
                .all()
                .iter()
                .any(|problem| !problem.field.is_empty());
            let form = AddForm {
                name: adding.name,
                answer: if is_field {
                    adding.answer
                } else {
                    String::new()
                },
                ..AddForm::new(&app, &visit, &frame).await?
            };
            refused(&app, &actor, frame, &visit, form, problems).await
        }
    }
}

async fn offer(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Token(token): Token,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    json(passkeys::offer(&app, &actor, &token).await?)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    passkey: String,
}

async fn remove(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Visiting(visit): Visiting,
    frame: Frame,
    Form(which): Form<Which>,
) -> PageResult {
    let id: PasskeyId = path::read(&which.passkey)?;
    match told(passkeys::remove(&app, &actor, &id).await, &frame)? {
        Ok(()) => see_other_with(FACTOR, "通行密钥已经删除"),
        Err(problems) => {
            let form = AddForm::new(&app, &visit, &frame).await?;
            refused(&app, &actor, frame, &visit, form, problems).await
        }
    }
}
