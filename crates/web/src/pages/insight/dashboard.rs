//! The dashboard of a place: each target by year against its line with what is to be expected, the federations right below it side by side, on a map of tiles
//! in the city; and for those who may look inside what holds unions back, what changed and who is one step away. The public sees sums by district alone.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    insight::{
        dashboard::{self as dashboards, ChildProgress, Dashboard},
        place::looks_at,
    },
};
use jianjia_documents::workbook::{Cell, Column, Table};
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
    },
    honour::target::{LineYear, Progress, Projection},
};
use jianjia_standard::Standard;
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::insight::{
        address::{self, DASHBOARD},
        chart::{self, LARGE, Lines, Map, MapTile, SMALL},
    },
    path, query,
    routes::{Access, Route},
    table_file,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(DASHBOARD, Access::Public, index),
        Route::get("/dashboard/export", Access::Public, export),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// A federation's id.
    under: String,
    /// The clause of the target by which federations are compared.
    target: String,
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
}

#[derive(Template)]
#[template(path = "insight/dashboard.html")]
struct Index {
    frame: Frame,
    standard: Arc<Standard>,
    shown: Dashboard,
    map: Option<Map>,
}

impl Index {
    async fn of(app: &App, frame: Frame, asked: &Asked) -> Result<Index, PageError> {
        let under = asked.under()?;
        let actor = frame.actor.as_ref();
        let shown = dashboards::dashboard(app, actor, under.as_ref(), &asked.target).await?;
        let standard = app.in_force().clone();
        Ok(Index {
            map: chart::map(&shown.children, &standard.tiles),
            standard,
            shown,
            frame,
        })
    }

    fn place(&self) -> &UnitPlace {
        &self.shown.place.unit
    }

    fn is_city(&self) -> bool {
        self.place().kind == UnitKind::City
    }

    fn title_name(&self, title: &str) -> String {
        title_name(&self.frame, &self.standard, title)
    }

    fn target_name(&self, target: &Progress) -> String {
        self.title_name(&target.title)
    }

    fn chart(&self, target: &Progress) -> Lines {
        chart::lines(target, LARGE)
    }

    fn small(&self, child: &ChildProgress) -> Lines {
        chart::lines(&child.progress, SMALL)
    }

    /// What the chart shows, in words: the figures stand in its table.
    fn chart_words(&self, target: &Progress) -> String {
        let name = self.target_name(target);
        let last = target.line.iter().rev().find(|year| year.held.is_some());
        match last {
            Some(year) => self.frame.t3(
                "{}：按进度线现在应有 {} 个，现有 {} 个。各年数字在下面的表里。",
                name,
                self.frame.count(target.due()),
                self.frame.count(year.held.unwrap_or(0)),
            ),
            None => self.frame.t1("{}：这个目标的第一年还没有到。", name),
        }
    }

    fn small_words(&self, child: &ChildProgress) -> String {
        let progress = &child.progress;
        self.frame.t3(
            "{}：应有 {} 个，现有 {} 个",
            &child.unit.name,
            self.frame.count(progress.due()),
            self.frame.count(progress.held),
        )
    }

    fn sentence(&self, target: &Progress) -> String {
        let (required, held) = (
            self.frame.count(target.required),
            self.frame.count(target.held),
        );
        match target.of {
            Some(of) => self.frame.t3(
                "{} 个基层工会中有 {} 个，目标要 {} 个。",
                self.frame.count(of),
                held,
                required,
            ),
            None => self.frame.t2("目标 {} 个，现有 {} 个。", required, held),
        }
    }

    fn state(&self, target: &Progress) -> (&'static str, &'static str) {
        if target.is_reached() {
            ("tag-met", self.frame.t_fixed("已达到目标"))
        } else if target.is_behind() {
            ("tag-unmet", self.frame.t_fixed("落后于进度"))
        } else {
            ("tag-met", self.frame.t_fixed("进度正常"))
        }
    }

    /// What is to be expected, by which assumption.
    fn projection(&self, target: &Progress) -> String {
        projection(&self.frame, target)
    }

    /// How many there were at the end of a year.
    fn held(&self, year: &LineYear) -> String {
        year.held
            .map_or_else(|| "—".to_owned(), |held| self.frame.count(held))
    }

    /// The list behind a figure of a year; none of a year to come.
    fn list(&self, target: &Progress, year: &LineYear) -> Option<String> {
        year.held?;
        let years = self.years();
        Some(address::titles_until(target, self.place(), years, year))
    }

    fn list_of(&self, child: &ChildProgress) -> String {
        address::titles(&child.progress, &child.unit, self.years())
    }

    /// The years whose titles count.
    fn years(&self) -> (i16, i16) {
        let programme = &self.standard.programme;
        (programme.first_year, programme.last_year)
    }

    /// The dashboard of a federation below, for those who may look there.
    fn below(&self, child: &ChildProgress) -> Option<String> {
        let actor = self.frame.actor.as_ref()?;
        let looks = looks_at(actor, &child.unit);
        let href = address::of_place(DASHBOARD, &child.unit.id);
        looks.then(|| format!("{href}&target={}", self.shown.compared))
    }

    /// Where a tile leads: inside for those who may look, else to the list of titles.
    fn tile_href(&self, child: &ChildProgress) -> String {
        self.below(child).unwrap_or_else(|| self.list_of(child))
    }

    fn child(&self, tile: &MapTile) -> Option<&ChildProgress> {
        self.shown.children.get(tile.child)
    }

    /// What of its part a federation has reached.
    fn reached(&self, child: &ChildProgress) -> String {
        percent(child.progress.reached_bp)
    }

    fn due_share(&self, child: &ChildProgress) -> String {
        percent(child.progress.due_bp)
    }

    /// The tabs by which target federations are compared: clause, word, address.
    fn tabs(&self) -> Vec<(String, String, String)> {
        let of = |target: &Progress| {
            let id = self.place().id.to_string();
            let under = if self.is_inside() { id.as_str() } else { "" };
            let parts = [("under", under), ("target", target.clause.as_str())];
            let href = query::asked(DASHBOARD, &parts);
            (
                target.clause.clone(),
                self.target_name(target),
                format!("{}#places", href.trim_end_matches('&')),
            )
        };
        self.shown.targets.iter().map(of).collect()
    }

    fn is_inside(&self) -> bool {
        self.shown.inside.is_some()
    }

    fn compared_name(&self) -> String {
        let target = self.standard.target(&self.shown.compared);
        target.map_or_else(String::new, |target| self.title_name(&target.title))
    }

    fn criterion_name(&self, clause: &str) -> &str {
        let criterion = self.standard.criterion(clause);
        criterion.map_or("", |criterion| self.frame.text(&criterion.name))
    }

    fn lacking(&self, title: &str, clause: &str, stands: &str) -> String {
        address::lacking(&self.place().id, self.shown.year, title, (clause, stands))
    }

    fn holding_back(&self, title: &str) -> String {
        address::holding_back(&self.place().id, self.shown.year, title)
    }

    fn parted(&self, title: &str, clause: &str) -> String {
        address::parted(&self.place().id, self.shown.year, title, clause)
    }

    fn one_step(&self, title: &str) -> String {
        address::one_step(&self.place().id, self.shown.year, title, "")
    }

    fn changes(&self) -> String {
        address::of_place(address::CHANGES, &self.place().id)
    }

    fn dashboard_of(&self, place: &UnitPlace) -> String {
        address::of_place(DASHBOARD, &place.id)
    }

    fn export_address(&self, format: &str) -> String {
        let id = self.place().id.to_string();
        let under = if self.is_inside() { id.as_str() } else { "" };
        let parts = [
            ("under", under),
            ("target", self.shown.compared.as_str()),
            ("format", format),
        ];
        let address = query::asked("/dashboard/export", &parts);
        address.trim_end_matches('&').to_owned()
    }
}

pub(super) fn title_name(frame: &Frame, standard: &Standard, title: &str) -> String {
    standard.title(title).map_or_else(
        || title.to_owned(),
        |title| frame.text(&title.name).to_owned(),
    )
}

/// Hundredths of a percent with one decimal, cut off: `93.7%`.
pub(super) fn percent(basis_points: i64) -> String {
    format!("{}.{}%", basis_points / 100, basis_points % 100 / 10)
}

fn projection(frame: &Frame, target: &Progress) -> String {
    let Projection::Expected {
        least,
        most,
        figure,
        whole_years,
        years_left,
        ..
    } = &target.projection
    else {
        return frame.t("还没有一个完整的年度，无法推算。").to_owned();
    };
    if *years_left == 0 {
        return frame.t1(
            "没有更多的年度了，到期就是现有的 {} 个。",
            frame.count(*figure),
        );
    }
    let assumed = frame.t2(
        "推算：假定今后 {} 年每年新增的数目，和已经过完的 {} 个年度一样。",
        years_left,
        whole_years,
    );
    let expected = frame.t3(
        "按平均，到期约 {} 个；年年像最少的那一年，{} 个；年年像最多的那一年，{} 个。",
        frame.count(*figure),
        frame.count(*least),
        frame.count(*most),
    );
    format!("{assumed}{expected}")
}

async fn index(State(app): State<App>, frame: Frame, Query(asked): Query<Asked>) -> PageResult {
    page(&Index::of(&app, frame, &asked).await?)
}

async fn export(State(app): State<App>, frame: Frame, Query(asked): Query<Asked>) -> PageResult {
    let index = Index::of(&app, frame, &asked).await?;
    let tables = vec![by_year(&index), by_place(&index)];
    table_file::answer(tables, &asked.format, "dashboard").await
}

/// Each target by year.
fn by_year(index: &Index) -> Table {
    let frame = &index.frame;
    let headings = ["条款", "目标", "年末", "按进度应有", "现有"];
    let of_target = |target: &Progress| {
        let name = index.target_name(target);
        let clause = target.clause.clone();
        let rows = target.line.iter().map(move |year| {
            vec![
                Cell::Text(clause.clone()),
                Cell::Text(name.clone()),
                Cell::Number(i64::from(year.year)),
                Cell::Number(year.due),
                year.held.map_or(Cell::Text(String::new()), Cell::Number),
            ]
        });
        rows.collect::<Vec<Vec<Cell>>>()
    };
    Table {
        name: frame.t("目标走势").to_owned(),
        columns: headings.map(|word| Column::plain(frame.t(word))).into(),
        rows: index.shown.targets.iter().flat_map(of_target).collect(),
    }
}

/// The federations right below by the target that is compared.
fn by_place(index: &Index) -> Table {
    let frame = &index.frame;
    let headings = ["单位", "表头|基层工会", "目标数", "按进度应有", "现有"];
    let row = |child: &ChildProgress| {
        vec![
            Cell::Text(child.unit.name.clone()),
            Cell::Number(child.unions),
            Cell::Number(child.progress.required),
            Cell::Number(child.progress.due()),
            Cell::Number(child.progress.held),
        ]
    };
    Table {
        name: frame.t("下级单位").to_owned(),
        columns: headings.map(|word| Column::plain(frame.t(word))).into(),
        rows: index.shown.children.iter().map(row).collect(),
    }
}
