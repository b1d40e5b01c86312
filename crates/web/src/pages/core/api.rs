//! The JSON door, version 1: the standard as data, and judging without a database. Shapes are those of the command line.

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jianjia_app::core::app::App;
use jianjia_domain::core::day;
use jianjia_standard::{Lang, Text, judge::judge, subject_line};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::routes::{Access, Route};

/// This area's part of the description, and what the whole is called.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Jianjia 建家",
        description = "A workers' home programme as data: the standard, judging, the public honour roll."
    ),
    paths(standard, judgement)
)]
pub struct Description;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/standard", Access::Public, standard),
        Route::post("/api/v1/judgements", Access::Public, judgement),
    ]
}

/// A text in both languages.
#[derive(Serialize, ToSchema)]
pub struct BothWords {
    zh: String,
    en: String,
}

impl BothWords {
    pub fn of(zh: &str, en: &str) -> BothWords {
        BothWords {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// The standard in force.
#[derive(Serialize, ToSchema)]
struct StandardOut {
    key: String,
    /// Content hash; judgements are kept with it.
    version: String,
    name: BothWords,
    document_number: String,
    titles: Vec<TitleOut>,
    criteria: Vec<CriterionOut>,
}

#[derive(Serialize, ToSchema)]
struct TitleOut {
    key: String,
    name: BothWords,
    ladder: String,
    tier: String,
    /// The title it builds on.
    below: Option<String>,
    /// Who can hold it, as `kind` in a judged line.
    kinds: Vec<&'static str>,
    /// Clause ids, in the order of the source.
    criteria: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct CriterionOut {
    clause: String,
    source: String,
    name: BothWords,
    text: BothWords,
}

/// The standard: titles and criteria, clause by clause.
#[utoipa::path(get, path = "/api/v1/standard", responses((status = 200, body = StandardOut)))]
async fn standard(State(app): State<App>) -> Json<StandardOut> {
    let standard = app.in_force();
    Json(StandardOut {
        key: standard.key.clone(),
        version: standard.version.clone(),
        name: both(&standard.programme.name),
        document_number: standard.programme.document_number.clone(),
        titles: standard
            .titles
            .iter()
            .map(|title| TitleOut {
                key: title.key.clone(),
                name: both(&title.name),
                ladder: title.ladder.clone(),
                tier: title.tier.clone(),
                below: title.below.clone(),
                kinds: title.kinds.iter().map(|kind| kind.key()).collect(),
                criteria: title
                    .criteria
                    .iter()
                    .map(|asked| asked.clause.clone())
                    .collect(),
            })
            .collect(),
        criteria: standard
            .criteria
            .iter()
            .map(|criterion| CriterionOut {
                clause: criterion.clause.clone(),
                source: criterion.source.clone(),
                name: both(&criterion.name),
                text: both(&criterion.text),
            })
            .collect(),
    })
}

#[derive(Deserialize, utoipa::IntoParams)]
struct JudgementAsked {
    /// The day to judge on, `2016-10-15`; today when left out.
    as_of: Option<String>,
}

/// Why something could not be answered.
#[derive(Serialize, ToSchema)]
pub struct Wrong {
    /// What is wrong, each naming the key.
    errors: Vec<BothWords>,
}

/// Judges one subject: a line in and a line out, as `jianjia judge`. Nothing is kept.
#[utoipa::path(
    post,
    path = "/api/v1/judgements",
    params(JudgementAsked),
    request_body(content = serde_json::Value, description = "One subject, as a line of `jianjia judge`"),
    responses((status = 200, body = serde_json::Value, description = "The judgement, as a line of `jianjia judge`"), (status = 422, body = Wrong))
)]
async fn judgement(
    State(app): State<App>,
    Query(asked): Query<JudgementAsked>,
    line: String,
) -> Response {
    let as_of = match asked.as_of.map(|text| text.parse()) {
        None => day::day_of(app.now()),
        Some(Ok(day)) => day,
        Some(Err(_)) => {
            return unreadable(vec![BothWords::of(
                "as_of 应是一个日期，例如 2016-10-15。",
                "as_of must be a day like 2016-10-15.",
            )]);
        }
    };
    match subject_line::read(app.standards.of(as_of.year()), as_of, &line) {
        Ok(subject) => Json(judge(app.standards.of(as_of.year()), &subject, as_of)).into_response(),
        Err(errors) => unreadable(
            errors
                .iter()
                .map(|error| BothWords::of(&error.sentence(Lang::Zh), &error.sentence(Lang::En)))
                .collect(),
        ),
    }
}

fn unreadable(errors: Vec<BothWords>) -> Response {
    wrong(StatusCode::UNPROCESSABLE_ENTITY, errors)
}

/// Says why something could not be answered.
pub fn wrong(status: StatusCode, errors: Vec<BothWords>) -> Response {
    (status, Json(Wrong { errors })).into_response()
}

/// Asks a program for an access token.
pub fn unauthorized() -> Response {
    let sentence = BothWords::of(
        "请在请求头里带上有效的访问令牌：Authorization: Bearer 令牌。登录后点右上角的姓名，在“访问令牌”页生成；过期、作废，或者账号停用的，不能再用。",
        "Send a token that holds: Authorization: Bearer TOKEN. Tokens are made on the page of access tokens of the own account; one that expired or was revoked, or whose account is locked, holds no longer.",
    );
    let mut response = wrong(StatusCode::UNAUTHORIZED, vec![sentence]);
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// Says that a token holds, but not for this.
pub fn scope_missing(scope: &str) -> Response {
    let sentence = BothWords::of(
        &format!(
            "这个令牌不能查询这项数据：它没有 {scope} 范围。请本人另外生成一个带这个范围的令牌。"
        ),
        &format!(
            "This token is not for these data: it lacks the scope {scope}. Its owner makes another one with it."
        ),
    );
    let mut response = wrong(StatusCode::FORBIDDEN, vec![sentence]);
    let asked = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
    if let Ok(asked) = HeaderValue::from_str(&asked) {
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, asked);
    }
    response
}

fn both(text: &Text) -> BothWords {
    BothWords::of(&text.zh, &text.en)
}
