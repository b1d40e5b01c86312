//! What holds the unions of a place back most: how many lack which clause for the title that they strive for, by place, kind, employer, trade and size, and
//! the unions behind each figure. Nobody is judged for it: `standing` keeps what each lacks where it is judged.

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::Actor,
    },
    year::shortfall::{ALL_CLAUSES, Facet, clauses},
};
use jianjia_standard::Standard;
use jianjia_store::{
    core::db::Tx,
    insight::{
        dashboard as federations,
        lacking::{self, LackingFilter},
    },
    year::shortfall,
};
pub use jianjia_store::{
    insight::lacking::{Lacking, Only, Stands},
    year::shortfall::Figure,
};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    insight::place::{self, Place},
};

/// How many lines a page of unions has.
pub const LINES: i64 = 50;

/// How many unions strive for a title, and how many of them lack one clause alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Striving {
    pub title: String,
    pub unions: i64,
    pub step_unmet: i64,
    pub step_unknown: i64,
}

impl Striving {
    pub fn steps(&self) -> i64 {
        self.step_unmet + self.step_unknown
    }
}

/// How often a clause is lacking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseFigure {
    pub clause: String,
    pub asked: i64,
    pub unmet: i64,
    pub unknown: i64,
}

/// The clauses of a title and of those below it, by how often they are lacking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldingBack {
    pub place: Place,
    pub year: i16,
    /// Titles that unions strive for, in the standard's order.
    pub striving: Vec<Striving>,
    /// The title of the clauses; empty where nobody strives for any.
    pub title: String,
    /// The most often lacking first; those that nobody lacks are left out.
    pub clauses: Vec<ClauseFigure>,
}

/// What holds a place's unions back from a title; without one, from that which most strive for.
///
/// # Errors
/// As `place::find`.
pub async fn overview(
    app: &App,
    actor: &Actor,
    under: Option<&UnitId>,
    year: Option<i16>,
    title: &str,
) -> Result<HoldingBack> {
    let mut tx = app.db.read().await?;
    let (_, place) = place::find(&mut tx, app, actor, under).await?;
    let year = year.unwrap_or(app.year());
    let standard = app.standards.of(year);
    let striving = striving(&mut tx, standard, &place, year).await?;
    let title = chosen(&striving, title);
    let clauses = of_clauses(&mut tx, standard, &place, year, &title).await?;
    Ok(HoldingBack {
        place,
        year,
        striving,
        title,
        clauses,
    })
}

/// The titles that a place's unions strive for.
pub(crate) async fn striving(
    tx: &mut Tx,
    standard: &Standard,
    place: &Place,
    year: i16,
) -> Result<Vec<Striving>> {
    let found = shortfall::titles(tx, (&place.unit.path, place.is_kept), year).await?;
    let in_order = standard.titles.iter().filter_map(|title| {
        let (_, counts) = found.iter().find(|(key, _)| *key == title.key)?;
        let [unions, step_unmet, step_unknown] = *counts;
        Some(Striving {
            title: title.key.clone(),
            unions,
            step_unmet,
            step_unknown,
        })
    });
    Ok(in_order.collect())
}

/// The title that is asked for, if anybody strives for it; else that which most strive for.
fn chosen(striving: &[Striving], title: &str) -> String {
    let asked = striving.iter().find(|one| one.title == title);
    let most = || striving.iter().max_by_key(|one| one.unions);
    asked
        .or_else(most)
        .map(|one| one.title.clone())
        .unwrap_or_default()
}

/// The clauses that a place's unions lack for a title, the most often lacking first.
pub(crate) async fn of_clauses(
    tx: &mut Tx,
    standard: &Standard,
    place: &Place,
    year: i16,
    title: &str,
) -> Result<Vec<ClauseFigure>> {
    let Some(title) = standard.title(title) else {
        return Ok(Vec::new());
    };
    let numbered = clauses(standard, title);
    let of = (place.unit.path.as_str(), place.is_kept);
    let figures = shortfall::figures(tx, of, year, &title.key, &[Facet::All], None).await?;
    let figures = figures.into_iter().flat_map(|(_, figures)| figures);
    let mut found: Vec<ClauseFigure> = figures
        .filter(|figure| figure.unmet + figure.unknown > 0)
        .filter_map(|figure| {
            let number = usize::try_from(figure.clause).ok()?;
            Some(ClauseFigure {
                clause: (*numbered.get(number)?).to_owned(),
                asked: figure.asked,
                unmet: figure.unmet,
                unknown: figure.unknown,
            })
        })
        .collect();
    found.sort_by_key(|one| -(one.unmet + one.unknown));
    Ok(found)
}

/// One clause, or all who strive for a title, parted by place and by each facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parted {
    pub place: Place,
    pub year: i16,
    pub title: String,
    /// None: those who strive for the title, and those of them who lack one clause alone.
    pub clause: Option<String>,
    pub whole: Figure,
    pub facets: Vec<(Facet, Vec<Figure>)>,
    /// By federation right below, and what stands below none of them.
    pub places: Vec<(UnitPlace, Figure)>,
    pub others: Figure,
}

/// A clause parted. Of a clause that the title does not ask there is nothing.
///
/// # Errors
/// As `place::find`; not found for a title or a clause that the standard does not have.
pub async fn parted(
    app: &App,
    actor: &Actor,
    under: Option<&UnitId>,
    year: Option<i16>,
    title: &str,
    clause: Option<&str>,
) -> Result<Parted> {
    let mut tx = app.db.read().await?;
    let (_, place) = place::find(&mut tx, app, actor, under).await?;
    let year = year.unwrap_or(app.year());
    let standard = app.standards.of(year);
    let number = number_of(standard, title, clause)?;
    let wanted = number.map_or(ALL_CLAUSES, |number| i64::try_from(number).unwrap_or(-1));
    let of = (place.unit.path.as_str(), place.is_kept);
    let mut facets =
        shortfall::figures(&mut tx, of, year, title, &Facet::ALL, Some(wanted)).await?;
    let all = facets.iter().find(|(facet, _)| *facet == Facet::All);
    let whole = all
        .and_then(|(_, figures)| figures.first().cloned())
        .unwrap_or_else(|| none(wanted));
    facets.retain(|(facet, _)| *facet != Facet::All);
    let are_kept = are_kept(&place);
    let children = federations::children(&mut tx, &place.unit, are_kept).await?;
    let below = lacking::by_child(&mut tx, &place.unit, are_kept, year, title, number).await?;
    let mut others = whole.clone();
    let mut places = Vec::new();
    for child in children {
        let figure = below.iter().find(|(path, _)| *path == child.place.path);
        let figure = figure.map_or_else(|| none(wanted), |(_, figure)| figure.clone());
        others.asked -= figure.asked;
        others.unmet -= figure.unmet;
        others.unknown -= figure.unknown;
        if figure.asked > 0 {
            places.push((child.place, figure));
        }
    }
    Ok(Parted {
        place,
        year,
        title: title.to_owned(),
        clause: clause.map(str::to_owned),
        whole,
        facets,
        places,
        others,
    })
}

/// Whether the counts of the federations right below a place are kept: below the city alone.
pub(crate) fn are_kept(place: &Place) -> bool {
    place.unit.kind == UnitKind::City
}

fn none(clause: i64) -> Figure {
    Figure {
        value: String::new(),
        clause,
        asked: 0,
        unmet: 0,
        unknown: 0,
    }
}

/// The number of a clause among those of a title.
fn number_of(standard: &Standard, title: &str, clause: Option<&str>) -> Result<Option<usize>> {
    let title = standard.title(title).ok_or(Error::NotFound)?;
    let Some(clause) = clause else {
        return Ok(None);
    };
    let mut numbered = clauses(standard, title).into_iter();
    let number = numbered.position(|one| one == clause);
    Ok(Some(number.ok_or(Error::NotFound)?))
}

/// Which unions are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    pub under: Option<UnitId>,
    /// Only those that stand below none of the federations right below it.
    pub is_own: bool,
    pub year: Option<i16>,
    pub title: String,
    /// A clause, and how it stands.
    pub clause: Option<(String, Option<Stands>)>,
    /// Only those that lack one clause alone.
    pub step: Option<Only>,
    pub values: Vec<(Facet, String)>,
}

/// A page of unions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LackingPage {
    pub place: Place,
    pub year: i16,
    pub title: String,
    /// The titles that can be asked for.
    pub striving: Vec<Striving>,
    pub lines: Vec<Lacking>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

/// The unions behind a figure.
///
/// # Errors
/// As `place::find`; not found for a title or a clause that the standard does not have.
pub async fn list(app: &App, actor: &Actor, question: &Question, page: i64) -> Result<LackingPage> {
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let mut tx = app.db.read().await?;
    let (_, place) = place::find(&mut tx, app, actor, question.under.as_ref()).await?;
    let year = question.year.unwrap_or(app.year());
    let striving = striving(&mut tx, app.standards.of(year), &place, year).await?;
    let title = match question.title.as_str() {
        "" => chosen(&striving, ""),
        title => title.to_owned(),
    };
    let (lines, total) = if title.is_empty() {
        (Vec::new(), 0)
    } else {
        let filter = filter(&mut tx, app, &place, year, &title, question).await?;
        lacking::list(&mut tx, &filter, (LINES, offset)).await?
    };
    Ok(LackingPage {
        place,
        year,
        title,
        striving,
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
    portion: (i64, i64),
) -> Result<(Vec<Lacking>, i64)> {
    let mut tx = app.db.read().await?;
    let (_, place) = place::find(&mut tx, app, actor, question.under.as_ref()).await?;
    let year = question.year.unwrap_or(app.year());
    let title = match question.title.as_str() {
        "" => {
            let striving = striving(&mut tx, app.standards.of(year), &place, year).await?;
            chosen(&striving, "")
        }
        title => title.to_owned(),
    };
    if title.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let filter = filter(&mut tx, app, &place, year, &title, question).await?;
    Ok(lacking::list(&mut tx, &filter, portion).await?)
}

async fn filter(
    tx: &mut Tx,
    app: &App,
    place: &Place,
    year: i16,
    title: &str,
    question: &Question,
) -> Result<LackingFilter> {
    let standard = app.standards.of(year);
    // Whoever chooses another title on the page sends the old one's clause along; then nothing is narrowed to a clause.
    let is_of_another = |clause: &str| {
        standard.criterion(clause).is_some() && number_of(standard, title, Some(clause)).is_err()
    };
    let clause = question.clause.as_ref();
    let clause = clause.filter(|(clause, _)| !is_of_another(clause));
    let number = number_of(standard, title, clause.map(|(clause, _)| clause.as_str()))?;
    let stands = clause.and_then(|(_, stands)| *stands);
    let step = question.step.clone().map(|only| Only {
        clause: only.clause.filter(|clause| !is_of_another(clause)),
        ..only
    });
    let but = if question.is_own {
        let children = federations::children(tx, &place.unit, are_kept(place)).await?;
        children.into_iter().map(|child| child.place.path).collect()
    } else {
        Vec::new()
    };
    Ok(LackingFilter {
        within: place.unit.path.clone(),
        but,
        year,
        title: title.to_owned(),
        clause: number.map(|number| (number, stands.unwrap_or(Stands::Lacking))),
        step,
        values: question.values.clone(),
    })
}
