//! The second factor anew, before what asks for it. The form that was refused is carried along: with the right code the browser sends it to where
//! it was going (307), so that nothing is typed twice.

use askama::Template;
use axum::{
    extract::{FromRequest, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use jianjia_app::{
    core::{app::App, error::Error},
    office::{
        factor as factors,
        passkey::{self as passkeys, relying::Here},
    },
};
use jianjia_domain::office::factor::{FactorRefusal, Ways};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, is_upload, told, upload::Upload},
    frame::Frame,
    page::{PageError, PageResult, json, see_other, unprocessable},
    routes::{Access, Route},
    session::{SignedIn, Token},
    visit::{FACTOR_CODE, FACTOR_PASSKEY, Typed, Visit, Visiting, is_ours, percent_encoded},
};

const PROOF: &str = "/accounts/factor/proof";

/// What the passkey of whoever gives no code is asked.
const QUESTION: &str = "/accounts/factor/proof/passkey";

pub fn routes() -> Vec<Route> {
    vec![
        Route::post(PROOF, Access::SignedIn, give),
        Route::post(QUESTION, Access::SignedIn, question),
    ]
}

/// Asks for a code or a passkey and carries what was sent.
#[derive(Template)]
#[template(path = "office/factor/proof.html")]
pub struct ProofPage {
    frame: Frame,
    problems: Problems,
    /// Where the form was going.
    to: String,
    typed: Typed,
    /// The page that it stood on.
    form: Option<String>,
    ways: Ways,
    here: Here,
    question: &'static str,
}

impl ProofPage {
    pub fn new(
        app: &App,
        frame: Frame,
        visit: &Visit,
        to: String,
        problems: Problems,
    ) -> ProofPage {
        ProofPage {
            ways: visit.ways,
            here: passkeys::relying::here(app, &visit.origin),
            question: QUESTION,
            frame,
            problems,
            to,
            typed: visit.typed.get().cloned().unwrap_or_default(),
            form: visit.form.clone(),
        }
    }

    fn action(&self) -> String {
        format!("{PROOF}?to={}", percent_encoded(&self.to))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    to: String,
}

/// The fields of a form of either kind.
struct Sent(Vec<(String, String)>);

impl FromRequest<App> for Sent {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Sent, PageError> {
        if is_upload(request.headers()) {
            return Ok(Sent(Upload::from_request(request, app).await?.fields));
        }
        let Form(fields) = Form::from_request(request, app).await?;
        Ok(Sent(fields))
    }
}

async fn give(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Token(token): Token,
    Visiting(visit): Visiting,
    frame: Frame,
    Query(asked): Query<Asked>,
    Sent(fields): Sent,
) -> PageResult {
    if !is_ours(&asked.to) {
        return Err(PageError::NotFound);
    }
    let sent = |wanted: &str| {
        let field = fields.iter().find(|(name, _)| name == wanted);
        field.map_or("", |(_, value)| value.as_str())
    };
    let given = match sent(FACTOR_PASSKEY) {
        "" => factors::give(&app, &actor, &token, sent(FACTOR_CODE)).await,
        answer => passkeys::give(&app, &actor, &token, answer).await,
    };
    if let Err(Error::Refused(refusal)) = &given
        && refusal.of() == Some(&FactorRefusal::HasNone)
    {
        // It was taken off meanwhile.
        return see_other("/desk");
    }
    match told(given, &frame)? {
        Ok(()) => {
            let to = HeaderValue::from_str(&asked.to).map_err(anyhow::Error::from)?;
            Ok((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response())
        }
        Err(problems) => {
            let problems = problems.renamed("code", FACTOR_CODE);
            unprocessable(&ProofPage::new(&app, frame, &visit, asked.to, problems))
        }
    }
}

async fn question(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Token(token): Token,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    json(passkeys::question(&app, &actor, &token).await?)
}
