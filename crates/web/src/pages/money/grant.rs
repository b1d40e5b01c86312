//! Grants of a year: the list, and releasing what is chosen. `list` has new ones, which are typed or uploaded and looked over before they are confirmed.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::grant::{self as grants, GrantFilter, GrantPage},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        export::ExportKind,
        ids::GrantId,
        policy::{Act, Actor},
    },
    money::{
        amount::yuan,
        grant::{Grant, GrantKind, GrantList, GrantState},
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, see_other_linking, unprocessable},
    pages::{
        core::export::{Asker, Listed, Listing, Rows, download},
        money::address,
    },
    path::{self, Path},
    query,
    routes::{Access, Route},
    session::SignedIn,
};

mod list;

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
        Route::post("/money/{year}/releases/all", act, release_all),
        Route::get("/money/{year}/grants/new", act, list::new),
        Route::get("/money/{year}/grants/table", act, list::empty_table),
        Route::post("/money/{year}/grants/subsidies", act, list_subsidies),
        Route::post("/money/{year}/grants", act, list::save),
        Route::get(
            "/grant-lists/{list}",
            Access::Act(Act::SeeMoney),
            list::show,
        ),
        Route::post("/grant-lists/{list}/confirmation", act, list::confirm),
        Route::post("/grant-lists/{list}/discarding", act, list::discard),
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
    /// `all`: every box of the page is ticked.
    tick: String,
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
    /// What was ticked, where the list comes back with why it can't be released.
    chosen: Vec<String>,
    problems: Problems,
}

impl Index {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        year: i16,
        (asked, chosen, problems): (Asked, Vec<String>, Problems),
    ) -> Result<Index, PageError> {
        let number = asked.page.parse().unwrap_or(1);
        let of = grants::page(app, actor, &asked.filter(year), number).await?;
        let lists = match of.may_see_lists {
            true => grants::open_lists(app, actor, year).await?,
            false => Vec::new(),
        };
        Ok(Index {
            frame,
            year,
            asked,
            of,
            lists,
            chosen,
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

    /// How many wait to be released, and what they come to, where they don't all stand on this page.
    fn waiting(&self) -> Option<(i64, i64)> {
        let on_page = self.of.grants.iter();
        let on_page = on_page.filter(|grant| self.can_be_released(grant)).count();
        let mut counts = self.of.counts.iter();
        let (_, number, fen) = counts.find(|(state, ..)| *state == GrantState::Granted)?;
        let is_more = usize::try_from(*number).is_ok_and(|number| number > on_page);
        // Beside a list that is narrowed it would say other rows than it releases.
        let is_whole = self.asked.q.is_empty()
            && self.asked.kind.is_empty()
            && matches!(self.asked.state.as_str(), "" | "granted");
        (self.of.may_grant && is_more && is_whole).then_some((*number, *fen))
    }

    fn is_ticked(&self, grant: &Grant) -> bool {
        let id = grant.id.to_string();
        let mut chosen = self.chosen.iter();
        self.asked.tick == "all"
            || chosen.any(|token| token.split_once('~').is_some_and(|(one, _)| one == id))
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
    let asked = (asked, Vec::new(), Problems::none());
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
                Cell::Fen(grant.amount_fen),
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
            let next = format!("{}/new", address::payments(year));
            see_other_linking(
                list.trim_end_matches(['?', '&']),
                &notice,
                (&next, "付款制单…"),
            )
        }
        Err(problems) => {
            let asked = Asked {
                state: form.state,
                kind: form.kind,
                q: form.q,
                page: form.page,
                ..Asked::default()
            };
            let again = (asked, form.chosen, problems);
            unprocessable(&Index::of(&app, &actor, frame, year, again).await?)
        }
    }
}

/// What was shown of those that wait.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Waiting {
    number: String,
    fen: String,
}

async fn release_all(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(form): Form<Waiting>,
) -> PageResult {
    let shown = (
        form.number.parse().unwrap_or(0),
        form.fen.parse().unwrap_or(0),
    );
    let done = grants::release_all(&app, &actor, year, shown).await;
    match told(done, &frame)? {
        Ok(done) => {
            let notice = frame.t1("已批准拨付 {} 笔，可以付款制单了。", done.len());
            let next = format!("{}/new", address::payments(year));
            see_other_linking(&address::grants(year), &notice, (&next, "付款制单…"))
        }
        Err(problems) => {
            let again = (Asked::default(), Vec::new(), problems);
            unprocessable(&Index::of(&app, &actor, frame, year, again).await?)
        }
    }
}

async fn list_subsidies(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(_): Form<Nothing>,
) -> PageResult {
    match told(grants::list_subsidies(&app, &actor, year).await, &frame)? {
        Ok(id) => see_other(&address::grant_list(&id)),
        Err(problems) => {
            let asked = (Asked::default(), Vec::new(), problems);
            unprocessable(&Index::of(&app, &actor, frame, year, asked).await?)
        }
    }
}
