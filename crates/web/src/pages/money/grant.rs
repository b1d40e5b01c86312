//! Grants of a year: the list, releasing what is chosen, and lists of new ones that are typed or uploaded and looked over before they are confirmed.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::grant::{self as grants, COLUMNS, GrantFilter, GrantPage, ListView},
};
use jianjia_documents::workbook::{Cell, Column, Table};
use jianjia_domain::{
    core::{
        export::ExportKind,
        ids::{GrantId, GrantListId},
        policy::{Act, Actor},
        refusal::Refusal,
    },
    money::{
        amount::{plain, yuan},
        grant::{DraftRow, Grant, GrantKind, GrantList, GrantState, ListState},
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told, upload::Upload},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, see_other_with, unprocessable},
    pages::{
        core::export::{Asker, Listed, Listing, Rows, Wanted, download},
        money::address,
        year::evidence::files_of,
    },
    path::{self, Path},
    query, request_key,
    routes::{Access, Route},
    session::SignedIn,
    table_file,
};

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::GrantMoney);
    vec![
        Route::get("/money/{year}/grants", Access::SignedIn, index),
        Route::get(
            "/money/{year}/grants/export",
            Access::SignedIn,
            download::<Asked>,
        ),
        Route::post("/money/{year}/releases", act, release),
        Route::get("/money/{year}/grants/new", act, new),
        Route::get("/money/{year}/grants/table", act, empty_table),
        Route::post("/money/{year}/grants/subsidies", act, list_subsidies),
        Route::post("/money/{year}/grants", act, save),
        Route::get("/grant-lists/{list}", act, show),
        Route::post("/grant-lists/{list}/confirmation", act, confirm),
        Route::post("/grant-lists/{list}/discarding", act, discard),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    year: String,
    state: String,
    kind: String,
    q: String,
    page: String,
}

impl Asked {
    fn fields(&self) -> [(&str, &str); 3] {
        [("state", &self.state), ("kind", &self.kind), ("q", &self.q)]
    }

    fn filter(&self, year: i16) -> GrantFilter {
        GrantFilter {
            year,
            state: self.state.clone(),
            kind: self.kind.clone(),
            name: self.q.clone(),
            ..GrantFilter::default()
        }
    }
}

#[derive(Template)]
#[template(path = "money/grant/index.html")]
struct Index {
    frame: Frame,
    year: i16,
    asked: Asked,
    of: GrantPage,
    lists: Vec<GrantList>,
    problems: Problems,
}

impl Index {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        year: i16,
        (asked, problems): (Asked, Problems),
    ) -> Result<Index, PageError> {
        let number = asked.page.parse().unwrap_or(1);
        let of = grants::page(app, actor, &asked.filter(year), number).await?;
        let lists = match of.may_grant {
            true => grants::open_lists(app, actor, year).await?,
            false => Vec::new(),
        };
        Ok(Index {
            frame,
            year,
            asked,
            of,
            lists,
            problems,
        })
    }

    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    fn base(&self) -> String {
        query::asked(&address::grants(self.year), &self.asked.fields()) + "page="
    }

    fn export_href(&self) -> String {
        let list = format!("/money/{}/grants/export", self.year);
        query::asked(&list, &self.asked.fields()) + "format=xlsx"
    }

    fn of_state(&self, state: &GrantState) -> String {
        format!("/money/{}/grants?state={state}", self.year)
    }

    fn list_href(&self, list: &GrantList) -> String {
        address::grant_list(&list.id)
    }

    fn statement(&self, grant: &Grant) -> String {
        address::statement_of(&grant.unit, grant.book_year)
    }

    fn can_be_released(&self, grant: &Grant) -> bool {
        self.of.may_grant && grant.state == GrantState::Granted
    }

    fn has_some_to_release(&self) -> bool {
        self.of
            .grants
            .iter()
            .any(|grant| self.can_be_released(grant))
    }

    fn states(&self) -> Vec<(String, String)> {
        let states = GrantState::ALL.into_iter();
        states
            .map(|state| {
                (
                    state.key().to_owned(),
                    self.frame.t(state.word()).to_owned(),
                )
            })
            .collect()
    }

    fn kinds(&self) -> Vec<(String, String)> {
        let kinds = GrantKind::ALL.into_iter();
        kinds
            .map(|kind| (kind.key().to_owned(), self.frame.t(kind.word()).to_owned()))
            .collect()
    }

    fn is_narrowed(&self) -> bool {
        let fields = self.asked.fields();
        fields.iter().any(|(_, value)| !value.is_empty())
    }

    fn no_problems(&self) -> Problems {
        Problems::none()
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let asked = (asked, Problems::none());
    page(&Index::of(&app, &actor, frame, year, asked).await?)
}

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::Grants;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["单位", "种类", "金额", "依据", "下达日期", "下达人", "进度"];
        Listed::of(frame, "拨款名单", "grants", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let year: i16 = path::read(&self.year)?;
        let (found, total) = grants::export(app, actor, &self.filter(year), portion).await?;
        let row = |grant: &Grant| {
            vec![
                Cell::Text(grant.unit_name.clone()),
                Cell::Text(frame.t_fixed(grant.kind.word()).to_owned()),
                Cell::Text(plain(grant.amount_fen)),
                Cell::Text(grant.basis.clone()),
                Cell::Text(grant.granted_on.to_string()),
                Cell::Text(grant.granted_by_name.clone()),
                Cell::Text(frame.t_fixed(grant.state.word()).to_owned()),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    /// `id~revision` of each.
    chosen: Vec<String>,
    state: String,
    kind: String,
    q: String,
    page: String,
}

async fn release(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(form): Form<Chosen>,
) -> PageResult {
    let seen = form.chosen.iter().map(|token| {
        let (id, revision) = token.split_once('~').ok_or(PageError::NotFound)?;
        Ok((path::read::<GrantId>(id)?, path::read::<i64>(revision)?))
    });
    let seen: Vec<(GrantId, i64)> = seen.collect::<Result<_, PageError>>()?;
    match told(grants::release(&app, &actor, &seen).await, &frame)? {
        Ok(done) => {
            let notice = frame.t1("已批准拨付 {} 笔，可以付款制单了。", done.len());
            let asked = Asked {
                state: form.state,
                kind: form.kind,
                q: form.q,
                ..Asked::default()
            };
            let list = query::asked(&address::grants(year), &asked.fields());
            see_other_with(list.trim_end_matches(['?', '&']), &notice)
        }
        Err(problems) => {
            let asked = Asked {
                state: form.state,
                kind: form.kind,
                q: form.q,
                page: form.page,
                ..Asked::default()
            };
            unprocessable(&Index::of(&app, &actor, frame, year, (asked, problems)).await?)
        }
    }
}

/// Rows of the form for typing.
const TYPED_ROWS: i64 = 5;

#[derive(Template)]
#[template(path = "money/grant/new.html")]
struct New {
    frame: Frame,
    year: i16,
    rows: Vec<DraftRow>,
    request_key: String,
    problems: Problems,
}

impl New {
    fn kinds(&self) -> Vec<(&'static str, String)> {
        let kinds = grants::kinds().into_iter();
        kinds
            .map(|kind| (kind.key(), self.frame.t(kind.word()).to_owned()))
            .collect()
    }
}

async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
) -> PageResult {
    grants::open_lists(&app, &actor, year).await?;
    let rows = (1..=TYPED_ROWS).map(|number| DraftRow {
        number,
        ..DraftRow::default()
    });
    page(&New {
        request_key: request_key::fresh(&app),
        rows: rows.collect(),
        frame,
        year,
        problems: Problems::none(),
    })
}

async fn empty_table(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(wanted): Query<Wanted>,
) -> PageResult {
    grants::open_lists(&app, &actor, year).await?;
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

async fn save(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    upload: Upload,
) -> PageResult {
    let key = upload.field("request_key").to_owned();
    let rows = typed(&upload);
    let done = async {
        let mut files = files_of(&upload)?.into_iter();
        let (rows, name) = match files.next().filter(|file| !file.bytes.is_empty()) {
            Some(file) => {
                // Nobody's table is read who may not grant anything.
                grants::open_lists(&app, &actor, year).await?;
                (grants::read_table(file.bytes, &file.name).await?, file.name)
            }
            None => (rows.clone(), String::new()),
        };
        grants::save_list(&app, &actor, year, (rows, &name), &key).await
    };
    match told(done.await, &frame)? {
        Ok(id) => see_other(&address::grant_list(&id)),
        Err(problems) => unprocessable(&New {
            frame,
            year,
            rows,
            request_key: key,
            problems,
        }),
    }
}

async fn list_subsidies(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(_): Form<Nothing>,
) -> PageResult {
    match told(grants::list_subsidies(&app, &actor, year, "").await, &frame)? {
        Ok(id) => see_other(&address::grant_list(&id)),
        Err(problems) => {
            let asked = (Asked::default(), problems);
            unprocessable(&Index::of(&app, &actor, frame, year, asked).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "money/grant/list.html")]
struct Show {
    frame: Frame,
    of: ListView,
    problems: Problems,
}

impl Show {
    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    fn is_draft(&self) -> bool {
        self.of.list.state == ListState::Draft
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

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<GrantListId>,
) -> PageResult {
    page(&Show {
        of: grants::view_list(&app, &actor, &id).await?,
        frame,
        problems: Problems::none(),
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Confirmation {
    revision: String,
}

async fn confirm(
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
            problems,
        }),
    }
}

async fn discard(
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
            problems,
        }),
    }
}
