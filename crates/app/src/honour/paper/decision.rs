//! 命名决定: who was named in one act, as an official paper with the list as its annex.

use jianjia_domain::{
    core::{imprint::Official, policy::Actor},
    honour::honour::Honour,
};
use jianjia_store::register::unit;
use jiff::civil::Date;
use serde::Serialize;

use super::stands;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        imprint as imprints,
        paper::{Sheet, Subject},
    },
    honour::honour as honours,
    register::circular,
};

#[derive(Serialize)]
struct Decision {
    office: String,
    /// 文号, as the office said it, or as it stands with the naming; none where it was not said.
    number: Option<String>,
    year: i16,
    title: String,
    people: bool,
    addressees: String,
    programme: String,
    basis: String,
    rows: Vec<Row>,
    decided_on: Date,
    copies: Option<Vec<String>>,
    issuer: String,
    issued_on: Option<Date>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    /// A person's.
    union: Option<String>,
    number: String,
}

/// The titles that were given in one act, by the key that they share.
pub struct Batch(pub String);

impl Subject for Batch {
    fn read(text: &str) -> Option<Batch> {
        Some(Batch(text.to_owned()))
    }
}

/// The decision on the titles of a batch, for whoever may withdraw them and for auditors. Those that were withdrawn are left out.
///
/// # Errors
/// As `honours::named_together`; not found when none of them stands.
pub async fn sheet(app: &App, actor: &Actor, Batch(batch): &Batch) -> Result<Sheet> {
    let named = honours::named_together(app, actor, batch).await?;
    let rows: Vec<&Honour> = named.honours.iter().filter(|one| stands(one)).collect();
    let first = *rows.first().ok_or(Error::NotFound)?;
    let standard = app.standards.of(first.year);
    let title = standard.title(&first.title);
    let title = title.map_or_else(|| first.title.clone(), |title| title.name.zh.clone());
    let mut tx = app.db.read().await?;
    let root = unit::root(&mut tx).await?;
    let office = named.by.or(root).ok_or(Error::NotFound)?;
    let said = imprints::said(&mut tx, Official::Decision, batch).await?;
    let addressees = match said.addressees {
        Some(said) => said,
        None => circular::addressees(&mut tx, &office).await?,
    };
    tx.commit().await?;
    let whose = format!("{}年{title}", first.year);
    let decision = Decision {
        number: Some(named.document_number).filter(|number| !number.trim().is_empty()),
        year: first.year,
        title,
        people: first.person.is_some(),
        addressees,
        programme: standard.programme.name.zh.clone(),
        basis: standard.programme.document_number.clone(),
        rows: rows.iter().map(|honour| row(honour)).collect(),
        decided_on: first.begun_on,
        copies: Some(said.copies).filter(|copies| !copies.is_empty()),
        issuer: office.name.clone(),
        issued_on: said.issued_on,
        office: office.name,
    };
    Sheet::of("decision", whose, &decision)
}

fn row(honour: &Honour) -> Row {
    let (union, number) = (honour.holder_name.clone(), honour.number.clone());
    if honour.person_name.is_empty() {
        Row {
            name: union,
            union: None,
            number,
        }
    } else {
        Row {
            name: honour.person_name.clone(),
            union: Some(union),
            number,
        }
    }
}
