//! What changed in a place since the year before: titles gained and lost, units that came and went; and the titles behind a figure.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, standard::Standards},
    insight::change::{self as changes, ChangedPage, Changes, Question, TitleChange, Turn},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{export::ExportKind, ids::UnitId, place::UnitPlace};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::{
        core::export::{Asker, Listed, Listing, Rows, download},
        honour,
        insight::{
            address::{self, CHANGED_TITLES, CHANGES},
            holding_back::years,
        },
    },
    path, query,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(CHANGES, Access::SignedIn, index),
        Route::get("/insight/changes/export", Access::SignedIn, export),
        Route::get(CHANGED_TITLES, Access::SignedIn, titles),
        Route::get(
            "/insight/changes/titles/export",
            Access::SignedIn,
            download::<Asked>,
        ),
    ]
}

/// What is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// A federation's id.
    under: String,
    year: String,
    /// `lost`, or else `gained`.
    turn: String,
    title: String,
    page: String,
    /// Of the file, `xlsx` or else `csv`.
    format: String,
}

impl Asked {
    fn under(&self) -> Result<Option<UnitId>, PageError> {
        match self.under.as_str() {
            "" => Ok(None),
            id => Ok(Some(path::read(id)?)),
        }
    }

    fn year(&self) -> Option<i16> {
        self.year.trim().parse().ok()
    }

    fn question(&self) -> Result<Question, PageError> {
        Ok(Question {
            under: self.under()?,
            year: self.year(),
            turn: Turn::from_key(&self.turn).unwrap_or(Turn::Gained),
            title: self.title.clone(),
        })
    }

    /// The question without the page, by the names of its fields.
    fn fields(&self) -> [(&str, &str); 4] {
        [
            ("under", &self.under),
            ("year", &self.year),
            ("turn", &self.turn),
            ("title", &self.title),
        ]
    }
}

#[derive(Template)]
#[template(path = "insight/changes.html")]
struct Index {
    frame: Frame,
    standards: Standards,
    shown: Changes,
}

impl Index {
    async fn of(app: &App, frame: Frame, asked: &Asked) -> Result<Index, PageError> {
        let actor = frame.actor.as_ref().ok_or(PageError::NotFound)?;
        let under = asked.under()?;
        Ok(Index {
            shown: changes::overview(app, actor, under.as_ref(), asked.year()).await?,
            standards: app.standards.clone(),
            frame,
        })
    }

    fn place(&self) -> &UnitPlace {
        &self.shown.place.unit
    }

    fn before(&self) -> i16 {
        self.shown.year - 1
    }

    fn years(&self) -> Vec<(String, String)> {
        let standard = self.standards.of(self.shown.year);
        years(&self.frame, standard, self.shown.year)
    }

    fn is_year(&self, year: &str) -> bool {
        year.parse() == Ok(self.shown.year)
    }

    fn title_name(&self, title: &str) -> String {
        title_name(&self.frame, &self.standards, self.shown.year, title)
    }

    fn titles(&self, year: &i16, turn: &str, title: &str) -> String {
        address::changed_titles(&self.place().id, *year, turn, title)
    }

    fn units(&self, what: &str, year: &i16) -> String {
        address::units(&self.place().id, what, *year)
    }

    fn of_above(&self, place: &UnitPlace) -> String {
        address::of_place(CHANGES, &place.id)
    }

    fn dashboard(&self) -> String {
        address::of_place(address::DASHBOARD, &self.place().id)
    }

    fn export_address(&self, format: &str) -> String {
        let (id, year) = (self.place().id.to_string(), self.shown.year.to_string());
        let parts = [("under", id.as_str()), ("year", &year), ("format", format)];
        let address = query::asked("/insight/changes/export", &parts);
        address.trim_end_matches('&').to_owned()
    }
}

fn title_name(frame: &Frame, standards: &Standards, year: i16, title: &str) -> String {
    standards.title(year, title).map_or_else(
        || title.to_owned(),
        |title| frame.text(&title.name).to_owned(),
    )
}

async fn index(
    State(app): State<App>,
    _: SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    page(&Index::of(&app, frame, &asked).await?)
}

async fn export(
    State(app): State<App>,
    _: SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let index = Index::of(&app, frame, &asked).await?;
    let (frame, shown) = (&index.frame, &index.shown);
    let headings = ["项目", "今年", "上年"];
    let listed = Listed::of(frame, "和上一年相比的变化", "changes", &headings);
    let row = |name: String, now: i64, before: i64| {
        vec![Cell::Text(name), Cell::Number(now), Cell::Number(before)]
    };
    let mut rows = Vec::new();
    for one in &shown.titles {
        let name = index.title_name(&one.title);
        rows.push(row(
            frame.t1("新获得{}", &name),
            one.gained,
            one.gained_before,
        ));
        rows.push(row(frame.t1("失去{}", &name), one.lost, one.lost_before));
    }
    let (founded, ended) = (frame.t("新建的单位"), frame.t("撤销、合并的单位"));
    rows.push(row(founded.to_owned(), shown.founded, shown.founded_before));
    rows.push(row(ended.to_owned(), shown.ended, shown.ended_before));
    listed.answer(rows, &asked.format).await
}

#[derive(Template)]
#[template(path = "insight/changed_titles.html")]
struct Titles {
    frame: Frame,
    standards: Standards,
    asked: Asked,
    shown: ChangedPage,
    turn: Turn,
}

impl Titles {
    fn is_lost(&self) -> bool {
        self.turn == Turn::Lost
    }

    fn heading(&self) -> &'static str {
        match self.turn {
            Turn::Gained => self.frame.t_fixed("新获得的称号"),
            Turn::Lost => self.frame.t_fixed("失去的称号"),
        }
    }

    fn lead(&self) -> String {
        let words = match self.turn {
            Turn::Gained => "{}，{} 年里开始生效的称号；后来又失去的也在内。",
            Turn::Lost => "{}，{} 年里被撤销、收回的称号；暂停的不算。",
        };
        self.frame
            .t2(words, &self.shown.place.unit.name, self.shown.year)
    }

    fn title_name(&self, line: &TitleChange) -> String {
        title_name(&self.frame, &self.standards, line.year, &line.title)
    }

    fn honour(&self, line: &TitleChange) -> String {
        honour::address::honour(&line.honour)
    }

    fn changes(&self) -> String {
        let id = &self.shown.place.unit.id;
        format!(
            "{}&year={}",
            address::of_place(CHANGES, id),
            self.shown.year
        )
    }

    /// The address of a page of the same list, up to and with `page=`.
    fn base(&self) -> String {
        query::asked(CHANGED_TITLES, &self.asked.fields()) + "page="
    }

    fn export_address(&self, format: &str) -> String {
        let path = format!("{CHANGED_TITLES}/export");
        format!(
            "{}format={format}",
            query::asked(&path, &self.asked.fields())
        )
    }
}

async fn titles(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let question = asked.question()?;
    let number = asked.page.trim().parse().unwrap_or(1);
    let shown = changes::list(&app, &actor, &question, number).await?;
    page(&Titles {
        frame,
        standards: app.standards.clone(),
        turn: question.turn,
        asked,
        shown,
    })
}

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::TitleChanges;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["名称", "个人", "称号", "年度", "日期", "理由"];
        Listed::of(frame, "称号变化", "title-changes", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (found, total) = changes::export(app, actor, &self.question()?, portion).await?;
        let row = |line: &TitleChange| {
            let title = title_name(frame, &app.standards, line.year, &line.title);
            vec![
                Cell::Text(line.holder_name.clone()),
                Cell::Text(line.person_name.clone()),
                Cell::Text(title),
                Cell::Number(i64::from(line.year)),
                Cell::Text(line.on.to_string()),
                Cell::Text(line.reason.clone()),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }

    fn unit(&self) -> Result<Option<UnitId>, PageError> {
        self.under()
    }
}
