//! What became of each row of an uploaded table, and confirming the import.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    exchange::import::{
        self as imports, Wanted, again as rechecks,
        job::{self as import_jobs, Confirmed},
    },
};
use jianjia_domain::{
    core::{ids::ImportId, place::UnitPlace, policy::Actor},
    exchange::import::{
        Import, ImportState,
        aside::RowPlace,
        fate::{Outcome, RowFate, Said},
        pair::{Ask, Choice, Pair},
        table::HiddenRows,
    },
};
use jianjia_standard::Lang;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other, see_other_with, unprocessable},
    pages::exchange::{
        address,
        import::importing::{self, Broken},
    },
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
    /// What was left aside, in sentences.
    aside: Vec<String>,
    /// The headings of what the rows say.
    columns: Vec<String>,
    /// The column that says in every row what the row is called by anyway.
    repeats: Option<usize>,
    rows: Vec<Line>,
    names: Vec<AskedName>,
    /// Names that somebody paired, with what they mean.
    paired: Vec<(String, String)>,
    asked: Asked,
    page: i64,
    pages: i64,
    problems: Problems,
    /// A job failed at the table, or was stopped.
    broken: Option<Broken>,
}

/// A name that several may be meant by, or nobody exactly.
struct AskedName {
    field: String,
    label: String,
    options: Vec<(String, String)>,
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

    /// Whether the rows that can be imported may be, without the others.
    fn may_confirm_good(&self) -> bool {
        !self.is_done() && self.refused() > 0 && self.import.report.changes()
    }

    fn good(&self) -> usize {
        let [new, changed, ..] = self.import.report.counts();
        new + changed
    }

    /// What became of the table, for the tab: people have several open.
    fn headline(&self) -> String {
        let frame = &self.frame;
        if self.is_done() {
            frame.t1("已导入 {} 行", frame.count(self.good()))
        } else if self.refused() > 0 {
            frame.t1("{} 行不能导入", frame.count(self.refused()))
        } else if self.may_confirm() {
            frame.t1("{} 行待确认导入", frame.count(self.good()))
        } else {
            frame.t("没有要导入的").to_owned()
        }
    }

    fn list(&self) -> (String, &'static str) {
        let (href, word) = address::list(&self.frame, self.import.kind, &self.under.id);
        (href, self.frame.t_fixed(word))
    }

    fn has_hidden(&self) -> bool {
        self.import.report.aside.hidden.is_some()
    }

    fn takes_hidden(&self) -> bool {
        self.import.report.hidden_rows() == HiddenRows::Take
    }

    fn is_shown(&self, place: &usize) -> bool {
        self.repeats != Some(*place)
    }

    /// The heading of a cell, which on a phone stands beside it.
    fn column(&self, place: &usize) -> &str {
        self.columns.get(*place).map_or("", String::as_str)
    }

    fn said<'a>(&self, said: &'a Said) -> &'a str {
        said.get(self.frame.lang)
    }

    fn refused(&self) -> usize {
        self.import.report.counts()[4]
    }

    /// The page from which tables are sent.
    fn upper(&self) -> &'static str {
        address::upper(&self.frame).0
    }

    fn address(&self) -> String {
        address::import(&self.frame, &self.import.id)
    }

    fn base(&self) -> String {
        let import = self.address();
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
    let job = import_jobs::of_import(&app, &actor, &id).await?;
    match job {
        Some((job, file_name)) if job.state.is_open() => {
            importing::shown(&actor, frame, &id, &job, file_name)
        }
        job => {
            let (import, under) = imports::find(&app, &actor, &id).await?;
            let mut shown = show_page(frame, import, under, asked, Problems::none());
            shown.broken = job.and_then(|(job, _)| Broken::of(&shown.frame, &actor, &job));
            page(&shown)
        }
    }
}

pub(super) async fn confirm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ImportId>,
    Form(ChosenRows { rows }): Form<ChosenRows>,
) -> PageResult {
    let wanted = if rows == "good" {
        Wanted::Good
    } else {
        Wanted::All
    };
    let done = import_jobs::confirm(&app, &actor, &id, wanted).await;
    let address = address::import(&frame, &id);
    match told(done, &frame)? {
        Ok(Confirmed::Begun(_)) => see_other(&address),
        Ok(Confirmed::Done) => {
            let (import, _) = imports::find(&app, &actor, &id).await?;
            see_other_with(&address, &done_words(&frame, &import))
        }
        Err(problems) => again(&app, &actor, frame, &id, problems).await,
    }
}

/// What was imported, and how much of it.
fn done_words(frame: &Frame, import: &Import) -> String {
    let [new, changed, _, _, refused] = import.report.counts();
    let kind = frame.t_fixed(import.kind.word());
    let mut words = frame.t3(
        "已导入{}：新登记 {} 行，更新 {} 行。",
        kind,
        frame.count(new),
        frame.count(changed),
    );
    if refused > 0 {
        let others = frame.t1("其余 {} 行请下载改好再传。", frame.count(refused));
        if !frame.is_chinese() {
            words.push(' ');
        }
        words.push_str(&others);
    }
    words
}

/// Which rows are confirmed: `good` for those that can be imported, else all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChosenRows {
    rows: String,
}

/// What becomes of hidden rows: `leave`, else they are taken.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    hidden: String,
}

pub(super) async fn choose_hidden(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ImportId>,
    Form(Chosen { hidden }): Form<Chosen>,
) -> PageResult {
    let chosen = HiddenRows::from_key(&hidden).unwrap_or_default();
    let done = rechecks::choose_hidden(&app, &actor, &id, chosen).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::import(&frame, &id), "已重新核对。"),
        Err(problems) => again(&app, &actor, frame, &id, problems).await,
    }
}

/// What the names that are asked about mean: each field is `name-` with the name's place, and a number or `new`.
pub(super) async fn pair(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ImportId>,
    Form(sent): Form<HashMap<String, String>>,
) -> PageResult {
    let choices: HashMap<usize, Choice> = sent
        .iter()
        .filter_map(|(field, chosen)| {
            let place = field.strip_prefix("name-")?.parse().ok()?;
            Some((place, Choice::read(chosen)?))
        })
        .collect();
    let done = rechecks::pair(&app, &actor, &id, &choices).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::import(&frame, &id), "已按您说的重新核对。"),
        Err(problems) => again(&app, &actor, frame, &id, problems).await,
    }
}

async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &ImportId,
    problems: Problems,
) -> PageResult {
    let (import, under) = imports::find(app, actor, id).await?;
    unprocessable(&show_page(frame, import, under, Asked::default(), problems))
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
        aside: import
            .report
            .aside
            .sentences()
            .iter()
            .map(|sentence| frame.text(sentence).to_owned())
            .collect(),
        columns: import
            .report
            .columns
            .iter()
            .map(|column| frame.text(column).to_owned())
            .collect(),
        repeats: repeats(&import),
        names: if import.state == ImportState::Done {
            Vec::new()
        } else {
            asked_names(&frame, &import)
        },
        paired: paired(&frame, &import),
        page: i64::try_from(place).unwrap_or(1),
        pages: i64::try_from(pages).unwrap_or(1),
        frame,
        import,
        under,
        rows,
        asked,
        problems,
        broken: None,
    }
}

/// So many names are asked about on a page: the next ones once these are answered.
const NAMES_AT_MOST: usize = 50;

fn asked_names(frame: &Frame, import: &Import) -> Vec<AskedName> {
    let asks = import.report.asks();
    let name = |(place, (ask, rows)): (usize, (&Ask, usize))| {
        let mut options: Vec<(String, String)> = ask
            .candidates
            .iter()
            .map(|(name, number)| {
                let number = number.to_string();
                let word = frame.t2("{}（编号 {}）", name, &number);
                (number, word)
            })
            .collect();
        if ask.may_be_new {
            let word = frame.t("都不是，是新工会").to_owned();
            options.push(("new".to_owned(), word));
        }
        AskedName {
            field: format!("name-{place}"),
            label: frame.t2("“{}”（{} 行）是", &ask.typed, frame.count(rows)),
            options,
        }
    };
    let asks = asks.into_iter().enumerate().take(NAMES_AT_MOST);
    asks.map(name).collect()
}

fn paired(frame: &Frame, import: &Import) -> Vec<(String, String)> {
    let meant = |pair: &Pair| match &pair.unit {
        Some((name, number)) => frame.t2("{}（编号 {}）", name, number.to_string()),
        None => frame.t("新工会").to_owned(),
    };
    let pairs = import.report.pairs.iter();
    pairs
        .map(|pair| (pair.typed.clone(), meant(pair)))
        .collect()
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
        Outcome::Duplicate { of_row, of_sheet } => {
            let place = RowPlace {
                sheet: of_sheet.clone(),
                row: *of_row,
            };
            let place = if frame.is_chinese() {
                place.zh()
            } else {
                place.en()
            };
            vec![frame.t1("与{}一样，跳过", place)]
        }
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

/// The first column that says nothing but the names of the rows, which stand before it.
fn repeats(import: &Import) -> Option<usize> {
    let report = &import.report;
    let is_name = |place: &usize| {
        let mut rows = report.rows.iter();
        rows.all(|fate| {
            let said = fate.says.get(*place);
            said.is_none_or(|said| said.get(Lang::Zh) == fate.name)
        })
    };
    (0..report.columns.len()).find(is_name)
}
