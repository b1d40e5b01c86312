//! The keys that sign certificates, for the administrators of the city.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    honour::certificate::{KEYS, key as keys},
};
use jianjia_domain::{
    core::policy::{Act, Actor},
    honour::certificate::CertificateKey,
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::honour::address,
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

const MANAGE: Access = Access::Act(Act::ManageCertificateKeys);

pub fn routes() -> Vec<Route> {
    let of_one = "/accounts/certificate-keys/{key}/compromise";
    vec![
        Route::get(address::CERTIFICATE_KEYS, MANAGE, index),
        Route::post(address::CERTIFICATE_KEYS, MANAGE, make),
        Route::get(of_one, MANAGE, compromise),
        Route::post(of_one, MANAGE, distrust),
    ]
}

#[derive(Template)]
#[template(path = "honour/certificate/keys.html")]
struct Index {
    frame: Frame,
    problems: Problems,
    keys: Vec<CertificateKey>,
}

impl Index {
    /// The key that signs; empty before the first.
    fn signing(&self) -> &str {
        let signing = self.keys.iter().find(|key| key.signs());
        signing.map_or("", |key| key.id.as_str())
    }

    fn public_address(&self) -> &'static str {
        KEYS
    }
}

/// What the form that makes a key brings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct MakeForm {
    seen: String,
}

async fn index(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    let keys = keys::overview(&app, &actor).await?;
    let problems = Problems::none();
    page(&Index {
        frame,
        problems,
        keys,
    })
}

async fn make(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<MakeForm>,
) -> PageResult {
    let made = keys::make(&app, &actor, &form.seen).await;
    match told(made, &frame)? {
        Ok(_) => see_other_with(
            address::CERTIFICATE_KEYS,
            "新密钥已启用，从现在起的证书都用它签名；以前的证书照样能核实。",
        ),
        Err(problems) => unprocessable(&Index {
            keys: keys::overview(&app, &actor).await?,
            frame,
            problems,
        }),
    }
}

#[derive(Template)]
#[template(path = "honour/certificate/compromise.html")]
struct Distrust {
    frame: Frame,
    problems: Problems,
    key: CertificateKey,
    form: DistrustForm,
}

/// What the form that declares a key compromised brings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct DistrustForm {
    reason: String,
}

async fn compromise(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> PageResult {
    page(&Distrust {
        key: found(&app, &actor, &id).await?,
        frame,
        problems: Problems::none(),
        form: DistrustForm::default(),
    })
}

async fn distrust(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(form): Form<DistrustForm>,
) -> PageResult {
    let done = keys::distrust(&app, &actor, &id, &form.reason).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(
            address::CERTIFICATE_KEYS,
            "已声明泄露：用这把密钥签的证书从现在起都显示为不再可信。请重新打印、换发。",
        ),
        Err(problems) => unprocessable(&Distrust {
            key: found(&app, &actor, &id).await?,
            frame,
            problems,
            form,
        }),
    }
}

async fn found(app: &App, actor: &Actor, id: &str) -> Result<CertificateKey, PageError> {
    let keys = keys::overview(app, actor).await?;
    let key = keys.into_iter().find(|key| key.id == id);
    key.ok_or(PageError::NotFound)
}
