//! Exports of the register and the round, with the columns of the import, so that an export can be imported again. They are read and written portion by
//! portion, so that the memory that they take doesn't grow with the city.

use std::collections::HashMap;

use jianjia_documents::workbook::{self, Cell, Column, Table};
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::subtree,
        policy::{Act, Actor},
    },
    exchange::import::{ImportColumn, ImportKind, divisions::Level, sheets::NOT_KNOWN},
    honour::honour::{Honour, level_name},
    money::subsidy::Base,
    office::account::login,
    register::{
        person::{self as people, Person},
        unit::{
            Unit,
            codes::word_of,
            form::{self, list_of},
        },
    },
    round::veto::Veto,
    year::statement::Facts,
};
use jianjia_standard::{Lang, Standard, fact::FactValue};
use jianjia_store::{
    core::db::Tx,
    exchange::import,
    honour::honour,
    money::subsidy::base,
    office::account::seat::{self, Seat},
    register::{
        division::{self, Division},
        person, unit,
    },
    round::veto,
    year::statement,
};

use crate::{
    core::{
        app::App,
        error::Result,
        export::{
            Made,
            long::{CSV, Format, LongFile, XLSX},
        },
    },
    exchange::import::templates::{Download, described},
};

mod answers;
pub use answers::of_department;

/// Everything of a kind below a unit as a workbook; phone numbers included, so only for those who may import there. `year` is the year of year
/// sheets; `None` is the current one.
///
/// # Errors
/// As `App::permit`, for importing units.
pub async fn export(
    app: &App,
    actor: &Actor,
    kind: ImportKind,
    under: &UnitId,
    year: Option<i16>,
) -> Result<Download> {
    let made = made(app, actor, kind, (under, year), &|_| ()).await?;
    Ok(Download {
        name: made.name.clone(),
        media_type: made.media_type,
        bytes: made.bytes()?,
    })
}

/// About how many rows `export` would have.
///
/// # Errors
/// As `export`.
pub async fn rows(app: &App, actor: &Actor, kind: ImportKind, under: &UnitId) -> Result<i64> {
    let mut tx = app.db.read().await?;
    let under = app.permit(&mut tx, actor, act_of(kind), under).await?.unit;
    Ok(import::rows(&mut tx, kind, &under.path).await?)
}

/// The file of an export, written row by row as it is read; `count` is told how many there are.
///
/// # Errors
/// As `export`.
pub async fn made(
    app: &App,
    actor: &Actor,
    kind: ImportKind,
    (under, year): (&UnitId, Option<i16>),
    count: &(dyn Fn(i64) + Send + Sync),
) -> Result<Made> {
    let mut tx = app.db.read().await?;
    let under = app.permit(&mut tx, actor, act_of(kind), under).await?.unit;
    let year = year.unwrap_or_else(|| app.clock.today().year());
    let file = written(app, &mut tx, (kind, year), (&under.path, XLSX), count).await?;
    let of_year = match kind {
        ImportKind::Sheets | ImportKind::SubsidyBases => year.to_string(),
        _ => String::new(),
    };
    let name = format!("{}-{}{of_year}", under.name, kind.word());
    Ok(file.end(&name).await?)
}

/// A table as a workbook: not on the threads that answer pages.
///
/// # Errors
/// If a text exceeds what a workbook takes.
pub async fn file(name: String, table: Table) -> Result<Download> {
    let made = tokio::task::spawn_blocking(move || workbook::workbook(&[table], &[]));
    Ok(Download {
        name,
        media_type: XLSX.media_type,
        bytes: made.await.map_err(anyhow::Error::from)??,
    })
}

/// The act that exporting a kind takes.
fn act_of(kind: ImportKind) -> Act {
    match kind {
        // Telephone numbers and logins are for those who administer them.
        ImportKind::Accounts => Act::ManageAccounts,
        ImportKind::Answers => Act::SeeLists,
        ImportKind::SubsidyBases => Act::RecordSubsidyBase,
        _ => Act::ImportUnits,
    }
}

/// Everything of a kind, for the command line; as CSV if the file's name ends in `.csv`.
pub async fn export_at_the_machine(
    app: &App,
    kind: ImportKind,
    file_name: &str,
    year: Option<i16>,
) -> Result<Vec<u8>> {
    let mut tx = app.db.read().await?;
    let path = unit::root(&mut tx)
        .await?
        .map_or_else(|| "/".to_owned(), |root| root.path);
    let year = year.unwrap_or_else(|| app.clock.today().year());
    let format = match file_name.to_lowercase().ends_with(".csv") {
        true => CSV,
        false => XLSX,
    };
    let file = written(app, &mut tx, (kind, year), (&path, format), &|_| ()).await?;
    Ok(file.end(kind.word()).await?.bytes()?)
}

/// Units, or rows of a department's list, that are read at a time.
const PORTION: i64 = 500;

/// The table of what is in a subtree, written as it is read, from one snapshot.
async fn written(
    app: &App,
    tx: &mut Tx,
    (kind, year): (ImportKind, i16),
    (path, format): (&str, Format),
    count: &(dyn Fn(i64) + Send + Sync),
) -> Result<LongFile> {
    let standard = app.standards.of(year);
    let columns = kind.columns(standard);
    let headings: Vec<Column> = columns
        .iter()
        .map(|column| described(standard, kind, column))
        .collect();
    let mut file = LongFile::begin(kind.word(), &headings, format)?;
    match kind {
        ImportKind::Divisions => {
            let divisions = division::all(tx).await?;
            return Ok(file
                .push(divisions.iter().map(division_row).collect())
                .await?);
        }
        ImportKind::Answers => {
            return answers::written(tx, standard, (path, year), file, count).await;
        }
        _ => {}
    }
    let (mut from, upper) = subtree(path);
    let mut numbers: HashMap<UnitId, i64> = HashMap::new();
    loop {
        let mut units = unit::between(tx, (&from, &upper), PORTION + 1).await?;
        // The one after the portion only says where it ends.
        let next = match units.len() as i64 > PORTION {
            true => units.pop().map(|unit| unit.path),
            false => None,
        };
        let until = next.as_deref().unwrap_or(&upper);
        // Those above stand before those below.
        numbers.extend(units.iter().map(|unit| (unit.id, unit.number)));
        let portion = Portion {
            units: &units,
            span: (&from, until),
            numbers: &numbers,
            path,
        };
        let rows = rows_of(tx, standard, (kind, year), &columns, &portion).await?;
        file = file.push(rows).await?;
        count(file.rows());
        match next {
            Some(path) => from = path,
            None => return Ok(file),
        }
    }
}

/// Some units of an export, in the order of the tree.
struct Portion<'a> {
    units: &'a [Unit],
    /// The paths from which on and before which they lie.
    span: (&'a str, &'a str),
    /// The numbers of these and of those before them.
    numbers: &'a HashMap<UnitId, i64>,
    /// Below which all is exported.
    path: &'a str,
}

async fn rows_of(
    tx: &mut Tx,
    standard: &Standard,
    (kind, year): (ImportKind, i16),
    columns: &[ImportColumn],
    portion: &Portion<'_>,
) -> Result<Vec<Vec<Cell>>> {
    let (units, span) = (portion.units, portion.span);
    let by_id: HashMap<UnitId, &Unit> = units.iter().map(|unit| (unit.id, unit)).collect();
    Ok(match kind {
        ImportKind::Sheets => {
            let ids: Vec<UnitId> = units.iter().map(|unit| unit.id).collect();
            let said = statement::facts_of_units(tx, &ids, year).await?;
            let row = |unit: &Unit| {
                let facts = said.get(&unit.id)?;
                Some(sheet_row(standard, columns, unit, year, facts))
            };
            units.iter().filter_map(row).collect()
        }
        ImportKind::Unions => {
            let chairs = import::chairs_between(tx, span).await?;
            units
                .iter()
                // Without the unit itself: an import only changes units below.
                .filter(|unit| unit.path != portion.path)
                .map(|unit| {
                    let upper = unit.parent_id.and_then(|id| portion.numbers.get(&id));
                    union_row(columns, unit, upper, chairs.get(&unit.id))
                })
                .collect()
        }
        ImportKind::People => person::between(tx, span)
            .await?
            .iter()
            .filter_map(|person| person_row(columns, person, &by_id))
            .collect(),
        ImportKind::Titles => honour::between(tx, span)
            .await?
            .iter()
            .filter_map(|honour| title_row(honour, &by_id))
            .collect(),
        ImportKind::Vetoes => veto::between(tx, span)
            .await?
            .iter()
            .filter(|veto| veto.lifted.is_none())
            .filter_map(|veto| veto_row(veto, &by_id))
            .collect(),
        ImportKind::SubsidyBases => base::between(tx, span)
            .await?
            .iter()
            .filter(|base| base.year == year)
            .filter_map(|base| base_row(base, &by_id))
            .collect(),
        ImportKind::Accounts => seat::between(tx, span)
            .await?
            .iter()
            .filter_map(|seat| account_row(seat, &by_id))
            .collect(),
        // They are of no unit, or read by department.
        ImportKind::Divisions | ImportKind::Answers => Vec::new(),
    })
}

fn account_row(seat: &Seat, by_id: &HashMap<UnitId, &Unit>) -> Option<Vec<Cell>> {
    let unit = by_id.get(&seat.unit)?;
    Some(vec![
        Cell::from(seat.name.as_str()),
        Cell::from(unit.details.name.as_str()),
        Cell::from(seat.role.word()),
        Cell::from(seat.telephone.as_str()),
        Cell::from(seat.mail.as_str()),
        Cell::from(login::shown(&seat.login).as_str()),
    ])
}

fn division_row(division: &Division) -> Vec<Cell> {
    let level = match Level::read(&division.level) {
        Some(level) => level.word(),
        None => &division.level,
    };
    vec![
        Cell::from(division.code.as_str()),
        Cell::from(division.parent_code.as_str()),
        Cell::from(level),
        Cell::from(division.name.as_str()),
    ]
}

/// The facts of a union's year. Answers that the standard does not know any more are left out.
fn sheet_row(
    standard: &Standard,
    columns: &[ImportColumn],
    unit: &Unit,
    year: i16,
    facts: &Facts,
) -> Vec<Cell> {
    columns
        .iter()
        .map(|column| match &*column.key {
            "name" => Cell::from(unit.details.name.as_str()),
            "credit_code" => Cell::from(unit.details.credit_code.as_deref().unwrap_or_default()),
            "number" => Cell::Number(unit.number),
            "year" => Cell::Number(year.into()),
            key => match (standard.fact(key), facts.get(key)) {
                (Some(_), Some(said)) if said.value.is_null() => Cell::from(NOT_KNOWN),
                (Some(fact), Some(said)) => said.known(fact).map_or(Cell::Nothing, answer),
                _ => Cell::Nothing,
            },
        })
        .collect()
}

fn answer(value: FactValue) -> Cell {
    match value {
        FactValue::Truth(true) => Cell::from("是"),
        FactValue::Truth(false) => Cell::from("否"),
        FactValue::Number(number) => {
            i64::try_from(number).map_or_else(|_| Cell::Text(number.to_string()), Cell::Number)
        }
        value => Cell::Text(value.to_string()),
    }
}

fn person_row(
    columns: &[ImportColumn],
    person: &Person,
    by_id: &HashMap<UnitId, &Unit>,
) -> Option<Vec<Cell>> {
    let unit = by_id.get(&person.unit_id)?;
    let typed = people::form_of(&person.details);
    Some(
        columns
            .iter()
            .map(|column| match &*column.key {
                "name" => Cell::from(typed.name.as_str()),
                "unit" => Cell::Text(unit.number.to_string()),
                "post" => Cell::from(person.details.post.word()),
                "duty" => Cell::from(typed.duty.as_str()),
                "phone" => Cell::from(typed.phone.as_str()),
                _ => Cell::from(typed.since_on.as_str()),
            })
            .collect(),
    )
}

/// A title in force as a row. The holder is given by number, because names are not unique.
fn title_row(honour: &Honour, by_id: &HashMap<UnitId, &Unit>) -> Option<Vec<Cell>> {
    let unit = by_id.get(&honour.unit)?;
    Some(vec![
        Cell::Text(unit.number.to_string()),
        Cell::from(honour.person_name.as_str()),
        Cell::from(honour.title.as_str()),
        Cell::from(level_name(honour.level, Lang::Zh)),
        Cell::Number(honour.year.into()),
        Cell::from(honour.number.as_str()),
        Cell::Text(honour.begun_on.to_string()),
    ])
}

/// A base as a row: plain figures, so that the table can be added up, and imported again.
fn base_row(base: &Base, by_id: &HashMap<UnitId, &Unit>) -> Option<Vec<Cell>> {
    let unit = by_id.get(&base.unit)?;
    Some(vec![
        Cell::Text(unit.number.to_string()),
        // The number is enough to find it by.
        Cell::Nothing,
        Cell::Number(base.year.into()),
        Cell::Fen(base.amount_fen),
        Cell::from(base.note.as_str()),
    ])
}

fn veto_row(veto: &Veto, by_id: &HashMap<UnitId, &Unit>) -> Option<Vec<Cell>> {
    let unit = by_id.get(&veto.unit)?;
    Some(vec![
        Cell::Text(unit.number.to_string()),
        // The number is enough to find it by.
        Cell::Nothing,
        Cell::Number(veto.year.into()),
        Cell::from(veto.clause.as_str()),
        Cell::from(veto.source.as_str()),
        Cell::from(veto.note.as_str()),
        Cell::from(veto.state().word()),
    ])
}

fn union_row(
    columns: &[ImportColumn],
    unit: &Unit,
    upper: Option<&i64>,
    chair: Option<&String>,
) -> Vec<Cell> {
    let typed = form::of(&unit.details);
    columns
        .iter()
        .map(|column| match &*column.key {
            "kind" => Cell::from(unit.kind.word()),
            // The number, because names are not unique.
            "upper" => upper.map_or(Cell::Nothing, |number| Cell::Text(number.to_string())),
            "chair" => Cell::from(chair.map_or("", String::as_str)),
            "workers" => unit.details.workers.map_or(Cell::Nothing, Cell::Number),
            "members" => unit.details.members.map_or(Cell::Nothing, Cell::Number),
            key => {
                let value = typed.get(key).unwrap_or_default();
                Cell::from(list_of(key).map_or(value, |list| word_of(list, value, Lang::Zh)))
            }
        })
        .collect()
}
