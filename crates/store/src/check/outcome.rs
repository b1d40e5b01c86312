//! What visits came to, what was decided on them, and the effect on subsidies (R4).

mod effect;

use std::collections::HashMap;

use anyhow::{Context, Result};
use jianjia_domain::{
    check::{
        outcome::{Outcome, Signed, VisitAct, VisitEvent},
        visit::{Colour, Visit, VisitState},
    },
    core::ids::{UnitId, VisitId},
};
use jianjia_standard::programme::visit::Sign;
use jiff::civil::Date;
use sqlx::{AssertSqlSafe, Row};

pub use self::effect::{effects, effects_of, effects_of_units, lift_effects, record_effect};
use crate::{
    check::visit::{COLUMNS, insert, visit_of},
    core::{
        bulk,
        condition::{Conditions, anywhere},
        db::Tx,
    },
    honour::honour::look,
};

/// Moves a visit on from a state, and says what it came to; whether it still was in that state.
pub async fn move_on(
    tx: &mut Tx,
    visit: &VisitId,
    from: VisitState,
    to: VisitState,
    colour: Option<Colour>,
) -> Result<bool> {
    let moved = sqlx::query(
        "UPDATE visit
         SET state = $3, colour = $4
         WHERE id = $1 AND state = $2
         RETURNING unit_id",
    )
    .bind(visit.to_string())
    .bind(from.key())
    .bind(to.key())
    .bind(colour.map_or("", Colour::key))
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = moved else {
        return Ok(false);
    };
    if colour.is_some() {
        let unit = row.try_get::<String, _>("unit_id")?.parse()?;
        look::note_units(tx, std::iter::once(unit)).await?;
    }
    Ok(true)
}

pub async fn keep(tx: &mut Tx, outcome: &Outcome) -> Result<()> {
    let columns = [
        "visit_id",
        "colour",
        "signs",
        "judgement_id",
        "hear_until",
        "mend_until",
        "concluded_by",
        "concluded_by_name",
        "concluded_at",
    ];
    let row = vec![
        outcome.visit.to_string().into(),
        outcome.colour.key().into(),
        serde_json::to_string(&outcome.signs)?.into(),
        outcome.judgement.to_string().into(),
        day_text(outcome.hear_until).into(),
        day_text(outcome.mend_until).into(),
        outcome.concluded_by.to_string().into(),
        outcome.concluded_by_name.as_str().into(),
        outcome.concluded_at.to_string().into(),
    ];
    bulk::insert(tx, "visit_outcome", &columns, vec![row]).await
}

/// Gives the unit until a day to mend.
pub async fn mend_until(tx: &mut Tx, visit: &VisitId, until: Date) -> Result<()> {
    sqlx::query("UPDATE visit_outcome SET mend_until = $2 WHERE visit_id = $1")
        .bind(visit.to_string())
        .bind(until.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, visit: &VisitId) -> Result<Option<Outcome>> {
    let row = sqlx::query(
        "SELECT visit_id, colour, signs, judgement_id, hear_until, mend_until, concluded_by, concluded_by_name, concluded_at
         FROM visit_outcome
         WHERE visit_id = $1",
    )
    .bind(visit.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        let text = |column: &str| row.try_get::<String, _>(column);
        let colour = text("colour")?;
        Ok(Outcome {
            visit: text("visit_id")?.parse()?,
            colour: Colour::from_key(&colour).with_context(|| format!("no colour {colour}"))?,
            signs: serde_json::from_str(&text("signs")?)?,
            judgement: text("judgement_id")?.parse()?,
            hear_until: day_of(&text("hear_until")?)?,
            mend_until: day_of(&text("mend_until")?)?,
            concluded_by: text("concluded_by")?.parse()?,
            concluded_by_name: text("concluded_by_name")?,
            concluded_at: text("concluded_at")?.parse()?,
        })
    })
    .transpose()
}

pub async fn add_event(tx: &mut Tx, event: &VisitEvent) -> Result<()> {
    let columns = [
        "id",
        "visit_id",
        "act",
        "reason",
        "document_number",
        "due_on",
        "account_id",
        "account_name",
        "at",
    ];
    let row = vec![
        event.id.to_string().into(),
        event.visit.to_string().into(),
        event.act.key().into(),
        event.reason.as_str().into(),
        event.document_number.as_str().into(),
        day_text(event.due_on).into(),
        event.account.to_string().into(),
        event.account_name.as_str().into(),
        event.at.to_string().into(),
    ];
    bulk::insert(tx, "visit_event", &columns, vec![row]).await
}

/// What happened to a visit, oldest first.
pub async fn events(tx: &mut Tx, visit: &VisitId) -> Result<Vec<VisitEvent>> {
    let rows = sqlx::query(
        "SELECT id, visit_id, act, reason, document_number, due_on, account_id, account_name, at
         FROM visit_event
         WHERE visit_id = $1
         ORDER BY id",
    )
    .bind(visit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            let act = text("act")?;
            Ok(VisitEvent {
                id: text("id")?.parse()?,
                visit: text("visit_id")?.parse()?,
                act: VisitAct::from_key(&act)
                    .with_context(|| format!("nothing happens by {act}"))?,
                reason: text("reason")?,
                document_number: text("document_number")?,
                due_on: day_of(&text("due_on")?)?,
                account: text("account_id")?.parse()?,
                account_name: text("account_name")?,
                at: text("at")?.parse()?,
            })
        })
        .collect()
}

/// The years of the visits on which something was decided by a document. `spellings` are the ways in which its number may be kept.
pub async fn by_document(tx: &mut Tx, spellings: &[String; 7]) -> Result<Vec<i16>> {
    let mut query = sqlx::query(
        "SELECT DISTINCT v.year AS year
         FROM visit_event e
         JOIN visit v ON v.id = e.visit_id
         WHERE e.document_number IN ($1, $2, $3, $4, $5, $6, $7)
         ORDER BY v.year",
    );
    for spelling in spellings {
        query = query.bind(spelling.clone());
    }
    let rows = query.fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| Ok(i16::try_from(row.try_get::<i64, _>("year")?)?))
        .collect()
}

/// Inserts a visit that looks whether what another found was mended.
pub async fn insert_recheck(tx: &mut Tx, visit: &Visit, of: &VisitId) -> Result<()> {
    insert(tx, std::slice::from_ref(visit)).await?;
    let row = vec![visit.id.to_string().into(), of.to_string().into()];
    bulk::insert(tx, "visit_recheck", &["visit_id", "of_visit_id"], vec![row]).await
}

/// The visit whose findings this one looks at again.
pub async fn rechecked(tx: &mut Tx, visit: &VisitId) -> Result<Option<VisitId>> {
    let row = sqlx::query("SELECT of_visit_id FROM visit_recheck WHERE visit_id = $1")
        .bind(visit.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .transpose()
}

/// Those of these visits that look at another's findings again, each with that one.
pub async fn rechecked_of(tx: &mut Tx, visits: &[VisitId]) -> Result<HashMap<VisitId, VisitId>> {
    let sql = "SELECT visit_id, of_visit_id
               FROM visit_recheck
               WHERE visit_id IN ({words})";
    let rows = bulk::select(tx, sql, &[], visits.iter().map(VisitId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let id = |column: &str| -> Result<VisitId> {
                Ok(row.try_get::<String, _>(column)?.parse()?)
            };
            Ok((id("visit_id")?, id("of_visit_id")?))
        })
        .collect()
}

/// The visits that looked at this one's findings again, oldest first.
pub async fn rechecks(tx: &mut Tx, visit: &VisitId) -> Result<Vec<VisitId>> {
    let rows =
        sqlx::query("SELECT visit_id FROM visit_recheck WHERE of_visit_id = $1 ORDER BY visit_id")
            .bind(visit.to_string())
            .fetch_all(&mut **tx)
            .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .collect()
}

/// What spot checks before `year` found that was not as declared, by unit: the newest finding, of several of a year the worst. For the risk classes of
/// the year. What the city did not uphold or took back is none, nor is what could not be seen: unknown is never no.
pub async fn earlier_findings(tx: &mut Tx, year: i16) -> Result<HashMap<UnitId, (i16, Colour)>> {
    let rows = sqlx::query(
        "SELECT v.unit_id, v.year, v.colour, COALESCE(o.signs, '') AS signs
         FROM visit v
         LEFT JOIN visit_outcome o ON o.visit_id = v.id
         WHERE v.colour IN ('amber', 'red') AND v.year < $1 AND v.state NOT IN ('cleared', 'overturned')",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    let mut found: HashMap<UnitId, (i16, Colour)> = HashMap::new();
    for row in &rows {
        let unit: UnitId = row.try_get::<String, _>("unit_id")?.parse()?;
        let year = i16::try_from(row.try_get::<i64, _>("year")?)?;
        let colour: String = row.try_get("colour")?;
        let colour = Colour::from_key(&colour).with_context(|| format!("no colour {colour}"))?;
        let signs: String = row.try_get("signs")?;
        if colour == Colour::Amber && is_unseen_alone(&signs)? {
            continue;
        }
        let known = found.entry(unit).or_insert((year, colour));
        *known = (*known).max((year, colour));
    }
    Ok(found)
}

/// Whether nothing but what could not be seen made a visit what it was.
fn is_unseen_alone(signs: &str) -> Result<bool> {
    if signs.is_empty() {
        return Ok(false);
    }
    let signs: Vec<Signed> = serde_json::from_str(signs)?;
    Ok(!signs.is_empty()
        && signs
            .iter()
            .all(|signed| matches!(signed.sign, Sign::Unknown | Sign::DiffersWithin)))
}

/// What is asked of a list of visits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisitFilter {
    /// Only units within these subtrees.
    pub within: Vec<String>,
    /// Only visits that were concluded, unless they are `or_of` somebody's own.
    pub concluded: bool,
    pub or_of: Option<String>,
    pub year: Option<i16>,
    pub colour: Option<Colour>,
    pub state: Option<VisitState>,
    /// Part of the unit's name.
    pub name: String,
}

/// One page of visits, newest first, and how many there are.
pub async fn list(
    tx: &mut Tx,
    filter: &VisitFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Visit>, i64)> {
    let mut conditions = Conditions::default();
    let mut seen = conditions.ranges("visit.unit_path", &filter.within);
    if filter.concluded {
        seen = format!("({seen} AND visit.colour <> '')");
    }
    match &filter.or_of {
        None => conditions.and(seen),
        Some(account) => {
            let own = conditions.value(account.as_str());
            conditions.and(match filter.within.is_empty() {
                true => format!(
                    "visit.id IN (SELECT i.visit_id FROM visit_inspector i WHERE i.account_id = {own} AND i.state = 'drawn')"
                ),
                // Asked of each visit, so that both are read in the order of the index: a list of both would be sorted as a whole.
                false => format!(
                    "({seen} OR EXISTS (SELECT 1 FROM visit_inspector i WHERE i.visit_id = visit.id AND i.account_id = {own} AND i.state = 'drawn'))"
                ),
            });
        }
    }
    if let Some(year) = filter.year {
        conditions.equals("visit.year", i64::from(year));
    }
    if let Some(colour) = filter.colour {
        conditions.equals("visit.colour", colour.key());
    }
    if let Some(state) = filter.state {
        conditions.equals("visit.state", state.key());
    }
    if !filter.name.trim().is_empty() {
        let name = conditions.value(anywhere(&filter.name));
        conditions.and(format!("visit.unit_name LIKE {name} ESCAPE '!'"));
    }
    let count = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM visit{}",
        conditions.sql()
    );
    let total: i64 = conditions
        .query(count)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    let where_sql = conditions.sql();
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    let rows = conditions
        .query(format!(
            "SELECT {COLUMNS}
             FROM visit{where_sql}
             ORDER BY visit.year DESC, visit.due_on DESC, visit.id DESC
             LIMIT {limit} OFFSET {offset}"
        ))
        .fetch_all(&mut **tx)
        .await?;
    Ok((rows.iter().map(visit_of).collect::<Result<_>>()?, total))
}

/// The visits of a unit that were concluded, newest first.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Visit>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM visit
         WHERE visit.unit_id = $1 AND visit.colour <> ''
         ORDER BY visit.year DESC, visit.id DESC"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(unit.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(visit_of).collect()
}

fn day_text(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

fn day_of(text: &str) -> Result<Option<Date>> {
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some(text.parse()?))
}

#[cfg(test)]
pub(crate) mod tests;
