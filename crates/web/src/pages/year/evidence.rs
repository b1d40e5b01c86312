//! Evidence: the unit's list, uploading, using a piece for a fact or an activity, and handing it out.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jianjia_app::{
    core::{app::App, error::Error},
    year::evidence::{self, EvidenceList, File, UseInWords},
};
use jianjia_domain::{
    core::{
        ids::{EvidenceId, UnitId},
        policy::Act,
        refusal::Refusal,
    },
    year::evidence::{Evidence, EvidenceRefusal, EvidenceUse, MediaType, Target, plain_name},
};
use serde::Deserialize;

use crate::{
    form::{
        Form, Nothing, Problems, told,
        upload::{FILES_LIMIT, FilesProblem, Upload},
    },
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::year::address,
    path::{self, Path},
    router::FRAMED_BY_OURS,
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

mod export;
mod small;
mod uses;

pub fn routes() -> Vec<Route> {
    let attach = Access::Act(Act::AttachEvidence);
    vec![
        Route::get("/units/{id}/evidence", Access::Seen, list),
        Route::get("/units/{id}/evidence/export", Access::Seen, export::export),
        Route::post("/units/{id}/evidence", attach, upload),
        Route::post("/units/{id}/evidence/use", attach, use_for),
        Route::post("/units/{id}/evidence/release", attach, release),
        Route::post("/units/{id}/evidence/{evidence}/removal", attach, remove),
        Route::get("/units/{id}/evidence/{evidence}/uses", attach, uses::show),
        Route::post("/units/{id}/evidence/{evidence}/uses", attach, uses::set),
        Route::get("/evidence/{evidence}", Access::SignedIn, open),
        Route::get("/evidence/{evidence}/small", Access::SignedIn, small::open),
    ]
}

/// What the files can be, for the browser's dialogue.
pub const ACCEPT: &str = ".jpg,.jpeg,.png,.pdf,.docx,.xlsx,.pptx";

/// `?for=fact:own_account&year=2016`: what a piece is wanted for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    #[serde(rename = "for")]
    target: String,
    year: String,
}

impl Wanted {
    fn read(&self) -> Result<Option<(i16, Target)>, PageError> {
        if self.target.is_empty() {
            return Ok(None);
        }
        let target = Target::read(&self.target).ok_or(PageError::NotFound)?;
        Ok(Some((path::read(&self.year)?, target)))
    }

    /// The list again, still asking for what is wanted.
    fn address(&self, unit: &UnitId) -> Result<String, PageError> {
        Ok(match self.read()? {
            None => address::evidence(unit),
            Some((year, target)) => address::evidence_for(unit, &target, year),
        })
    }
}

#[derive(Template)]
#[template(path = "year/evidence/list.html")]
struct List {
    frame: Frame,
    unit: jianjia_domain::core::place::UnitPlace,
    rows: Vec<Row>,
    may_attach: bool,
    wanted: Wanted,
    /// What a piece is wanted for, in words, and the way back to it.
    purpose: Option<(String, String)>,
    problems: Problems,
}

struct Row {
    id: String,
    name: String,
    is_image: bool,
    kind: &'static str,
    size: String,
    by: String,
    at: String,
    uses: Vec<String>,
    /// Whether it already serves what is wanted.
    serves: bool,
}

async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(wanted): Query<Wanted>,
) -> PageResult {
    let found = evidence::list(&app, &actor, &id).await?;
    page(&list_page(&app, frame, found, wanted, Problems::none())?)
}

async fn upload(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(unit): Path<UnitId>,
    upload: Upload,
) -> PageResult {
    let wanted = Wanted {
        target: upload.field("for").to_owned(),
        year: upload.field("year").to_owned(),
    };
    let purpose = wanted.read()?;
    let done = match files_of(&upload) {
        Ok(files) => evidence::upload(&app, &actor, &unit, files, purpose).await,
        Err(dropped) => Err(dropped),
    };
    match told(done, &frame)? {
        Ok(_) => see_other_with(&wanted.address(&unit)?, "已上传。"),
        Err(problems) => {
            let found = evidence::list(&app, &actor, &unit).await?;
            unprocessable(&list_page(&app, frame, found, wanted, problems)?)
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Use {
    evidence: String,
    #[serde(rename = "for")]
    target: String,
    year: String,
}

impl Use {
    fn read(&self) -> Result<(Wanted, EvidenceUse), PageError> {
        let wanted = Wanted {
            target: self.target.clone(),
            year: self.year.clone(),
        };
        let (year, target) = wanted.read()?.ok_or(PageError::NotFound)?;
        let used = EvidenceUse {
            evidence: path::read(&self.evidence)?,
            year,
            target,
        };
        Ok((wanted, used))
    }
}

async fn use_for(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(unit): Path<UnitId>,
    Form(form): Form<Use>,
) -> PageResult {
    let (wanted, used) = form.read()?;
    evidence::attach(&app, &actor, &unit, &used).await?;
    see_other_with(&wanted.address(&unit)?, "已用上这份材料。")
}

async fn release(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(unit): Path<UnitId>,
    Form(form): Form<Use>,
) -> PageResult {
    let (wanted, used) = form.read()?;
    evidence::detach(&app, &actor, &unit, &used).await?;
    see_other_with(&wanted.address(&unit)?, "已取下，文件还在材料里。")
}

async fn remove(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, evidence)): Path<(UnitId, EvidenceId)>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let done = evidence::remove(&app, &actor, &unit, &evidence).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::evidence(&unit), "已从材料里删除。"),
        Err(problems) => {
            let found = evidence::list(&app, &actor, &unit).await?;
            unprocessable(&list_page(&app, frame, found, Wanted::default(), problems)?)
        }
    }
}

/// `?show=1`: in a frame of one of our pages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Opened {
    show: String,
}

/// The file itself: photos open in the browser, PDF in a frame of a page that asks for it, the rest is saved.
async fn open(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<EvidenceId>,
    Query(opened): Query<Opened>,
) -> PageResult {
    let (found, bytes) = evidence::open(&app, &actor, &id).await?;
    let is_framed = opened.show == "1" && found.media_type == MediaType::Pdf;
    let way = if found.media_type.is_image() || is_framed {
        "inline"
    } else {
        "attachment"
    };
    let disposition = format!("{way}; filename*=UTF-8''{}", percent_encoded(&found.name));
    let disposition = HeaderValue::from_str(&disposition).map_err(anyhow::Error::from)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(found.media_type.mime()),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    let mut response = (headers, bytes).into_response();
    if is_framed {
        let headers = response.headers_mut();
        headers.insert(header::X_FRAME_OPTIONS, FRAMED_BY_OURS);
    }
    Ok(response)
}

/// The files of a form, from whatever field.
///
/// # Errors
/// Where they were dropped while they arrived, since one of them or all together are too much: the form comes back with what was typed.
pub fn files_of(upload: &Upload) -> Result<Vec<File>, Error> {
    if let Some(problem) = &upload.problem {
        return Err(dropped(problem).into());
    }
    let files = upload.files.iter();
    let files = files.map(|file| File {
        name: file.name.clone(),
        bytes: file.bytes.clone(),
    });
    Ok(files.collect())
}

fn dropped(problem: &FilesProblem) -> Refusal {
    let (field, refusal) = match problem {
        FilesProblem::TooLarge { field, name, bytes } => {
            let name = plain_name(name);
            let bytes = *bytes;
            (field.as_str(), EvidenceRefusal::TooLarge { name, bytes })
        }
        FilesProblem::TogetherTooLarge => ("file", EvidenceRefusal::TogetherTooLarge),
        FilesProblem::TooMany => ("file", EvidenceRefusal::TooMany { most: FILES_LIMIT }),
        FilesProblem::Busy => ("file", EvidenceRefusal::AllBusy),
    };
    Refusal::at(field, refusal)
}

/// `1.2 MB`, `34 KB`.
pub fn size_words(bytes: i64) -> String {
    if bytes >= 1_000_000 {
        format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
    } else {
        format!("{} KB", (bytes + 999) / 1000)
    }
}

fn list_page(
    app: &App,
    frame: Frame,
    list: EvidenceList,
    wanted: Wanted,
    problems: Problems,
) -> Result<List, PageError> {
    let purpose = match wanted.read()? {
        None => None,
        Some((year, target)) => Some(purpose(app, &frame, &list.unit.id, year, &target)?),
    };
    let target = wanted.read()?;
    let rows = list
        .evidence
        .iter()
        .map(|(kept, uses)| {
            let serves = target.as_ref().is_some_and(|(year, target)| {
                list.uses.iter().any(|used| {
                    used.evidence == kept.id && used.year == *year && used.target == *target
                })
            });
            row(app, &frame, kept, uses, serves)
        })
        .collect();
    Ok(List {
        rows,
        unit: list.unit,
        may_attach: list.may_attach,
        wanted,
        purpose,
        problems,
        frame,
    })
}

/// What a piece is wanted for, in words, and the page it came from.
fn purpose(
    app: &App,
    frame: &Frame,
    unit: &UnitId,
    year: i16,
    target: &Target,
) -> Result<(String, String), PageError> {
    let of_fact = |key: &str, person| {
        let fact = app
            .standards
            .of(year)
            .fact(key)
            .ok_or(PageError::NotFound)?;
        Ok((
            frame.t2("{} 年度表“{}”", year, frame.text(&fact.name)),
            address::question(unit, year, fact, person),
        ))
    };
    match target {
        Target::Fact(key) => of_fact(key, None),
        Target::PersonFact(person, key) => of_fact(key, Some(person)),
        Target::Activity(_) => Ok((frame.t("这次活动").to_owned(), address::activities(unit))),
        Target::Entry(_) | Target::Case(_) | Target::Topic(_) | Target::Spending(_) => {
            Err(PageError::NotFound)
        }
    }
}

fn row(app: &App, frame: &Frame, kept: &Evidence, uses: &[UseInWords], serves: bool) -> Row {
    let words = |used: &UseInWords| match used {
        UseInWords::Fact { year, key, person } => {
            let name = app
                .standards
                .of(*year)
                .fact(key)
                .map_or(key.as_str(), |fact| frame.text(&fact.name));
            match person {
                None => format!("{year} · {name}"),
                Some(person) => format!("{year} · {person} · {name}"),
            }
        }
        UseInWords::Activity { title, held_on } => format!("{held_on} · {title}"),
        UseInWords::Reply => frame.t("对部门认定的说明").to_owned(),
        UseInWords::Case => frame.t("案例照片").to_owned(),
        UseInWords::Topic => frame.t("研讨意见").to_owned(),
        UseInWords::Voucher => frame.t("经费支出的凭证").to_owned(),
    };
    Row {
        id: kept.id.to_string(),
        name: kept.name.clone(),
        is_image: kept.media_type.is_image(),
        kind: kept.media_type.word(),
        size: size_words(kept.bytes),
        by: kept.uploaded_by_name.clone(),
        at: frame.minute(kept.uploaded_at),
        uses: uses.iter().map(words).collect(),
        serves,
    }
}
