//! Forms: read, checked to come from a page of ours, and given back with what is wrong.

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use http_body_util::BodyExt;
use jianjia_app::core::{app::App, error::Error};
use jianjia_domain::{
    core::{
        identity,
        refusal::{General, Refusal},
    },
    register::credit_code,
    sharing::SharingRefusal,
};
use jianjia_standard::Lang;
use serde::de::DeserializeOwned;

use crate::{
    form::{
        csrf::Sender,
        upload::{Upload, UploadProblem},
    },
    frame::Frame,
    page::PageError,
    visit::Typed,
};

pub(crate) mod csrf;
pub mod fields;
pub mod named;
pub mod shown;
pub mod upload;

/// The most bytes of a form without files.
pub const FORM_LIMIT: usize = 1024 * 1024;

/// How much of a body that is too big is read and dropped: a browser shows no answer before it has sent all.
const DRAIN_LIMIT: usize = 256 * 1024 * 1024;

/// The fields of a form (urlencoded; repeated keys make a list). Numbers and days are best taken as `String` and read by the
/// domain, which answers with a sentence.
#[derive(Clone, Debug)]
pub struct Form<T>(pub T);

/// The fields of a form whose sender proves by a code what may be done, and is otherwise nobody: neither cookie, token nor origin is asked for,
/// since in-app browsers send none or a wrong one. Order and repeated keys are kept.
#[derive(Clone, Debug, Default)]
pub struct NamelessForm(pub Vec<(String, String)>);

impl NamelessForm {
    /// The first value of a field; empty when it is not there.
    pub fn field(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value)
    }
}

impl FromRequest<App> for NamelessForm {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<NamelessForm, PageError> {
        UnreadForm::from_request(request, app).await?.read()
    }
}

/// The body of a nameless form, not parsed yet: thousands of votes wait at the same time, and hold no more than this.
#[derive(Clone, Debug, Default)]
pub struct UnreadForm(Bytes);

impl UnreadForm {
    /// Parses the form.
    ///
    /// # Errors
    /// When it is not urlencoded or has too many fields.
    pub fn read(&self) -> Result<NamelessForm, PageError> {
        fields::read(&self.0)
            .map(NamelessForm)
            .map_err(|_| unreadable())
    }

    /// Reads a body to its end.
    ///
    /// # Errors
    /// When it breaks off or is larger than a form may be.
    pub async fn read_from(body: Body) -> Result<UnreadForm, PageError> {
        read(body).await.map(UnreadForm)
    }

    /// The same with these fields alone; names are compared as they were sent, so they must need no encoding.
    pub fn only(&self, names: &[&str]) -> UnreadForm {
        let mut kept = Vec::with_capacity(self.0.len().min(128));
        for field in self.0.split(|byte| *byte == b'&') {
            let name = field.split(|byte| *byte == b'=').next().unwrap_or_default();
            if names.iter().any(|known| known.as_bytes() == name) {
                kept.extend_from_slice(field);
                kept.push(b'&');
            }
        }
        kept.pop();
        UnreadForm(kept.into())
    }

    /// A copy, which does not keep the connection's whole read buffer in memory as the original does.
    pub fn copied(&self) -> UnreadForm {
        UnreadForm(Bytes::copy_from_slice(&self.0))
    }

    /// The form as it was sent.
    pub fn into_body(self) -> Body {
        self.0.into()
    }

    /// Names and values in their order. What is not UTF-8 is given with replacement characters.
    pub fn fields(&self) -> form_urlencoded::Parse<'_> {
        form_urlencoded::parse(&self.0)
    }
}

impl FromRequest<App> for UnreadForm {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &App) -> Result<UnreadForm, PageError> {
        UnreadForm::read_from(request.into_body()).await
    }
}

/// Whether a request brings a multipart form.
pub(crate) fn is_upload(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"))
}

/// A form that is only a button: `Form(Nothing {}): Form<Nothing>`.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub struct Nothing {}

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &App) -> Result<Form<T>, PageError> {
        let sender = Sender::of(&request);
        let bytes = read(request.into_body()).await?;
        let named: Vec<(String, String)> = fields::read(&bytes).map_err(|_| unreadable())?;
        let token = named.iter().find(|(name, _)| name == "csrf");
        sender.check(token.map(|(_, token)| token.as_str()))?;
        sender.keep(|path| Typed::form(path, &named));
        without_identity_numbers(&named)?;
        fields::read(&bytes).map(Form).map_err(|_| unreadable())
    }
}

impl FromRequest<App> for Upload {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &App) -> Result<Upload, PageError> {
        let sender = Sender::of(&request);
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.to_owned();
        let upload = upload::read(&kind, request.into_body().into_data_stream()).await;
        let upload = upload.map_err(|problem| match problem {
            UploadProblem::Unreadable => unreadable(),
            UploadProblem::BrokenOff => broken_off(),
            UploadProblem::TooBig => too_big_file(),
            UploadProblem::Busy => too_many_uploads(),
        })?;
        sender.check(Some(upload.field("csrf")))?;
        sender.keep(|path| Typed::upload(path, &upload));
        without_identity_numbers(&upload.fields)?;
        Ok(upload)
    }
}

/// What is wrong with a form, for its summary and its fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problems {
    problems: Vec<Problem>,
    /// None of it can be put right in the form.
    is_beyond: bool,
}

/// One sentence; `field` is empty when it is about the whole form.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub field: String,
    pub sentence: String,
    /// Which of several fields of a kind it is, for the summary; empty where the sentence says it.
    pub about: String,
}

impl Problems {
    pub fn none() -> Problems {
        Problems::default()
    }

    pub fn new(refusal: &Refusal, lang: Lang) -> Problems {
        let problem = |field: &str, refusal: &Refusal| Problem {
            field: field.to_owned(),
            sentence: refusal.sentence(lang),
            about: String::new(),
        };
        let problems = match refusal {
            Refusal::Fields(fields) => fields
                .iter()
                .map(|(field, refusal)| problem(field, refusal))
                .collect(),
            whole => vec![problem("", whole)],
        };
        Problems {
            problems,
            is_beyond: !refusal.can_be_corrected(),
        }
    }

    /// What the summary is headed by.
    pub fn heading(&self) -> &'static str {
        if self.is_beyond {
            "这件事现在不能办"
        } else {
            "未能提交，请改正以下内容"
        }
    }

    pub fn all(&self) -> &[Problem] {
        &self.problems
    }

    /// The first problem of a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.problems
            .iter()
            .find(|problem| problem.field == field)
            .map(|problem| problem.sentence.as_str())
    }

    /// The same with a field called otherwise, where a page holds several forms of a kind.
    pub fn renamed(mut self, from: &str, to: &str) -> Problems {
        for problem in &mut self.problems {
            if problem.field == from {
                to.clone_into(&mut problem.field);
            }
        }
        self
    }

    /// The same, where the summary names which of several fields of a kind each is about.
    pub fn about(mut self, name: impl Fn(&str) -> Option<String>) -> Problems {
        for problem in &mut self.problems {
            problem.about = name(&problem.field).unwrap_or_default();
        }
        self
    }

    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// These and others.
    pub fn and(mut self, others: Problems) -> Problems {
        self.is_beyond = [&self, &others]
            .iter()
            .all(|some| some.is_empty() || some.is_beyond);
        self.problems.extend(others.problems);
        self
    }
}

/// Sorts an act's answer: done, or refused with problems to show in the form; anything else is an error page.
///
/// A page's handler goes to where the answer is shown (`see_other_with`), or answers with the form and its problems (`unprocessable`).
///
/// # Errors
/// When the unit is not found, the role or the act is another's, or the program failed.
pub fn told<T>(result: Result<T, Error>, frame: &Frame) -> Result<Result<T, Problems>, PageError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Error::Refused(refusal))
            if matches!(
                refusal.of(),
                Some(General::NotYourRole { .. } | General::ProofAsked)
            ) || matches!(refusal.of(), Some(SharingRefusal::NotYours { .. })) =>
        {
            Err(PageError::Refused(refusal))
        }
        Err(Error::Refused(refusal)) => Ok(Err(Problems::new(&refusal, frame.lang))),
        Err(error) => Err(error.into()),
    }
}

async fn read(mut body: Body) -> Result<Bytes, PageError> {
    let mut bytes = Vec::new();
    let mut read = 0;
    while let Some(frame) = body.frame().await {
        let Ok(chunk) = frame.map_err(|_| broken_off())?.into_data() else {
            continue;
        };
        // Most forms come in one piece.
        if read == 0 && body.is_end_stream() && chunk.len() <= FORM_LIMIT {
            return Ok(chunk);
        }
        read += chunk.len();
        if read <= FORM_LIMIT {
            bytes.extend_from_slice(&chunk);
        } else if read > DRAIN_LIMIT {
            break;
        }
    }
    if read > FORM_LIMIT {
        return Err(PageError::Told {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            title: "内容太多",
            sentence: "一张表单最多 1 MB，这次没有保存。请把内容写短一些，图片和文件请用上传。",
        });
    }
    Ok(bytes.into())
}

/// No form keeps a person's identity number, whichever field it was typed into. Fields of codes answer themselves: what was typed into one is named
/// there as what it is.
fn without_identity_numbers(fields: &[(String, String)]) -> Result<(), PageError> {
    let holds_one = |(name, value): &(String, String)| {
        !name.contains("password")
            && !name.ends_with("code")
            && identity::stands_in(value)
            && credit_code::read(value).is_err()
    };
    if fields.iter().any(holds_one) {
        return Err(PageError::Told {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            title: "内容里有身份证号码",
            sentence: "您填的内容里有居民身份证号码。为保护个人信息，本平台不保存身份证号码，这次没有保存。请返回上一页，删去号码后再提交，其他内容还在。",
        });
    }
    Ok(())
}

fn unreadable() -> PageError {
    PageError::Told {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: "这张表单看不懂",
        sentence: "表单的内容不完整，没有保存。请返回上一页，刷新后再填一次。",
    }
}

fn broken_off() -> PageError {
    PageError::Told {
        status: StatusCode::BAD_REQUEST,
        title: "上传中断",
        sentence: "文件没有传完，网络就断了，没有保存。请返回上一页再传一次。",
    }
}

fn too_big_file() -> PageError {
    PageError::Told {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        title: "文件太大",
        sentence: "发来的内容太大，没有读完，这次没有保存。一个文件最多 20 MB，一次一共最多 64 MB：照片请缩小后再传，扫描件请用黑白或较低的清晰度。",
    }
}

fn too_many_uploads() -> PageError {
    PageError::Told {
        status: StatusCode::SERVICE_UNAVAILABLE,
        title: "上传的人太多",
        sentence: "现在同时上传的文件太多，这次没有保存。请过一分钟再上传一次。",
    }
}
