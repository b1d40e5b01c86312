//! What the subsidies of a year start from: the units whose bases the city records, with what holds and who lacks one.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::subsidy::base::{self as bases, BasesAsked, BasesPage, Due},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::export::ExportKind;
use jianjia_standard::subsidy::yuan;
use serde::Deserialize;

use super::{records_bases, years};
use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::{
        core::export::{Asker, Listed, Listing, Rows},
        money::address,
    },
    path::{self, Path},
    query,
    session::SignedIn,
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// Of the path.
    year: String,
    q: String,
    /// `missing` or empty.
    state: String,
    page: String,
}

impl Asked {
    /// The question without year and page, by the names of its fields.
    fn fields(&self) -> [(&str, &str); 2] {
        [("q", &self.q), ("state", &self.state)]
    }

    fn bases(&self) -> Result<BasesAsked, PageError> {
        Ok(BasesAsked {
            year: path::read(&self.year)?,
            only_missing: self.state == "missing",
            name: self.q.clone(),
        })
    }
}

#[derive(Template)]
#[template(path = "money/subsidy/bases.html")]
struct Index {
    frame: Frame,
    year: i16,
    years: Vec<i16>,
    asked: Asked,
    list: BasesPage,
}

impl Index {
    fn base(&self) -> String {
        query::asked(&address::subsidy_bases(self.year), &self.asked.fields()) + "page="
    }

    fn export_href(&self) -> String {
        let path = format!("{}/export", address::subsidy_bases(self.year));
        query::asked(&path, &self.asked.fields()) + "format=xlsx"
    }

    fn is_narrowed(&self) -> bool {
        self.asked
            .fields()
            .iter()
            .any(|(_, value)| !value.is_empty())
    }

    fn is_recorded(&self) -> bool {
        records_bases(&self.list.standard)
    }

    fn problems(&self) -> Problems {
        Problems::none()
    }

    fn states(&self) -> Vec<(String, String)> {
        vec![("missing".to_owned(), self.frame.t("还没有登记").to_owned())]
    }

    fn href(&self, due: &Due) -> String {
        format!("{}?year={}", address::subsidy_of(&due.unit), self.year)
    }

    fn amount(&self, due: &Due) -> Option<String> {
        due.base.as_ref().map(|(fen, ..)| yuan(*fen))
    }

    fn note(&self, due: &Due) -> String {
        let note = due.base.as_ref().map(|(_, _, note)| note.clone());
        note.unwrap_or_default()
    }
}

pub(super) async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(mut asked): Query<Asked>,
) -> PageResult {
    asked.year = year.to_string();
    let wanted = asked.page.parse().unwrap_or(1);
    let list = bases::list(&app, &actor, &asked.bases()?, wanted).await?;
    page(&Index {
        years: years(&app),
        year,
        frame,
        asked,
        list,
    })
}

/// With the headings of the import, so that it can be filled in and brought back.
impl Listing for Asked {
    const KIND: ExportKind = ExportKind::SubsidyBases;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["表格|单位工会", "年度", "补贴基数", "说明"];
        let file = format!("subsidy-bases-{}", self.year);
        Listed::of(frame, "补贴基数", &file, &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let asked = self.bases()?;
        let (found, total) = bases::export(asker.app, asker.actor, &asked, portion).await?;
        let row = |due: &Due| {
            let (amount, note) = match &due.base {
                Some((fen, _, note)) => (Cell::Fen(*fen), Cell::from(note.as_str())),
                None => (Cell::Nothing, Cell::Nothing),
            };
            vec![
                Cell::Text(due.unit_name.clone()),
                Cell::Number(asked.year.into()),
                amount,
                note,
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}
