//! 年度申报通知: the round's days, titles, criteria and places by the standard and as the city set them. What the office did not say of it (number, copies, day of issue) stays blank.

use jianjia_domain::{
    core::{imprint::Official, policy::Actor},
    round::round::{Days, Round},
};
use jianjia_standard::{Lang, Standard, programme::Title};
use jianjia_store::register::unit;
use jianjia_words::title;
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        imprint as imprints,
        paper::Sheet,
    },
    register::circular,
    round::{
        recommendation::{self as recommendations, QuotaTable},
        round as rounds,
    },
};

#[derive(Serialize)]
struct Notice {
    office: String,
    number: Option<String>,
    year: i16,
    titles_together: String,
    addressees: String,
    programme: String,
    basis: String,
    titles: Vec<Asked>,
    barred: String,
    vetoes: Option<Vec<String>>,
    days: Vec<Phase>,
    note: Option<String>,
    quota_titles: Vec<String>,
    /// None as long as the city gave none.
    quotas: Option<Vec<Places>>,
    telephone: Option<String>,
    copies: Option<Vec<String>>,
    issuer: String,
    made_on: Date,
    issued_on: Option<Date>,
}

/// What a title asks.
#[derive(Serialize)]
struct Asked {
    name: String,
    kinds: Vec<&'static str>,
    below: Option<String>,
    needs_below: bool,
    needs_union: Option<String>,
    criteria: Vec<Criterion>,
}

#[derive(Serialize)]
struct Criterion {
    clause: String,
    text: String,
}

#[derive(Serialize)]
struct Phase {
    from_on: Date,
    until_on: Date,
    phase: &'static str,
}

#[derive(Serialize)]
struct Places {
    unit: String,
    places: Vec<i64>,
}

/// The notice of a year's round, for the city's offices.
///
/// # Errors
/// As `rounds::of_notice`.
pub async fn sheet(app: &App, actor: &Actor, year: &i16) -> Result<Sheet> {
    let round = rounds::of_notice(app, actor, *year).await?;
    let places = recommendations::table(app, actor, *year).await?;
    let standard = app.standards.of(*year);
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let said = imprints::said(&mut tx, Official::Notice, &year.to_string()).await?;
    let addressees = match said.addressees {
        Some(said) => said,
        None => circular::addressees(&mut tx, &city).await?,
    };
    let telephone = unit::find(&mut tx, &city.id).await?;
    tx.commit().await?;
    let vetoes: Vec<String> = standard
        .vetoes
        .iter()
        .map(|veto| veto.name.zh.clone())
        .collect();
    let titles = places.titles.iter().map(|(_, name)| name.zh.clone());
    let notice = Notice {
        number: said.number,
        year: *year,
        titles_together: title::called(Lang::Zh, standard, |_| true),
        addressees,
        programme: standard.programme.name.zh.clone(),
        basis: standard.programme.document_number.clone(),
        titles: standard
            .titles
            .iter()
            .map(|title| asked(standard, title))
            .collect(),
        barred: title::barred(Lang::Zh, standard),
        vetoes: (!vetoes.is_empty()).then_some(vetoes),
        days: phases(&round),
        note: Some(round.note).filter(|note| !note.is_empty()),
        quota_titles: titles.collect(),
        quotas: quotas(&places),
        telephone: telephone.and_then(|city| city.details.phone),
        copies: Some(said.copies).filter(|copies| !copies.is_empty()),
        issuer: city.name.clone(),
        made_on: app.clock.today(),
        issued_on: said.issued_on,
        office: city.name,
    };
    Sheet::of("notice", format!("{year}年"), &notice)
}

fn asked(standard: &Standard, title: &Title) -> Asked {
    let name = |key: Option<&str>| {
        let title = key.and_then(|key| standard.title(key));
        title.map(|title| title.name.zh.clone())
    };
    let criteria = title.criteria.iter().filter_map(|asked| {
        let criterion = standard.criterion(&asked.clause)?;
        Some(Criterion {
            clause: criterion.clause.clone(),
            text: criterion.text.zh.clone(),
        })
    });
    Asked {
        name: title.name.zh.clone(),
        kinds: title.kinds.iter().map(|kind| kind.name(Lang::Zh)).collect(),
        below: name(title.below.as_deref()),
        needs_below: title.needs_below,
        needs_union: name(title.needs_union_title.as_deref()),
        criteria: criteria.collect(),
    }
}

fn phases(round: &Round) -> Vec<Phase> {
    let phase = |Days { from, to }, phase| Phase {
        from_on: from,
        until_on: to,
        phase,
    };
    vec![
        phase(round.declaration, "declaration"),
        phase(round.examination, "examination"),
        phase(round.commendation, "commendation"),
    ]
}

/// The federations that have places.
fn quotas(table: &QuotaTable) -> Option<Vec<Places>> {
    let rows = table.rows.iter().map(|row| Places {
        unit: row.federation.name.clone(),
        places: row.cells.iter().map(|cell| cell.places).collect(),
    });
    let given: Vec<Places> = rows
        .filter(|row| row.places.iter().any(|places| *places > 0))
        .collect();
    (!given.is_empty()).then_some(given)
}
