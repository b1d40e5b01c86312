//! Lists of new grants: typed or uploaded, looked over, corrected, confirmed or put away.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::grant::{self as grants, COLUMNS, ListView},
};
use jianjia_documents::workbook::{Column, Table};
use jianjia_domain::{
    core::{ids::GrantListId, refusal::Refusal},
    money::{
        amount::yuan,
        grant::{DraftRow, GrantKind, ListState, NewGrant},
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told, upload::Upload},
    frame::Frame,
    page::{PageResult, page, see_other, see_other_with, unprocessable},
    pages::{core::export::Wanted, money::address, year::evidence::files_of},
    path::{self, Path},
    request_key,
    session::SignedIn,
    table_file,
};

/// Rows of the form for typing.
const TYPED_ROWS: i64 = 5;

#[derive(Template)]
#[template(path = "money/grant/new.html")]
struct New {
    frame: Frame,
    year: i16,
    rows: Vec<DraftRow>,
    /// The list that this one comes in the place of; empty for none.
    replaces: String,
    request_key: String,
    problems: Problems,
}

/// A list that was typed and is to be corrected.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Corrected {
    list: String,
}

impl New {
    fn kinds(&self) -> Vec<(&'static str, String)> {
        let kinds = grants::kinds().into_iter();
        kinds
            .map(|kind| (kind.key(), self.frame.t(kind.word()).to_owned()))
            .collect()
    }
}

pub(super) async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(corrected): Query<Corrected>,
) -> PageResult {
    grants::to_list(&app, &actor).await?;
    let typed = match corrected.list.as_str() {
        "" => Vec::new(),
        list => {
            let id: GrantListId = path::read(list)?;
            let list = grants::view_list(&app, &actor, &id).await?.list;
            // What has been granted is not granted once more by correcting it.
            match list.state {
                ListState::Draft => list.rows,
                _ => Vec::new(),
            }
        }
    };
    let rows = (1..=TYPED_ROWS).map(|number| {
        let row = typed.iter().find(|row| row.number == number);
        row.cloned().unwrap_or_else(|| DraftRow {
            number,
            ..DraftRow::default()
        })
    });
    page(&New {
        request_key: request_key::fresh(&app),
        rows: rows.collect(),
        replaces: corrected.list,
        frame,
        year,
        problems: Problems::none(),
    })
}

pub(super) async fn empty_table(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(_): Path<i16>,
    Query(wanted): Query<Wanted>,
) -> PageResult {
    grants::to_list(&app, &actor).await?;
    let table = Table {
        name: frame.t("拨款清单").to_owned(),
        columns: COLUMNS.map(Column::plain).to_vec(),
        rows: Vec::new(),
    };
    let format = match wanted.format.as_str() {
        "csv" => "csv",
        _ => "xlsx",
    };
    table_file::answer(vec![table], format, "grants").await
}

/// The rows that were typed, by the names `unit_1`, `amount_1` and so on.
fn typed(upload: &Upload) -> Vec<DraftRow> {
    (1..=TYPED_ROWS)
        .map(|number| {
            let field = |name: &str| upload.field(&format!("{name}_{number}")).to_owned();
            DraftRow {
                number,
                unit: field("unit"),
                amount: field("amount"),
                kind: field("kind"),
                basis: field("basis"),
                source_key: String::new(),
            }
        })
        .collect()
}

pub(super) async fn save(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    upload: Upload,
) -> PageResult {
    let key = upload.field("request_key").to_owned();
    let replaces = upload.field("replaces").to_owned();
    let rows = typed(&upload);
    let done = async {
        let mut files = files_of(&upload)?.into_iter();
        let (rows, name) = match files.next().filter(|file| !file.bytes.is_empty()) {
            Some(file) => {
                // Nobody's table is read who may not grant anything.
                grants::to_list(&app, &actor).await?;
                (grants::read_table(file.bytes, &file.name).await?, file.name)
            }
            None => (rows.clone(), String::new()),
        };
        match replaces.parse::<GrantListId>() {
            Ok(before) => {
                let at = (&before, year);
                grants::correct_list(&app, &actor, at, (rows, &name), &key).await
            }
            Err(_) => grants::save_list(&app, &actor, year, (rows, &name), &key).await,
        }
    };
    match told(done.await, &frame)? {
        Ok(id) => see_other(&address::grant_list(&id)),
        Err(problems) => unprocessable(&New {
            frame,
            year,
            rows,
            replaces,
            request_key: key,
            problems,
        }),
    }
}

#[derive(Template)]
#[template(path = "money/grant/list.html")]
struct Show {
    frame: Frame,
    of: ListView,
    page: usize,
    problems: Problems,
}

/// Rows that a page shows.
const LINES: usize = 100;

/// A row of a list, and what it means.
type Row = (DraftRow, Result<NewGrant, Refusal>);

impl Show {
    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    /// Those of the page; what is wrong comes first.
    fn rows(&self) -> Vec<&Row> {
        let rows = self.of.rows.iter();
        let (wrong, good): (Vec<&Row>, Vec<&Row>) = rows.partition(|(_, read)| read.is_err());
        let rows = wrong.into_iter().chain(good);
        let passed = (self.page - 1).saturating_mul(LINES);
        rows.skip(passed).take(LINES).collect()
    }

    fn pages(&self) -> usize {
        self.of.rows.len().div_ceil(LINES)
    }

    fn base(&self) -> String {
        address::grant_list(&self.of.list.id) + "?page="
    }

    /// What the unit was granted as the year's subsidy before, where it would be granted one again.
    fn before(&self, new: &NewGrant) -> Option<String> {
        let fen = self.of.granted_before.get(&new.unit.id);
        let fen = fen.filter(|_| new.kind == GrantKind::Subsidy);
        fen.map(|fen| yuan(*fen))
    }

    /// How many rows are of such units.
    fn repeated(&self) -> usize {
        let good = self
            .of
            .rows
            .iter()
            .filter_map(|(_, read)| read.as_ref().ok());
        good.filter(|new| self.before(new).is_some()).count()
    }

    /// Whether it waits for the actor to confirm it, to correct it or to put it away.
    fn is_in_hand(&self) -> bool {
        self.of.may_grant && self.of.list.state == ListState::Draft
    }

    /// Whether it fits into the form for typing again; a table is corrected where it was made.
    fn can_be_corrected(&self) -> bool {
        let list = &self.of.list;
        let mut rows = list.rows.iter();
        list.file_name.is_empty()
            && rows.all(|row| row.number <= TYPED_ROWS && row.source_key.is_empty())
    }

    fn correction(&self) -> String {
        let list = &self.of.list;
        format!("{}/new?list={}", address::grants(list.year), list.id)
    }

    /// The form sends a key, a table has words.
    fn kind(&self, row: &DraftRow) -> String {
        GrantKind::from_key(&row.kind).map_or_else(
            || row.kind.clone(),
            |kind| self.frame.t(kind.word()).to_owned(),
        )
    }

    fn sentences(&self, refusal: &Refusal) -> Vec<String> {
        match refusal {
            Refusal::Fields(fields) => {
                let fields = fields.iter();
                fields
                    .map(|(_, refusal)| self.frame.refusal(refusal))
                    .collect()
            }
            whole => vec![self.frame.refusal(whole)],
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    page: String,
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<GrantListId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    page(&Show {
        of: grants::view_list(&app, &actor, &id).await?,
        frame,
        page: asked.page.parse::<usize>().unwrap_or(1).max(1),
        problems: Problems::none(),
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Confirmation {
    revision: String,
}

pub(super) async fn confirm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<GrantListId>,
    Form(form): Form<Confirmation>,
) -> PageResult {
    let revision = form.revision.parse().unwrap_or(0);
    match told(
        grants::confirm_list(&app, &actor, &id, revision).await,
        &frame,
    )? {
        Ok(made) => {
            let names = frame.first_names(made.iter().map(|grant| grant.unit_name.clone()));
            let notice = frame.t2("已下达 {} 笔：{}。", made.len(), names);
            let year = made.first().map_or_else(|| app.year(), |grant| grant.year);
            see_other_with(&address::grants(year), &notice)
        }
        Err(problems) => unprocessable(&Show {
            of: grants::view_list(&app, &actor, &id).await?,
            frame,
            page: 1,
            problems,
        }),
    }
}

pub(super) async fn discard(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<GrantListId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    match told(grants::discard_list(&app, &actor, &id).await, &frame)? {
        Ok(year) => see_other_with(&address::grants(year), "清单已放弃，没有下达。"),
        Err(problems) => unprocessable(&Show {
            of: grants::view_list(&app, &actor, &id).await?,
            frame,
            page: 1,
            problems,
        }),
    }
}
