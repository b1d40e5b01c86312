//! The first steps of a new city, for its administrators: each with its state, which is told by what is there and never ticked by hand.

use std::collections::BTreeSet;

use jianjia_domain::core::{
    place::UnitKind,
    policy::{Actor, Role},
};
use jianjia_standard::{
    Standard,
    programme::{Programme, RouteAct},
};
use jianjia_store::{
    core::db::Tx,
    office::beginning::{self, Begun},
    register::unit,
};

use crate::core::{app::App, error::Result};

/// How far a new city has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    pub programme: Season,
    /// Divisions below the city.
    pub divisions: i64,
    /// Unions that may hold a home.
    pub unions: i64,
    /// The federations that decide by the standard's routes, the city among them; and those where nobody has an account to decide with.
    pub deciding: i64,
    pub without_account: i64,
    /// Whether the city has gone through the days of a round.
    pub has_days: bool,
    /// Whether places were given; none where no title has a quota.
    pub has_places: Option<bool>,
}

/// How the programme stands to today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Season {
    Running,
    /// It begins in a later year.
    Coming {
        first_year: i16,
    },
    /// Its last year is over: nothing can be declared until another standard holds.
    Over {
        last_year: i16,
    },
}

impl Season {
    pub fn of(programme: &Programme, year: i16) -> Season {
        if year > programme.last_year {
            Season::Over {
                last_year: programme.last_year,
            }
        } else if year < programme.first_year {
            Season::Coming {
                first_year: programme.first_year,
            }
        } else {
            Season::Running
        }
    }
}

impl Beginning {
    /// Whether nothing is left to do: the steps are not shown any more.
    pub fn is_done(&self) -> bool {
        self.programme == Season::Running
            && self.divisions > 0
            && self.unions > 0
            && self.has_accounts()
            && self.has_days
            && self.has_places != Some(false)
    }

    pub fn has_accounts(&self) -> bool {
        // The city alone is no city yet: the register comes first.
        self.deciding > 1 && self.without_account == 0
    }
}

/// The steps for those who administer the city; none for others.
pub(crate) async fn beginning(app: &App, tx: &mut Tx, actor: &Actor) -> Result<Option<Beginning>> {
    let at_city = actor
        .roles
        .iter()
        .find(|at| at.role == Role::Administrator && at.unit.kind == UnitKind::City);
    let Some(at) = at_city else {
        return Ok(None);
    };
    let standard = app.in_force();
    let kinds = deciding(standard);
    let Begun {
        divisions,
        rounds,
        places,
    } = beginning::begun(tx).await?;
    let below = unit::counts_below(tx, &at.unit.path).await?;
    let holds_homes = |kind: UnitKind| {
        let mut titles = standard.titles.iter();
        kind != UnitKind::Branch
            && titles.any(|title| title.kinds.iter().any(|known| known.key() == kind.key()))
    };
    let unions = below.iter().filter(|(kind, _)| holds_homes(*kind));
    let unions = unions.map(|(_, count)| count).sum();
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let (deciding, without_account) =
        beginning::without_role(tx, &kinds, Role::Approver.key()).await?;
    let mut steps = standard.routes.iter().flat_map(|route| &route.steps);
    Ok(Some(Beginning {
        programme: Season::of(&standard.programme, app.clock.today().year()),
        divisions,
        unions,
        deciding,
        without_account,
        has_days: rounds > 0,
        has_places: steps.any(|step| step.quota).then_some(places > 0),
    }))
}

/// The kinds of the units that decide, recommend or name.
fn deciding(standard: &Standard) -> BTreeSet<String> {
    let steps = standard.routes.iter().flat_map(|route| &route.steps);
    steps
        .filter(|step| step.act != RouteAct::Endorse)
        .flat_map(|step| step.at.iter().chain(&step.otherwise).cloned())
        .collect()
}
