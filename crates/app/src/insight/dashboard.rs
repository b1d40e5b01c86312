//! A place's dashboard: each target against its line, the federations right below it side by side, what holds its unions back most, what changed, and who is
//! one step away. All of it is read from what is counted already.

use std::{collections::HashMap, ops::RangeInclusive};

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::Actor,
    },
    honour::target::{self, Progress, Whose},
};
use jianjia_standard::{Standard, programme::Target};
use jianjia_store::{
    core::db::Tx,
    honour::target::{self as figures, YearFigure},
    insight::dashboard as read,
};
use jiff::civil::Date;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    honour::target::given,
    insight::{
        holding_back::{self, ClauseFigure, Striving, are_kept},
        place::{self, Place},
    },
};

/// So many clauses that hold back are on a dashboard.
const FIRST: usize = 5;

/// Everything a dashboard shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Dashboard {
    pub place: Place,
    pub year: i16,
    pub unions: i64,
    /// Of which the place's part of a number is worked out.
    pub of_city: i64,
    /// In the order of the standard.
    pub targets: Vec<Progress>,
    /// The clause of the target by which the federations below are compared.
    pub compared: String,
    /// For the public the city's districts alone.
    pub children: Vec<ChildProgress>,
    /// None for the public.
    pub inside: Option<Inside>,
}

/// What is shown to those who may look inside a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Inside {
    pub striving: Vec<Striving>,
    /// What holds back those who strive for the title that most strive for.
    pub title: String,
    pub clauses: Vec<ClauseFigure>,
}

/// How a federation right below stands with the target that is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildProgress {
    pub unit: UnitPlace,
    /// The code of its division; empty where it has none.
    pub division: String,
    pub unions: i64,
    pub progress: Progress,
}

/// The dashboard of a place: of that which is asked for, else of the first at which a role lets somebody look, else the city's as the public sees it.
/// `clause` is that of the target by which the federations below are compared; else the first is.
///
/// # Errors
/// Not found for what is no federation, or out of sight, and where there is no city yet.
pub async fn dashboard(
    app: &App,
    actor: Option<&Actor>,
    under: Option<&UnitId>,
    clause: &str,
) -> Result<Dashboard> {
    let mut tx = app.db.read().await?;
    let inside = match (actor, under) {
        (Some(actor), Some(_)) => Some(place::find(&mut tx, app, actor, under).await?.1),
        (Some(actor), None) if place::looks_anywhere(actor) => {
            Some(place::find(&mut tx, app, actor, None).await?.1)
        }
        (None, Some(_)) => return Err(Error::NotFound),
        (_, None) => None,
    };
    let is_public = inside.is_none();
    let place = match inside {
        Some(place) => place,
        None => Place {
            unit: figures::city(&mut tx).await?.ok_or(Error::NotFound)?,
            above: Vec::new(),
            is_kept: true,
        },
    };
    let (standard, year) = (app.in_force(), app.year());
    let mut shown = of_place(&mut tx, standard, &place, app.clock.today(), clause).await?;
    let inside = if is_public {
        let is_district = |child: &ChildProgress| child.unit.kind == UnitKind::District;
        shown.children.retain(is_district);
        None
    } else {
        let striving = holding_back::striving(&mut tx, standard, &place, year).await?;
        let title = striving.iter().max_by_key(|one| one.unions);
        let title = title.map(|one| one.title.clone()).unwrap_or_default();
        let mut clauses = holding_back::of_clauses(&mut tx, standard, &place, year, &title).await?;
        clauses.truncate(FIRST);
        Some(Inside {
            striving,
            title,
            clauses,
        })
    };
    Ok(Dashboard {
        place,
        year,
        unions: shown.unions,
        of_city: shown.of_city,
        targets: shown.targets,
        compared: shown.compared,
        children: shown.children,
        inside,
    })
}

/// The targets of a place and of those right below it.
struct Shown {
    unions: i64,
    of_city: i64,
    targets: Vec<Progress>,
    compared: String,
    children: Vec<ChildProgress>,
}

async fn of_place(
    tx: &mut Tx,
    standard: &Standard,
    place: &Place,
    today: Date,
    clause: &str,
) -> Result<Shown> {
    let years = standard.programme.first_year..=standard.programme.last_year;
    let unions = read::unions(tx, &place.unit.path, place.is_kept).await?;
    let of_city = match place.unit.kind {
        UnitKind::City => unions,
        _ => match figures::city(tx).await? {
            Some(city) => read::unions(tx, &city.path, true).await?,
            None => unions,
        },
    };
    let whose = match place.unit.kind {
        UnitKind::City => Whose::City { unions },
        _ => Whose::Place { unions, of_city },
    };
    let held = read::titles(tx, &place.unit.path, place.is_kept, &years).await?;
    let targets = standard
        .targets
        .iter()
        .map(|target| target::progress_of(standard, target, &given(target, &held), whose, today))
        .collect();
    let compared = standard.target(clause).or(standard.targets.first());
    let children = match compared {
        Some(target) => children(tx, standard, place, (target, &years), of_city, today).await?,
        None => Vec::new(),
    };
    Ok(Shown {
        unions,
        of_city,
        targets,
        compared: compared
            .map(|target| target.clause.clone())
            .unwrap_or_default(),
        children,
    })
}

async fn children(
    tx: &mut Tx,
    standard: &Standard,
    place: &Place,
    (target, years): (&Target, &RangeInclusive<i16>),
    of_city: i64,
    today: Date,
) -> Result<Vec<ChildProgress>> {
    let are_kept = are_kept(place);
    let children = read::children(tx, &place.unit, are_kept).await?;
    let held = read::titles_by_child(tx, &place.unit, are_kept, &target.title, years).await?;
    let mut by_path: HashMap<String, Vec<YearFigure>> = HashMap::new();
    for (path, figure) in held {
        by_path.entry(path).or_default().push(figure);
    }
    let mut found: Vec<ChildProgress> = children
        .into_iter()
        .map(|child| {
            let whose = Whose::Place {
                unions: child.unions,
                of_city,
            };
            let held = by_path.remove(&child.place.path).unwrap_or_default();
            let held = given(target, &held);
            ChildProgress {
                progress: target::progress_of(standard, target, &held, whose, today),
                unit: child.place,
                division: child.division,
                unions: child.unions,
            }
        })
        .collect();
    // Districts first, then industries; the others by name, as they were read.
    found.sort_by_key(|child| match child.unit.kind {
        UnitKind::District => 0,
        UnitKind::Industry => 1,
        _ => 2,
    });
    Ok(found)
}
