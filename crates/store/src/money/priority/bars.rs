//! What bars those who hold a title from being put forward.

use anyhow::{Context, Result};
use jianjia_domain::{check::visit::VisitState, core::place::UnitKind};
use sqlx::{Row, any::AnyRow};

use crate::core::{condition::Conditions, db::Tx, place::kind_of};

/// What bars units within subtrees, by the path of the unit that it is of, with its kind: a union's bars its branches, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bars {
    pub vetoes: Vec<(String, UnitKind, String)>,
    pub entries: Vec<(String, UnitKind, String)>,
    pub visits: Vec<(String, VisitState)>,
}

/// Which lines of each table bar; constants of the program.
const VETO: &str = "said.lifted_at IS NULL";
const ENTRY: &str = "said.outcome = ''";

/// Of the years from and until, as the conditions name them.
fn visits_that_bar(since: &str, until: &str) -> String {
    format!(
        "(said.state IN ('hearing', 'mending')
          OR (said.colour = 'red' AND said.year >= {since} AND said.year <= {until} AND said.state NOT IN ('mended', 'cleared', 'overturned')))"
    )
}

/// A statement of the units of which something bars in a year, for `IN`.
pub(super) fn barred_units(conditions: &mut Conditions, year: i16) -> String {
    let since = conditions.value(i64::from(year) - 1);
    let until = conditions.value(i64::from(year));
    let visits = visits_that_bar(&since, &until);
    format!(
        "SELECT said.unit_id FROM veto said WHERE said.year = {until} AND {VETO}
         UNION SELECT said.unit_id FROM veto_entry said WHERE said.year = {until} AND {ENTRY}
         UNION SELECT said.unit_id FROM visit said WHERE {visits}"
    )
}

/// The vetoes in force and the entries not decided on of a year, and the visits that are not over or found red in that year's check or the one before.
pub async fn bars(tx: &mut Tx, within: &[String], year: i16) -> Result<Bars> {
    let clauses = |table: &'static str, barring: &'static str| {
        let mut conditions = Conditions::default();
        conditions.equals("said.year", i64::from(year));
        conditions.within("said.unit_path", within);
        conditions.and(barring.to_owned());
        let sql = format!(
            "SELECT said.unit_path, said.clause, unit.kind
             FROM {table} AS said
             JOIN unit ON unit.id = said.unit_id{}
             ORDER BY said.unit_path, said.clause",
            conditions.sql()
        );
        (conditions, sql)
    };
    let mut bars = Bars::default();
    let (conditions, sql) = clauses("veto", VETO);
    for row in conditions.query(sql).fetch_all(&mut **tx).await? {
        bars.vetoes.push(clause_of(&row)?);
    }
    let (conditions, sql) = clauses("veto_entry", ENTRY);
    for row in conditions.query(sql).fetch_all(&mut **tx).await? {
        bars.entries.push(clause_of(&row)?);
    }
    let mut conditions = Conditions::default();
    conditions.within("said.unit_path", within);
    let since = conditions.value(i64::from(year) - 1);
    let until = conditions.value(i64::from(year));
    conditions.and(visits_that_bar(&since, &until));
    let sql = format!(
        "SELECT said.unit_path, said.state
         FROM visit said{}
         ORDER BY said.unit_path, said.year DESC, said.id",
        conditions.sql()
    );
    for row in conditions.query(sql).fetch_all(&mut **tx).await? {
        let state: String = row.try_get("state")?;
        let state =
            VisitState::from_key(&state).with_context(|| format!("no state of a visit {state}"))?;
        bars.visits.push((row.try_get("unit_path")?, state));
    }
    Ok(bars)
}

fn clause_of(row: &AnyRow) -> Result<(String, UnitKind, String)> {
    Ok((
        row.try_get("unit_path")?,
        kind_of(row)?,
        row.try_get("clause")?,
    ))
}
