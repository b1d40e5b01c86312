//! What became of each row of an uploaded table, and confirming the import.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{core::app::App, exchange::import as imports};
use jianjia_domain::{
    core::{ids::ImportId, place::UnitPlace},
    exchange::import::{
        Import, ImportState,
        fate::{Outcome, RowFate},
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::exchange::address,
    path::Path,
    session::SignedIn,
};

/// Rows of a page of fates.
const PER_PAGE: usize = 100;

/// The fates that are asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
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
        let import = address::import(&self.import.id);
        format!("{import}?show={}&page=", self.asked.show)
    }
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ImportId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let (import, under) = imports::find(&app, &actor, &id).await?;
    page(&show_page(frame, import, under, asked, Problems::none()))
}

pub(super) async fn confirm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ImportId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    match told(imports::confirm(&app, &actor, &id).await, &frame)? {
        Ok(()) => see_other_with(&address::import(&id), "已全部导入。"),
        Err(problems) => {
            let (import, under) = imports::find(&app, &actor, &id).await?;
            unprocessable(&show_page(frame, import, under, Asked::default(), problems))
        }
    }
}

/// The fates of rows in the order of the page: key, words and tag.
const FATES: [(&str, &str, &str); 5] = [
    ("new", "新登记", "tag-met"),
    ("changed", "更新", "tag-met"),
    ("unchanged", "不变", "tag-na"),
    ("duplicate", "重复", "tag-na"),
    ("refused", "不能导入", "tag-unmet"),
];

/// The place of a row's fate among [`FATES`].
fn place_of(fate: &RowFate) -> usize {
    match fate.outcome {
        Outcome::New => 0,
        Outcome::Changed { .. } => 1,
        Outcome::Unchanged => 2,
        Outcome::Duplicate { .. } => 3,
        Outcome::Refused { .. } => 4,
    }
}

fn show_page(
    frame: Frame,
    import: Import,
    under: UnitPlace,
    mut asked: Asked,
    problems: Problems,
) -> Show {
    let counts = import.report.counts();
    if asked.show.is_empty() && counts[4] > 0 {
        // What has to be mended comes first.
        "refused".clone_into(&mut asked.show);
    }
    let fates: Vec<&RowFate> = import
        .report
        .rows
        .iter()
        .filter(|fate| {
            matches!(asked.show.as_str(), "" | "all") || FATES[place_of(fate)].0 == asked.show
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
        .map(|fate| line(&frame, fate))
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

fn line(frame: &Frame, fate: &RowFate) -> Line {
    let (_, word, tag) = FATES[place_of(fate)];
    Line {
        word: frame.t_fixed(word).to_owned(),
        tag,
        why: why(frame, fate),
        fate: fate.clone(),
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
