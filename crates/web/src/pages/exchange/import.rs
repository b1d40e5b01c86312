//! Importing tables: upload, every row's fate, confirmation; templates and exports to download.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use jianjia_app::{
    core::{app::App, error::Error},
    exchange::import::{
        self as imports, exports,
        templates::{self, Download},
    },
};
use jianjia_domain::{
    core::{
        ids::{ImportId, UnitId},
        place::UnitPlace,
        policy::Act,
        refusal::{General, Refusal},
    },
    exchange::import::{
        Import, ImportKind, ImportLine, ImportState,
        fate::{Outcome, RowFate},
        refusal::ImportRefusal,
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told, upload::Upload},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, see_other_with, unprocessable},
    pages::register::unit::id_of,
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::ImportUnits);
    vec![
        Route::get("/imports", act, index),
        Route::post("/imports", act, upload),
        Route::get("/imports/templates/{kind}", act, template),
        Route::get("/imports/{import}", act, show),
        Route::post("/imports/{import}/confirmation", act, confirm),
        Route::get("/units/{id}/exports/{kind}", act, export),
    ]
}

/// Rows of a page of fates.
const PER_PAGE: usize = 100;

#[derive(Template)]
#[template(path = "exchange/import/index.html")]
struct Index {
    frame: Frame,
    lines: Vec<ImportLine>,
    /// Those that the person may import: key and word.
    kinds: Vec<(String, String)>,
    units: Vec<(String, String)>,
    /// The unit's name, and the address and the word of each table to download.
    exports: Vec<(String, Vec<(String, String)>)>,
    kind: String,
    unit: String,
    problems: Problems,
}

async fn index(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    page(
        &index_page(
            &app,
            &actor,
            frame,
            ImportKind::Unions.key().to_owned(),
            String::new(),
            Problems::none(),
        )
        .await?,
    )
}

async fn upload(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    upload: Upload,
) -> PageResult {
    let kind = ImportKind::from_key(upload.field("kind")).unwrap_or(ImportKind::Unions);
    let unit: UnitId = id_of(upload.field("unit"))?;
    let checked = match upload.files.first() {
        Some(file) => {
            imports::check(&app, &actor, kind, &unit, &file.name, file.bytes.clone()).await
        }
        None => Err(Error::Refused(ImportRefusal::NoFile.into())),
    };
    // A table that can't be taken is told at its field.
    let checked = checked.map_err(|error| match error {
        Error::Refused(refusal) if refusal.of::<ImportRefusal>().is_some() => {
            Refusal::at("file", refusal).into()
        }
        other => other,
    });
    match told(checked, &frame)? {
        Ok(import) => see_other(&format!("/imports/{import}")),
        Err(problems) => {
            let kind = kind.key().to_owned();
            unprocessable(&index_page(&app, &actor, frame, kind, unit.to_string(), problems).await?)
        }
    }
}

async fn index_page(
    app: &App,
    actor: &jianjia_domain::core::policy::Actor,
    frame: Frame,
    kind: String,
    unit: String,
    problems: Problems,
) -> Result<Index, PageError> {
    let (lines, units) = imports::list(app, actor).await?;
    if units.is_empty() {
        let roles = jianjia_domain::core::policy::POLICY
            .iter()
            .find(|(act, _)| *act == Act::ImportUnits)
            .map_or_else(Vec::new, |(_, roles)| {
                roles.iter().map(|(role, _)| *role).collect()
            });
        let act = Act::ImportUnits;
        return Err(Refusal::from(General::NotYourRole { act, roles }).into());
    }
    Ok(Index {
        kinds: imports::kinds(actor, &units)
            .into_iter()
            .map(|kind| (kind.key().to_owned(), frame.t_fixed(kind.word()).to_owned()))
            .collect(),
        exports: units
            .iter()
            .map(|unit| (unit.name.clone(), exports_of(app, actor, &frame, unit)))
            .collect(),
        units: units
            .into_iter()
            .map(|unit| (unit.id.to_string(), unit.name))
            .collect(),
        frame,
        lines,
        kind,
        unit,
        problems,
    })
}

/// The tables of a unit to download: what may be imported there; the sheets of this year and the last.
fn exports_of(
    app: &App,
    actor: &jianjia_domain::core::policy::Actor,
    frame: &Frame,
    unit: &UnitPlace,
) -> Vec<(String, String)> {
    let this_year = app.clock.today().year();
    imports::kinds(actor, std::slice::from_ref(unit))
        .into_iter()
        .flat_map(|kind| {
            let address = format!("/units/{}/exports/{}", unit.id, kind.key());
            let word = frame.t_fixed(kind.word());
            match kind {
                ImportKind::Sheets => [this_year, this_year - 1]
                    .map(|year| (format!("{address}?year={year}"), format!("{word} {year}")))
                    .to_vec(),
                _ => vec![(address, word.to_owned())],
            }
        })
        .collect()
}

/// The fates that are asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    show: String,
    page: String,
}

#[derive(Template)]
#[template(path = "exchange/import/show.html")]
struct Show {
    frame: Frame,
    import: Import,
    under: UnitPlace,
    kind_word: String,
    /// Key, words and number of each fate.
    counts: Vec<(&'static str, String, usize)>,
    rows: Vec<Line>,
    asked: Asked,
    page: i64,
    pages: i64,
    problems: Problems,
}

struct Line {
    fate: RowFate,
    word: String,
    tag: &'static str,
    why: Vec<String>,
}

impl Show {
    fn is_done(&self) -> bool {
        self.import.state == ImportState::Done
    }

    fn may_confirm(&self) -> bool {
        !self.is_done() && self.import.report.is_clean() && self.import.report.changes()
    }

    fn refused(&self) -> usize {
        self.import.report.counts()[4]
    }

    fn base(&self) -> String {
        format!("/imports/{}?show={}&page=", self.import.id, self.asked.show)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let (import, under) = imports::find(&app, &actor, &id_of(&id)?).await?;
    page(&show_page(frame, import, under, asked, Problems::none()))
}

async fn confirm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let id: ImportId = id_of(&id)?;
    match told(imports::confirm(&app, &actor, &id).await, &frame)? {
        Ok(()) => see_other_with(&format!("/imports/{id}"), "已全部导入。"),
        Err(problems) => {
            let (import, under) = imports::find(&app, &actor, &id).await?;
            unprocessable(&show_page(frame, import, under, Asked::default(), problems))
        }
    }
}

fn show_page(
    frame: Frame,
    import: Import,
    under: UnitPlace,
    mut asked: Asked,
    problems: Problems,
) -> Show {
    const FATES: [(&str, &str, &str); 5] = [
        ("new", "新登记", "tag-met"),
        ("changed", "更新", "tag-met"),
        ("unchanged", "不变", "tag-na"),
        ("duplicate", "重复", "tag-na"),
        ("refused", "不能导入", "tag-unmet"),
    ];
    let counts = import.report.counts();
    if asked.show.is_empty() && counts[4] > 0 {
        // What has to be mended comes first.
        "refused".clone_into(&mut asked.show);
    }
    let key = |fate: &RowFate| match fate.outcome {
        Outcome::New => 0,
        Outcome::Changed { .. } => 1,
        Outcome::Unchanged => 2,
        Outcome::Duplicate { .. } => 3,
        Outcome::Refused { .. } => 4,
    };
    let fates: Vec<&RowFate> = import
        .report
        .rows
        .iter()
        .filter(|fate| {
            matches!(asked.show.as_str(), "" | "all") || FATES[key(fate)].0 == asked.show
        })
        .collect();
    let pages = fates.len().div_ceil(PER_PAGE);
    let place = asked
        .page
        .parse::<usize>()
        .unwrap_or(1)
        .clamp(1, pages.max(1));
    let rows = fates
        .into_iter()
        .skip((place - 1) * PER_PAGE)
        .take(PER_PAGE)
        .map(|fate| {
            let (_, word, tag) = FATES[key(fate)];
            Line {
                word: frame.t_fixed(word).to_owned(),
                tag,
                why: why(&frame, fate),
                fate: fate.clone(),
            }
        })
        .collect();
    Show {
        kind_word: frame.t_fixed(import.kind.word()).to_owned(),
        counts: FATES
            .iter()
            .zip(counts)
            .map(|((key, word, _), count)| (*key, frame.t_fixed(word).to_owned(), count))
            .collect(),
        page: i64::try_from(place).unwrap_or(1),
        pages: i64::try_from(pages).unwrap_or(1),
        frame,
        import,
        under,
        rows,
        asked,
        problems,
    }
}

fn why(frame: &Frame, fate: &RowFate) -> Vec<String> {
    match &fate.outcome {
        Outcome::New | Outcome::Unchanged => Vec::new(),
        Outcome::Changed { fields } => {
            let fields: Vec<&str> = fields.iter().map(|field| frame.text(field)).collect();
            let separator = if frame.is_chinese() { "、" } else { ", " };
            vec![frame.t1("改：{}", fields.join(separator))]
        }
        Outcome::Duplicate { of_row } => vec![frame.t1("与第 {} 行一样，跳过", of_row)],
        Outcome::Refused { reasons } => reasons
            .iter()
            .map(|reason| match frame.text(&reason.column) {
                "" => frame.text(&reason.sentence).to_owned(),
                column => format!(
                    "{column}{}{}",
                    if frame.is_chinese() { "：" } else { ": " },
                    frame.text(&reason.sentence)
                ),
            })
            .collect(),
    }
}

async fn template(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(kind): Path<String>,
) -> PageResult {
    if actor
        .roles
        .iter()
        .all(|at| !jianjia_domain::core::policy::may(&actor, Act::ImportUnits, &at.unit))
    {
        return Err(PageError::NotFound);
    }
    let kind = ImportKind::from_key(&kind).ok_or(PageError::NotFound)?;
    Ok(download(templates::template(app.in_force(), kind)?))
}

/// The year of exported year sheets; empty for the running one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct AskedExport {
    year: String,
}

async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((id, kind)): Path<(String, String)>,
    Query(asked): Query<AskedExport>,
) -> PageResult {
    let kind = ImportKind::from_key(&kind).ok_or(PageError::NotFound)?;
    let year = asked.year.parse().ok();
    Ok(download(
        exports::export(&app, &actor, kind, &id_of(&id)?, year).await?,
    ))
}

/// The file, to be saved under its Chinese name.
fn download(file: Download) -> Response {
    let disposition = format!(
        "attachment; filename=\"table.xlsx\"; filename*=UTF-8''{}",
        percent_encoded(&file.name)
    );
    let disposition =
        HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    (
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static(file.media_type),
            ),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        file.bytes,
    )
        .into_response()
}
