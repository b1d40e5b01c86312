//! The city's quotas: places by federation and title, with what is used and what came back.

use std::collections::BTreeSet;

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::{Act, Actor},
    },
    round::{
        quota::{QuotaMove, QuotaShare},
        recommendation::Quota,
    },
};
use jianjia_standard::{Text, programme::RouteAct};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    round::{
        quota::{self as quotas, moving, sharing},
        recommendation as lists,
    },
};

use super::titles;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::round as rounds,
};

/// A year's places: a row a federation, a cell a title.
#[derive(Clone, Debug)]
pub struct QuotaTable {
    pub year: i16,
    pub titles: Vec<(String, Text)>,
    pub rows: Vec<QuotaRow>,
    /// By title: places, used, returned.
    pub totals: Vec<(i64, i64, i64)>,
    /// By title: what came back and nobody has yet. With what the federations have it is all that the city gave.
    pub unmoved: Vec<i64>,
    /// By title: whether federations may give shares on to townships.
    pub is_open: Vec<bool>,
    /// The places that moved on, the newest first.
    pub moves: Vec<QuotaMove>,
    pub may_set: bool,
}

impl QuotaTable {
    /// All places of a title: those in hand and those that came back. Places that moved on count once.
    pub fn in_all(&self, title: usize) -> i64 {
        let in_hand = self.rows.iter().map(|row| row.cells[title].in_hand());
        in_hand.sum::<i64>() + self.unmoved[title]
    }

    /// The name of a federation.
    pub fn name(&self, unit: &UnitId) -> &str {
        let mut rows = self.rows.iter();
        let found = rows.find(|row| row.federation.id == *unit);
        found.map_or("", |row| row.federation.name.as_str())
    }
}

#[derive(Clone, Debug)]
pub struct QuotaRow {
    pub federation: UnitPlace,
    pub cells: Vec<QuotaCell>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotaCell {
    pub places: i64,
    pub used: i64,
    pub returned: i64,
    pub moved: i64,
    pub is_closed: bool,
    /// Places of a closed list that nobody takes.
    pub left_over: i64,
    /// Candidates that wait for the federation's choice.
    pub waiting: i64,
    /// What townships have of it.
    pub shared: i64,
}

impl QuotaCell {
    pub fn in_hand(&self) -> i64 {
        self.places - self.returned
    }

    pub fn unmoved(&self) -> i64 {
        self.returned - self.moved
    }

    /// What can move on to another federation.
    pub fn movable(&self) -> i64 {
        self.unmoved() + self.left_over
    }
}

/// The table of a year, for the city.
///
/// # Errors
/// Not found to those who don't see the city; `OutsideProgramme`.
pub async fn table(app: &App, actor: &Actor, year: i16) -> Result<QuotaTable> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    app.seen(&mut tx, actor, &city.id).await?;
    rounds::of_year(&mut tx, app, year).await?;
    let titles = titles(app, year);
    let kept = quotas::of_year(&mut tx, year).await?;
    let used = quotas::used_of_year(&mut tx, year).await?;
    let taken = quotas::taken_of_year(&mut tx, year).await?;
    let waiting = lists::waiting_of_year(&mut tx, year).await?;
    let shares = sharing::of_year(&mut tx, year).await?;
    let openings = sharing::openings(&mut tx, year).await?;
    let count = |counts: &[(String, UnitId, i64)], title: &str, unit: &UnitId| {
        counts
            .iter()
            .find(|(key, at, _)| key == title && at == unit)
            .map_or(0, |(_, _, count)| *count)
    };
    let rows: Vec<QuotaRow> = federations(&mut tx, app, year)
        .await?
        .into_iter()
        .map(|federation| QuotaRow {
            cells: titles
                .iter()
                .map(|(title, _)| {
                    let quota = kept
                        .iter()
                        .find(|quota| quota.title == *title && quota.unit == federation.id);
                    QuotaCell {
                        places: quota.map_or(0, |quota| quota.places),
                        used: count(&used, title, &federation.id),
                        returned: quota.map_or(0, |quota| quota.returned),
                        moved: quota.map_or(0, |quota| quota.moved),
                        shared: shared_of(&shares, title, &federation.id),
                        left_over: quota.map_or(0, |quota| {
                            quota.left_over(count(&taken, title, &federation.id))
                        }),
                        is_closed: quota.is_some_and(|quota| quota.closed_at.is_some()),
                        waiting: count(&waiting, title, &federation.id),
                    }
                })
                .collect(),
            federation,
        })
        .collect();
    let totals = (0..titles.len())
        .map(|title| {
            rows.iter().fold((0, 0, 0), |total, row| {
                let cell = &row.cells[title];
                (
                    total.0 + cell.places,
                    total.1 + cell.used,
                    total.2 + cell.returned,
                )
            })
        })
        .collect();
    let unmoved = (0..titles.len()).map(|title| {
        let cells = rows.iter().map(|row| row.cells[title].unmoved());
        cells.sum()
    });
    let is_open = titles.iter().map(|(title, _)| {
        let mut openings = openings.iter();
        openings.any(|(opened, is_open, _)| opened == title && *is_open)
    });
    Ok(QuotaTable {
        year,
        unmoved: unmoved.collect(),
        is_open: is_open.collect(),
        moves: moving::of_year(&mut tx, year).await?,
        titles,
        rows,
        totals,
        may_set: jianjia_domain::core::policy::may(actor, Act::SetQuota, &city),
    })
}

/// What a federation's townships have of its places for a title.
pub(super) fn shared_of(shares: &[QuotaShare], title: &str, federation: &UnitId) -> i64 {
    let own = shares
        .iter()
        .filter(|share| share.title == title && share.federation == *federation);
    own.map(|share| share.places).sum()
}

/// A federation's places for a title; none given yet are no places.
pub(super) async fn quota_of(
    tx: &mut Tx,
    year: i16,
    title: &str,
    federation: &UnitPlace,
) -> Result<(Quota, bool)> {
    let kept = quotas::find(tx, year, title, &federation.id).await?;
    let is_new = kept.is_none();
    let quota = kept.unwrap_or_else(|| Quota {
        year,
        title: title.to_owned(),
        unit: federation.id,
        unit_path: federation.path.clone(),
        places: 0,
        returned: 0,
        moved: 0,
        closed_at: None,
        revision: 0,
    });
    Ok((quota, is_new))
}

/// The units that recommend: of the kinds that the standard's recommending steps name, in the order of the tree.
pub(super) async fn federations(tx: &mut Tx, app: &App, year: i16) -> Result<Vec<UnitPlace>> {
    let kinds: BTreeSet<&str> = app
        .standards
        .of(year)
        .routes
        .iter()
        .flat_map(|route| &route.steps)
        .filter(|step| step.act == RouteAct::Recommend)
        .flat_map(|step| step.at.iter().chain(&step.otherwise))
        .map(String::as_str)
        .collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    let mut federations = unit::of_kinds(tx, &kinds).await?;
    federations.sort_by_cached_key(|unit| {
        let kind = UnitKind::ALL.iter().position(|kind| *kind == unit.kind);
        (kind, numbers(&unit.path))
    });
    Ok(federations)
}

/// A path as its numbers: as text, 10 would stand before 2.
fn numbers(path: &str) -> Vec<u64> {
    path.split('/')
        .filter_map(|part| part.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tenth_federation_stands_behind_the_second() {
        let mut paths = ["/1/10/", "/1/2/", "/1/"];
        paths.sort_by_key(|path| super::numbers(path));
        assert_eq!(paths, ["/1/", "/1/2/", "/1/10/"]);
    }
}
