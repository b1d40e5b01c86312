//! The list of entries, all lines for the auditor, one entry and its correction.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, standard::Standards},
    money::{
        ledger::{self, EntryFilter, EntryView, KeptEntry, LINES},
        spending,
    },
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{export::ExportKind, ids::LedgerEntryId},
    money::{
        amount::yuan,
        ledger::{EntryKind, Line},
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        core::export::{Asker, Listed, Listing, Rows, download},
        money::{address, overview::place_of},
    },
    path::{self, Path},
    query,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/money/{year}/entries", Access::SignedIn, index),
        Route::get(
            "/money/{year}/entries/export",
            Access::SignedIn,
            download::<Asked>,
        ),
        Route::get(
            "/money/{year}/lines/export",
            Access::SignedIn,
            download::<AllLines>,
        ),
        Route::get("/ledger-entries/{entry}", Access::SignedIn, show),
        Route::post(
            "/ledger-entries/{entry}/reversal",
            Access::SignedIn,
            reverse,
        ),
    ]
}

/// What a purpose is called, by its key.
pub(super) fn purpose_name(frame: &Frame, standards: &Standards, year: i16, key: &str) -> String {
    standards.of(year).purpose(key).map_or_else(
        || key.to_owned(),
        |purpose| frame.text(&purpose.name).to_owned(),
    )
}

/// What an entry rests on, as one text.
pub(super) fn basis_of(frame: &Frame, kept: &KeptEntry) -> String {
    let (basis, reason) = (&kept.entry.basis, &kept.entry.reason);
    match (basis.is_empty(), reason.is_empty()) {
        (false, false) => frame.t2("{}（{}）", basis, reason),
        (false, true) => basis.clone(),
        _ => reason.clone(),
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    year: String,
    place: String,
    kind: String,
    purpose: String,
    over: String,
    q: String,
    page: String,
}

impl Asked {
    fn fields(&self) -> [(&str, &str); 5] {
        [
            ("place", &self.place),
            ("kind", &self.kind),
            ("purpose", &self.purpose),
            ("over", &self.over),
            ("q", &self.q),
        ]
    }

    fn filter(&self, year: i16) -> EntryFilter {
        EntryFilter {
            year,
            kind: self.kind.clone(),
            purpose: self.purpose.clone(),
            name: self.q.clone(),
            over: !self.over.is_empty(),
            ..EntryFilter::default()
        }
    }
}

#[derive(Template)]
#[template(path = "money/entry/index.html")]
struct Index {
    frame: Frame,
    standards: Standards,
    year: i16,
    asked: Asked,
    lines: Vec<KeptEntry>,
    total: i64,
    page: i64,
}

impl Index {
    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    fn basis(&self, kept: &KeptEntry) -> String {
        basis_of(&self.frame, kept)
    }

    fn purpose(&self, kept: &KeptEntry) -> String {
        purpose_name(&self.frame, &self.standards, kept.entry.year, &kept.purpose)
    }

    fn pages(&self) -> i64 {
        (self.total + LINES - 1) / LINES
    }

    fn base(&self) -> String {
        query::asked(
            &format!("/money/{}/entries", self.year),
            &self.asked.fields(),
        ) + "page="
    }

    fn export_href(&self) -> String {
        let list = format!("/money/{}/entries/export", self.year);
        query::asked(&list, &self.asked.fields()) + "format=xlsx"
    }

    fn kinds(&self) -> Vec<(String, String)> {
        let kinds = EntryKind::ALL.into_iter();
        kinds
            .map(|kind| (kind.key().to_owned(), self.frame.t(kind.word()).to_owned()))
            .collect()
    }

    fn purposes(&self) -> Vec<(String, String)> {
        let standard = self.standards.of(self.year);
        let purposes = standard.purposes.iter();
        purposes
            .map(|purpose| {
                (
                    purpose.key.clone(),
                    self.frame.text(&purpose.name).to_owned(),
                )
            })
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
    let number = asked.page.parse::<i64>().unwrap_or(1).max(1);
    let place = place_of(&asked.place)?;
    let portion = (LINES, (number - 1).saturating_mul(LINES));
    let filter = asked.filter(year);
    let (lines, total) = ledger::page(&app, &actor, (&filter, place), portion).await?;
    page(&Index {
        standards: app.standards,
        frame,
        year,
        asked,
        lines,
        total,
        page: number,
    })
}

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::LedgerEntries;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "序号",
            "日期",
            "单位",
            "事项",
            "金额",
            "用途",
            "收款方",
            "超出",
            "依据",
            "记账人",
        ];
        Listed::of(frame, "经费账", "entries", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let year: i16 = path::read(&self.year)?;
        let place = place_of(&self.place)?;
        let filter = self.filter(year);
        let (found, total) = ledger::page(app, actor, (&filter, place), portion).await?;
        let row = |kept: &KeptEntry| {
            let entry = &kept.entry;
            let payee = kept.payee.map_or("", |payee| frame.t_fixed(payee.word()));
            vec![
                Cell::Number(entry.number),
                Cell::Text(entry.happened_on.to_string()),
                Cell::Text(entry.unit_name.clone()),
                Cell::Text(frame.t_fixed(entry.kind.word()).to_owned()),
                Cell::Fen(entry.amount_fen),
                Cell::Text(purpose_name(
                    frame,
                    &app.standards,
                    entry.year,
                    &kept.purpose,
                )),
                Cell::Text(payee.to_owned()),
                Cell::Fen(entry.over_fen),
                Cell::Text(basis_of(frame, kept)),
                Cell::Text(entry.recorded_by_name.clone()),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}

/// All lines of a year, for the auditor.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AllLines {
    year: String,
}

impl Listing for AllLines {
    const KIND: ExportKind = ExportKind::LedgerLines;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "序号",
            "记账时间",
            "日期",
            "单位",
            "事项",
            "年度",
            "科目",
            "用途",
            "金额",
            "依据",
            "记账人",
        ];
        Listed::of(frame, "经费明细账", "ledger-lines", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let year: i16 = path::read(&self.year)?;
        let (found, total) = ledger::lines(app, actor, year, portion).await?;
        let row = |(kept, line): &(KeptEntry, Line)| {
            let entry = &kept.entry;
            vec![
                Cell::Number(entry.number),
                Cell::Text(frame.minute(entry.recorded_at)),
                Cell::Text(entry.happened_on.to_string()),
                Cell::Text(entry.unit_name.clone()),
                Cell::Text(frame.t_fixed(entry.kind.word()).to_owned()),
                Cell::Number(i64::from(line.year)),
                Cell::Text(frame.t_fixed(line.account.word()).to_owned()),
                Cell::Text(purpose_name(
                    frame,
                    &app.standards,
                    line.year,
                    &line.purpose,
                )),
                Cell::Fen(line.amount_fen),
                Cell::Text(basis_of(frame, kept)),
                Cell::Text(entry.recorded_by_name.clone()),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}

#[derive(Template)]
#[template(path = "money/entry/show.html")]
struct Show {
    frame: Frame,
    standards: Standards,
    of: EntryView,
    reason: String,
    problems: Problems,
}

impl Show {
    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    fn statement(&self) -> String {
        address::statement_of(&self.of.unit.id, self.of.kept.entry.year)
    }

    fn purpose(&self, year: &i16, key: &str) -> String {
        purpose_name(&self.frame, &self.standards, *year, key)
    }

    /// The address of another entry.
    fn other(&self, id: &LedgerEntryId) -> String {
        address::entry(id)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<LedgerEntryId>,
) -> PageResult {
    let of = ledger::entry(&app, &actor, &id).await?;
    page(&Show {
        standards: app.standards,
        frame,
        of,
        reason: String::new(),
        problems: Problems::none(),
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Reversal {
    reason: String,
}

async fn reverse(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<LedgerEntryId>,
    Form(form): Form<Reversal>,
) -> PageResult {
    // Who may not see it hears of nothing.
    ledger::entry(&app, &actor, &id).await?;
    match told(
        spending::reverse(&app, &actor, &id, &form.reason).await,
        &frame,
    )? {
        Ok(back) => see_other_with(&address::entry(&back), "已更正：原来的一笔已冲销。"),
        Err(problems) => {
            let of = ledger::entry(&app, &actor, &id).await?;
            unprocessable(&Show {
                standards: app.standards,
                frame,
                of,
                reason: form.reason,
                problems,
            })
        }
    }
}
