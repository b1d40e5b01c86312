//! What changed in a place in a calendar year, and in the year before: titles gained and lost, units that came and went, with the lists behind.

use std::collections::BTreeMap;

use jianjia_domain::core::{ids::UnitId, policy::Actor};
use jianjia_store::insight::change;
pub use jianjia_store::insight::change::{TitleChange, Turn};

use crate::{
    core::{app::App, error::Result},
    insight::place::{self, Place},
};

/// How many lines a page of titles has.
pub const LINES: i64 = 50;

/// How many titles of one kind were gained and lost, this year and the year before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TitleFigures {
    pub title: String,
    pub gained: i64,
    /// Taken, or withdrawn: of those gained before, or in the same year.
    pub lost: i64,
    pub gained_before: i64,
    pub lost_before: i64,
}

/// The changes of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    pub place: Place,
    pub year: i16,
    /// In the order of the standard; titles of other standards after them.
    pub titles: Vec<TitleFigures>,
    /// Units founded, and ended, this year.
    pub founded: i64,
    pub ended: i64,
    pub founded_before: i64,
    pub ended_before: i64,
}

/// What changed; without a year, in the running one.
///
/// # Errors
/// As `place::find`.
pub async fn overview(
    app: &App,
    actor: &Actor,
    under: Option<&UnitId>,
    year: Option<i16>,
) -> Result<Changes> {
    let mut tx = app.db.read().await?;
    let (_, place) = place::find(&mut tx, app, actor, under).await?;
    let year = year.unwrap_or(app.clock.today().year());
    let path = &place.unit.path;
    let mut counted: BTreeMap<String, TitleFigures> = BTreeMap::new();
    for (of, turn) in [
        (year, Turn::Gained),
        (year, Turn::Lost),
        (year - 1, Turn::Gained),
        (year - 1, Turn::Lost),
    ] {
        for (title, count) in change::titles(&mut tx, path, of, turn).await? {
            let figures = counted.entry(title).or_default();
            match (of == year, turn) {
                (true, Turn::Gained) => figures.gained = count,
                (true, Turn::Lost) => figures.lost = count,
                (false, Turn::Gained) => figures.gained_before = count,
                (false, Turn::Lost) => figures.lost_before = count,
            }
        }
    }
    let (founded, ended) = change::units(&mut tx, path, year).await?;
    let (founded_before, ended_before) = change::units(&mut tx, path, year - 1).await?;
    let mut titles: Vec<TitleFigures> = counted
        .into_iter()
        .map(|(title, figures)| TitleFigures { title, ..figures })
        .collect();
    let in_order = &app.standards.of(year).titles;
    titles.sort_by_key(|figures| {
        let place = in_order.iter().position(|title| title.key == figures.title);
        place.unwrap_or(usize::MAX)
    });
    Ok(Changes {
        place,
        year,
        titles,
        founded,
        ended,
        founded_before,
        ended_before,
    })
}

/// Which titles are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub under: Option<UnitId>,
    pub year: Option<i16>,
    pub turn: Turn,
    /// Empty for all.
    pub title: String,
}

/// A page of titles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedPage {
    pub place: Place,
    pub year: i16,
    pub lines: Vec<TitleChange>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

/// The titles behind a figure, the newest first.
///
/// # Errors
/// As `place::find`.
pub async fn list(app: &App, actor: &Actor, question: &Question, page: i64) -> Result<ChangedPage> {
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (place, year, lines, total) = portion(app, actor, question, (LINES, offset)).await?;
    Ok(ChangedPage {
        place,
        year,
        lines,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
    })
}

/// A portion (limit, offset) of them, for a file, and how many there are.
///
/// # Errors
/// As `list`.
pub async fn export(
    app: &App,
    actor: &Actor,
    question: &Question,
    wanted: (i64, i64),
) -> Result<(Vec<TitleChange>, i64)> {
    let (_, _, lines, total) = portion(app, actor, question, wanted).await?;
    Ok((lines, total))
}

async fn portion(
    app: &App,
    actor: &Actor,
    question: &Question,
    wanted: (i64, i64),
) -> Result<(Place, i16, Vec<TitleChange>, i64)> {
    let mut tx = app.db.read().await?;
    let (_, place) = place::find(&mut tx, app, actor, question.under.as_ref()).await?;
    let year = question.year.unwrap_or(app.clock.today().year());
    let title = Some(question.title.as_str()).filter(|title| !title.is_empty());
    let path = &place.unit.path;
    let (lines, total) = change::list(&mut tx, path, year, question.turn, title, wanted).await?;
    Ok((place, year, lines, total))
}
