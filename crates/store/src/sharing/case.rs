//! Cases: their texts, photos and events, and the clauses by which the published ones are found.

mod list;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::{CaseId, EvidenceId, UnitId},
        place::{UnitKind, UnitPlace},
    },
    sharing::case::{Case, CaseAct, CaseEvent, CasePhoto, CaseState, CaseText, Side, Written},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

pub use self::list::{Beside, CaseFilter, Likeness, beside, list, waiting_at};
use crate::core::{bulk, db::Tx};

const COLUMNS: &str = "listed.id, listed.unit_id, listed.unit_path, listed.unit_name, listed.unit_kind, listed.size, listed.industry, listed.year,
    listed.application_id, listed.state, listed.text_number, listed.fixed_number, listed.agreed_number, listed.title, listed.published_on,
    listed.since_at, listed.created_by, listed.created_at, listed.revision, office.id AS office_id, office.kind AS office_kind, office.name AS office_name,
    office.path AS office_path";

const FROM: &str =
    "shared_case AS listed LEFT JOIN unit AS office ON office.id = listed.at_unit_id";

/// Inserts a draft. `keys`: the sort keys of its title and of its union's name; `request_hash`: by what it is known again when its form is sent twice.
pub async fn insert(
    tx: &mut Tx,
    case: &Case,
    (title_key, unit_key): (&str, &str),
    request_hash: &str,
) -> Result<()> {
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "unit_name",
        "unit_kind",
        "size",
        "industry",
        "year",
        "application_id",
        "state",
        "at_unit_id",
        "at_unit_path",
        "text_number",
        "fixed_number",
        "agreed_number",
        "title",
        "title_sort_key",
        "unit_sort_key",
        "search_text",
        "published_on",
        "since_at",
        "created_by",
        "created_at",
        "request_hash",
        "revision",
    ];
    let at = case.at.as_ref();
    let row = vec![
        case.id.to_string().into(),
        case.unit.to_string().into(),
        case.unit_path.as_str().into(),
        case.unit_name.as_str().into(),
        case.unit_kind.key().into(),
        case.size.unwrap_or(-1).into(),
        case.industry.clone().unwrap_or_default().into(),
        i64::from(case.year).into(),
        case.application
            .map_or_else(String::new, |id| id.to_string())
            .into(),
        case.state.key().into(),
        at.map_or_else(String::new, |at| at.id.to_string()).into(),
        at.map_or_else(String::new, |at| at.path.clone()).into(),
        case.text.into(),
        case.fixed.into(),
        case.agreed.into(),
        case.title.as_str().into(),
        title_key.into(),
        unit_key.into(),
        "".into(),
        day_text(case).into(),
        case.since_at.to_string().into(),
        case.created_by.to_string().into(),
        case.created_at.to_string().into(),
        request_hash.into(),
        case.revision.into(),
    ];
    bulk::insert(tx, "shared_case", &columns, vec![row]).await
}

/// Saves what changes of a case; false, and nothing is changed, where it is not at the revision that it was read with. `found_by`: the text that it is
/// searched by, empty unless it is published.
pub async fn save(tx: &mut Tx, case: &Case, title_key: &str, found_by: &str) -> Result<bool> {
    let at = case.at.as_ref();
    let done = sqlx::query(
        "UPDATE shared_case
         SET state = $3, at_unit_id = $4, at_unit_path = $5, text_number = $6, fixed_number = $7, agreed_number = $8, title = $9,
             title_sort_key = $10, search_text = $11, published_on = $12, since_at = $13, size = $14, industry = $15,
             revision = revision + 1
         WHERE id = $1 AND revision = $2",
    )
    .bind(case.id.to_string())
    .bind(case.revision)
    .bind(case.state.key())
    .bind(at.map_or_else(String::new, |at| at.id.to_string()))
    .bind(at.map_or_else(String::new, |at| at.path.clone()))
    .bind(case.text)
    .bind(case.fixed)
    .bind(case.agreed)
    .bind(case.title.clone())
    .bind(title_key.to_owned())
    .bind(found_by.to_owned())
    .bind(day_text(case))
    .bind(case.since_at.to_string())
    .bind(case.size.unwrap_or(-1))
    .bind(case.industry.clone().unwrap_or_default())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn day_text(case: &Case) -> String {
    case.published_on
        .map_or_else(String::new, |day| day.to_string())
}

pub async fn find(tx: &mut Tx, id: &CaseId) -> Result<Option<Case>> {
    one(tx, "listed.id", &id.to_string()).await
}

/// The case that came with the same form.
pub async fn of_request(tx: &mut Tx, request_hash: &str) -> Result<Option<Case>> {
    if request_hash.is_empty() {
        return Ok(None);
    }
    one(tx, "listed.request_hash", request_hash).await
}

async fn one(tx: &mut Tx, column: &'static str, value: &str) -> Result<Option<Case>> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE {column} = $1");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(value.to_owned())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(case_of).transpose()
}

/// Keeps a text: over the one with its number, which must not have left its writer's hands.
pub async fn keep_text(tx: &mut Tx, text: &CaseText) -> Result<()> {
    let written = &text.written;
    sqlx::query(
        "INSERT INTO case_text (case_id, number, side, title, problem, method, effect, clauses, names_agreed, written_by_name, written_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (case_id, number) DO UPDATE
         SET side = excluded.side, title = excluded.title, problem = excluded.problem, method = excluded.method, effect = excluded.effect,
             clauses = excluded.clauses, names_agreed = excluded.names_agreed, written_by_name = excluded.written_by_name,
             written_at = excluded.written_at",
    )
    .bind(text.case.to_string())
    .bind(text.number)
    .bind(text.side.key())
    .bind(written.title.clone())
    .bind(written.problem.clone())
    .bind(written.method.clone())
    .bind(written.effect.clone())
    .bind(written.clauses.join(" "))
    .bind(i64::from(written.names_agreed))
    .bind(text.written_by_name.clone())
    .bind(text.written_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The texts of a case in the order of their numbers.
pub async fn texts(tx: &mut Tx, id: &CaseId) -> Result<Vec<CaseText>> {
    let rows = sqlx::query(
        "SELECT case_id, number, side, title, problem, method, effect, clauses, names_agreed, written_by_name, written_at
         FROM case_text
         WHERE case_id = $1
         ORDER BY number",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(text_of).collect()
}

/// Adds a photo behind the others.
pub async fn add_photo(tx: &mut Tx, photo: &CasePhoto) -> Result<()> {
    let columns = [
        "case_id",
        "place",
        "evidence_id",
        "caption",
        "agreed_by_name",
        "agreed_at",
    ];
    let row = vec![
        photo.case.to_string().into(),
        photo.place.into(),
        photo.evidence.to_string().into(),
        photo.caption.as_str().into(),
        photo.agreed_by_name.as_str().into(),
        photo.agreed_at.to_string().into(),
    ];
    bulk::insert(tx, "case_photo", &columns, vec![row]).await
}

/// Takes a photo out of a case; whether it was in it.
pub async fn remove_photo(tx: &mut Tx, id: &CaseId, place: i64) -> Result<bool> {
    let done = sqlx::query(
        "DELETE FROM case_photo
         WHERE case_id = $1 AND place = $2",
    )
    .bind(id.to_string())
    .bind(place)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn photos(tx: &mut Tx, id: &CaseId) -> Result<Vec<CasePhoto>> {
    let rows = sqlx::query(
        "SELECT case_id, place, evidence_id, caption, agreed_by_name, agreed_at
         FROM case_photo
         WHERE case_id = $1
         ORDER BY place",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(photo_of).collect()
}

pub async fn add_event(tx: &mut Tx, event: &CaseEvent) -> Result<()> {
    let columns = [
        "id",
        "case_id",
        "act",
        "unit_name",
        "account_name",
        "note",
        "at",
    ];
    let row = vec![
        event.id.to_string().into(),
        event.case.to_string().into(),
        event.act.key().into(),
        event.unit_name.as_str().into(),
        event.account_name.as_str().into(),
        event.note.as_str().into(),
        event.at.to_string().into(),
    ];
    bulk::insert(tx, "case_event", &columns, vec![row]).await
}

/// What happened to a case, oldest first.
pub async fn events(tx: &mut Tx, id: &CaseId) -> Result<Vec<CaseEvent>> {
    let rows = sqlx::query(
        "SELECT id, case_id, act, unit_name, account_name, note, at
         FROM case_event
         WHERE case_id = $1
         ORDER BY id",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            let act = text("act")?;
            Ok(CaseEvent {
                id: text("id")?.parse()?,
                case: text("case_id")?.parse()?,
                act: CaseAct::from_key(&act).with_context(|| format!("no event {act}"))?,
                unit_name: text("unit_name")?,
                account_name: text("account_name")?,
                note: text("note")?,
                at: text("at")?.parse()?,
            })
        })
        .collect()
}

/// Lists a published case beside its clauses, and takes one off that is published no more.
pub async fn list_beside(tx: &mut Tx, case: &Case, clauses: &[String]) -> Result<()> {
    sqlx::query("DELETE FROM case_clause WHERE case_id = $1")
        .bind(case.id.to_string())
        .execute(&mut **tx)
        .await?;
    let Some(day) = case
        .published_on
        .filter(|_| case.state == CaseState::Published)
    else {
        return Ok(());
    };
    let columns = [
        "clause",
        "case_id",
        "unit_id",
        "unit_kind",
        "size",
        "industry",
        "published_on",
    ];
    let rows = clauses.iter().map(|clause| {
        vec![
            clause.as_str().into(),
            case.id.to_string().into(),
            case.unit.to_string().into(),
            case.unit_kind.key().into(),
            case.size.unwrap_or(-1).into(),
            case.industry.clone().unwrap_or_default().into(),
            day.to_string().into(),
        ]
    });
    bulk::insert(tx, "case_clause", &columns, rows.collect()).await
}

/// Whether a piece of evidence is a photo of a case.
pub async fn is_photo(tx: &mut Tx, evidence: &EvidenceId) -> Result<bool> {
    let row = sqlx::query(
        "SELECT case_id
         FROM case_photo
         WHERE evidence_id = $1
         LIMIT 1",
    )
    .bind(evidence.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.is_some())
}

fn case_of(row: &AnyRow) -> Result<Case> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let (state, kind) = (text("state")?, text("unit_kind")?);
    let published = text("published_on")?;
    let size: i64 = row.try_get("size")?;
    Ok(Case {
        id: text("id")?.parse()?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_name: text("unit_name")?,
        unit_kind: UnitKind::from_key(&kind).with_context(|| format!("no kind {kind}"))?,
        size: Some(size).filter(|size| *size >= 0),
        industry: some(text("industry")?),
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        application: some(text("application_id")?)
            .map(|id| id.parse())
            .transpose()?,
        state: CaseState::from_key(&state).with_context(|| format!("no state {state}"))?,
        at: office_of(row)?,
        text: row.try_get("text_number")?,
        fixed: row.try_get("fixed_number")?,
        agreed: row.try_get("agreed_number")?,
        title: text("title")?,
        published_on: some(published).map(|day| day.parse()).transpose()?,
        since_at: text("since_at")?.parse()?,
        created_by: text("created_by")?.parse()?,
        created_at: text("created_at")?.parse()?,
        revision: row.try_get("revision")?,
    })
}

fn office_of(row: &AnyRow) -> Result<Option<UnitPlace>> {
    let Some(id) = row.try_get::<Option<String>, _>("office_id")? else {
        return Ok(None);
    };
    let kind: String = row.try_get("office_kind")?;
    Ok(Some(UnitPlace {
        id: id.parse::<UnitId>()?,
        kind: UnitKind::from_key(&kind).with_context(|| format!("no kind {kind}"))?,
        name: row.try_get("office_name")?,
        path: row.try_get("office_path")?,
    }))
}

fn text_of(row: &AnyRow) -> Result<CaseText> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let side = text("side")?;
    Ok(CaseText {
        case: text("case_id")?.parse()?,
        number: row.try_get("number")?,
        side: Side::from_key(&side).with_context(|| format!("no side {side}"))?,
        written: Written {
            title: text("title")?,
            problem: text("problem")?,
            method: text("method")?,
            effect: text("effect")?,
            clauses: text("clauses")?
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            names_agreed: row.try_get::<i64, _>("names_agreed")? != 0,
        },
        written_by_name: text("written_by_name")?,
        written_at: text("written_at")?.parse()?,
    })
}

fn photo_of(row: &AnyRow) -> Result<CasePhoto> {
    let text = |column: &str| row.try_get::<String, _>(column);
    Ok(CasePhoto {
        case: text("case_id")?.parse()?,
        place: row.try_get("place")?,
        evidence: text("evidence_id")?.parse()?,
        caption: text("caption")?,
        agreed_by_name: text("agreed_by_name")?,
        agreed_at: text("agreed_at")?.parse()?,
    })
}
