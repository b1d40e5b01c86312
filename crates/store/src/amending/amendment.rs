//! New versions of the standard while they are prepared: their files, what was done with them, and what they would change.

mod effect;

use anyhow::{Context, Result};
use jianjia_domain::{
    amending::amendment::{Amendment, AmendmentState, Files, Origin, Proposal},
    core::{
        audit::deed::Deed,
        ids::{AccountId, AmendmentId},
    },
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

pub use self::effect::{AffectedPerson, EffectOf, affected, affected_people, effect, keep_effect};
use crate::core::{
    bulk,
    condition::{Conditions, List},
    db::Tx,
};

const COLUMNS: &str = "amendment.id, amendment.name, amendment.reason, amendment.state, amendment.base, amendment.origin, amendment.origin_id, amendment.made_by, amendment.made_by_name, amendment.made_at, amendment.changed_at, amendment.revision, amendment.checked, amendment.from_year, amendment.from_on, amendment.proposed_by, amendment.proposed_by_person, amendment.proposed_by_name, amendment.proposed_at";

/// Keeps a new one with its files.
pub async fn insert(
    tx: &mut Tx,
    amendment: &Amendment,
    files: &Files,
    request_key: &str,
) -> Result<()> {
    let columns = [
        "id",
        "name",
        "reason",
        "state",
        "base",
        "origin",
        "origin_id",
        "made_by",
        "made_by_name",
        "made_at",
        "changed_at",
        "revision",
        "checked",
        "request_key",
    ];
    let row = vec![
        amendment.id.to_string().into(),
        amendment.name.clone().into(),
        amendment.reason.clone().into(),
        amendment.state.key().into(),
        amendment.base.clone().into(),
        amendment.origin.key().into(),
        amendment.origin_id.clone().into(),
        amendment.made_by.to_string().into(),
        amendment.made_by_name.clone().into(),
        amendment.made_at.to_string().into(),
        amendment.changed_at.to_string().into(),
        amendment.revision.into(),
        serde_json::to_string(&amendment.checked)?.into(),
        request_key.into(),
    ];
    bulk::insert(tx, "amendment", &columns, vec![row]).await?;
    keep_files(tx, &amendment.id, files).await
}

/// Keeps the files of one in the place of those before.
pub async fn keep_files(tx: &mut Tx, id: &AmendmentId, files: &Files) -> Result<()> {
    sqlx::query("DELETE FROM amendment_file WHERE amendment_id = $1")
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    let rows = files.all().into_iter().map(|(name, content)| {
        vec![
            id.to_string().into(),
            name.to_owned().into(),
            content.to_owned().into(),
        ]
    });
    let columns = ["amendment_id", "name", "content"];
    bulk::insert(tx, "amendment_file", &columns, rows.collect()).await
}

/// Keeps what became of one that had the revision before. False when somebody changed it meanwhile.
pub async fn update(tx: &mut Tx, amendment: &Amendment) -> Result<bool> {
    let proposal = amendment.proposal.as_ref();
    let text = |of: &dyn Fn(&Proposal) -> String| proposal.map_or_else(String::new, of);
    let person = |proposal: &Proposal| {
        let person = proposal.by_person;
        person.map_or_else(String::new, |person| person.to_string())
    };
    let done = sqlx::query(
        "UPDATE amendment
         SET state = $2, changed_at = $3, revision = $4, checked = $5, from_year = $6, from_on = $7, proposed_by = $8,
             proposed_by_person = $9, proposed_by_name = $10, proposed_at = $11
         WHERE id = $1 AND revision = $4 - 1",
    )
    .bind(amendment.id.to_string())
    .bind(amendment.state.key())
    .bind(amendment.changed_at.to_string())
    .bind(amendment.revision)
    .bind(serde_json::to_string(&amendment.checked)?)
    .bind(proposal.map_or(0, |proposal| i64::from(proposal.from_year)))
    .bind(text(&|proposal| proposal.from_on.to_string()))
    .bind(text(&|proposal| proposal.by.to_string()))
    .bind(text(&person))
    .bind(text(&|proposal| proposal.by_name.clone()))
    .bind(text(&|proposal| proposal.at.to_string()))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find(tx: &mut Tx, id: &AmendmentId) -> Result<Option<Amendment>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM amendment
         WHERE id = $1"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(amendment_of).transpose()
}

/// The one that a form made that is sent once more.
pub async fn of_request(
    tx: &mut Tx,
    by: &AccountId,
    request_key: &str,
) -> Result<Option<AmendmentId>> {
    if request_key.is_empty() {
        return Ok(None);
    }
    let row = sqlx::query(
        "SELECT id
         FROM amendment
         WHERE made_by = $1 AND request_key = $2",
    )
    .bind(by.to_string())
    .bind(request_key.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .transpose()
}

/// A page of all, the newest first, of a state or of all of them; and how many there are.
pub async fn list(
    tx: &mut Tx,
    state: Option<AmendmentState>,
    portion: (i64, i64),
) -> Result<(Vec<Amendment>, i64)> {
    let mut conditions = Conditions::default();
    if let Some(state) = state {
        conditions.equals("amendment.state", state.key());
    }
    let list = List {
        table: "amendment",
        key: "amendment.id",
        order: "amendment.id DESC",
        columns: COLUMNS,
        from: "amendment",
        from_key: "amendment.id",
        from_order: "amendment.id DESC",
    };
    let (rows, total) = conditions.page(tx, &list, portion).await?;
    let all = rows.iter().map(amendment_of).collect::<Result<_>>()?;
    Ok((all, total))
}

/// The files of one.
pub async fn files(tx: &mut Tx, id: &AmendmentId) -> Result<Files> {
    let rows = sqlx::query(
        "SELECT name, content
         FROM amendment_file
         WHERE amendment_id = $1
         ORDER BY name",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    let mut files = Files::default();
    for row in rows {
        let name: String = row.try_get(0)?;
        files.put(&name, row.try_get(1)?);
    }
    Ok(files)
}

/// Something that was done with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub deed: Deed,
    pub note: String,
    pub by_name: String,
    pub at: Timestamp,
}

pub async fn note(tx: &mut Tx, id: &AmendmentId, event_id: &str, event: &Event) -> Result<()> {
    let columns = ["id", "amendment_id", "deed", "note", "by_name", "at"];
    let row = vec![
        event_id.into(),
        id.to_string().into(),
        event.deed.key().into(),
        event.note.clone().into(),
        event.by_name.clone().into(),
        event.at.to_string().into(),
    ];
    bulk::insert(tx, "amendment_event", &columns, vec![row]).await
}

/// What was done with one, in order.
pub async fn history(tx: &mut Tx, id: &AmendmentId) -> Result<Vec<Event>> {
    let rows = sqlx::query(
        "SELECT deed, note, by_name, at
         FROM amendment_event
         WHERE amendment_id = $1
         ORDER BY id",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let deed: String = row.try_get("deed")?;
            Ok(Event {
                deed: Deed::from_key(&deed).with_context(|| format!("unknown deed {deed}"))?,
                note: row.try_get("note")?,
                by_name: row.try_get("by_name")?,
                at: row.try_get::<String, _>("at")?.parse()?,
            })
        })
        .collect()
}

/// The version's worked cases that came with the newest edition of a plan; none where there was none.
pub async fn newest_cases(tx: &mut Tx, key: &str) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query(
        "SELECT name, content
         FROM amendment_file
         WHERE name LIKE 'cases/%' AND amendment_id = (
           SELECT amendment_id
           FROM edition
           WHERE key = $1 AND state = 'in-force'
           ORDER BY confirmed_at DESC
           LIMIT 1
         )
         ORDER BY name",
    )
    .bind(key.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

fn amendment_of(row: &AnyRow) -> Result<Amendment> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let (state, origin) = (text("state")?, text("origin")?);
    let proposed_at = text("proposed_at")?;
    let person = text("proposed_by_person")?;
    let proposal = if proposed_at.is_empty() {
        None
    } else {
        Some(Proposal {
            from_year: i16::try_from(row.try_get::<i64, _>("from_year")?)?,
            from_on: text("from_on")?.parse()?,
            by: text("proposed_by")?.parse()?,
            by_person: match person.is_empty() {
                true => None,
                false => Some(person.parse()?),
            },
            by_name: text("proposed_by_name")?,
            at: proposed_at.parse()?,
        })
    };
    Ok(Amendment {
        id: text("id")?.parse()?,
        name: text("name")?,
        reason: text("reason")?,
        state: AmendmentState::from_key(&state)
            .with_context(|| format!("unknown state of a version: {state}"))?,
        base: text("base")?,
        origin: Origin::from_key(&origin)
            .with_context(|| format!("unknown origin of a version: {origin}"))?,
        origin_id: text("origin_id")?,
        made_by: text("made_by")?.parse()?,
        made_by_name: text("made_by_name")?,
        made_at: text("made_at")?.parse()?,
        changed_at: text("changed_at")?.parse()?,
        revision: row.try_get("revision")?,
        checked: serde_json::from_str(&text("checked")?).context("the check of a version")?,
        proposal,
    })
}

#[cfg(test)]
mod tests;
