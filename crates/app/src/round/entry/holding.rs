//! What a veto and an entry do to files under way. A veto in force stops a file for a title that it bars: it is not handed on, decided or named, and goes
//! on from the same step once the veto is lifted. An entry that waits for its decision keeps such a file from being decided or named.

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        ids::{ApplicationId, UnitId},
        place::{UnitKind, is_within},
    },
    round::{
        application::{Application, ApplicationRefusal},
        entry::EntryRefusal,
        veto::Veto,
    },
};
use jianjia_standard::{Lang, Text, programme::Title};
use jianjia_store::{
    core::db::Tx,
    register::{person, unit},
    round::{
        entry::{self as entries, EntryFilter},
        veto as vetoes,
    },
};

use super::name_of;
use crate::core::{app::App, error::Result};

/// The title of an application, if vetoes bar it.
fn barred<'a>(app: &'a App, application: &Application) -> Option<&'a Title> {
    let title = app.standards.of(application.year).title(&application.title);
    title.filter(|title| title.barred_by_vetoes)
}

/// Whether vetoes of the union bar the person who is put forward: of people, those of some posts.
pub(crate) async fn is_of_a_barred_post(
    tx: &mut Tx,
    application: &Application,
    title: &Title,
) -> Result<bool> {
    let Some(applicant) = &application.person else {
        return Ok(true);
    };
    if title.barred_posts.is_empty() {
        return Ok(true);
    }
    let people = person::of_unit(tx, &application.unit.id).await?;
    let found = people.iter().find(|person| person.id == applicant.id);
    let posts = &title.barred_posts;
    Ok(found.is_none_or(|person| {
        posts
            .iter()
            .any(|post| post.key() == person.details.post.key())
    }))
}

/// The vetoes that stop an application which is under way; none for one that has ended.
async fn stopped(tx: &mut Tx, app: &App, application: &Application) -> Result<Vec<Veto>> {
    let Some(title) = barred(app, application) else {
        return Ok(Vec::new());
    };
    if application.state.closed_at().is_some() {
        return Ok(Vec::new());
    }
    let vetoes = vetoes::of_unit(tx, &application.unit.id, application.year).await?;
    if vetoes.is_empty() || !is_of_a_barred_post(tx, application, title).await? {
        return Ok(Vec::new());
    }
    Ok(vetoes)
}

/// The same, each with its source.
pub(crate) async fn stopped_in_words(
    tx: &mut Tx,
    app: &App,
    application: &Application,
) -> Result<Vec<Text>> {
    let vetoes = stopped(tx, app, application).await?;
    Ok(vetoes.iter().map(|veto| in_words(app, veto)).collect())
}

/// Refuses to hand on a file that a veto stops.
///
/// # Errors
/// `Stopped`, with the vetoes.
pub(crate) async fn refuse_stopped(
    tx: &mut Tx,
    app: &App,
    application: &Application,
) -> Result<()> {
    let because = stopped_in_words(tx, app, application).await?;
    if because.is_empty() {
        return Ok(());
    }
    Err(ApplicationRefusal::Stopped {
        applicant: application.applicant_name(),
        because,
    }
    .into())
}

fn in_words(app: &App, veto: &Veto) -> Text {
    let name = app.standards.veto(veto.year, &veto.clause);
    let told = |lang: Lang| {
        let name = name.map_or("", |found| found.name.get(lang));
        match lang {
            Lang::Zh => format!("{} {name}（{}）", veto.clause, veto.source),
            Lang::En => format!("{} {name} ({})", veto.clause, veto.source),
        }
    };
    Text {
        zh: told(Lang::Zh),
        en: told(Lang::En),
    }
}

/// The entries of a year that wait for a decision and keep these applications from being decided or named: each application with the first of its
/// own.
pub(crate) async fn held(
    tx: &mut Tx,
    app: &App,
    year: i16,
    applications: &[Application],
) -> Result<Vec<(ApplicationId, EntryRefusal)>> {
    if !applications.iter().any(|one| barred(app, one).is_some()) {
        return Ok(Vec::new());
    }
    let filter = EntryFilter {
        years: vec![year],
        only_open: true,
        ..EntryFilter::default()
    };
    let open = entries::list(tx, &filter).await?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let unions = unions(tx, applications).await?;
    let mut found = Vec::new();
    for application in applications {
        let Some(title) = barred(app, application) else {
            continue;
        };
        let union = unions.get(&application.id);
        let own = open.iter().find(|entry| Some(&entry.unit) == union);
        if let Some(entry) = own
            && is_of_a_barred_post(tx, application, title).await?
        {
            let holds = EntryRefusal::Holds {
                unit: entry.unit_name.clone(),
                department: name_of(app, entry),
                clause: entry.clause.clone(),
            };
            found.push((application.id, holds));
        }
    }
    Ok(found)
}

/// Whose vetoes and entries each application is under: its unit, or the union of the branch that applies. A federation's are not its unions'.
pub(crate) async fn unions(
    tx: &mut Tx,
    applications: &[Application],
) -> Result<BTreeMap<ApplicationId, UnitId>> {
    let ids: Vec<UnitId> = applications.iter().map(|one| one.unit.id).collect();
    let paths = applications.iter().map(|one| one.unit.path.as_str());
    let mut places = unit::above_any(tx, paths).await?;
    places.extend(unit::places(tx, &ids).await?);
    places.retain(|place| place.kind != UnitKind::Branch);
    let of = |application: &Application| {
        let above = places.iter();
        let above = above.filter(|place| is_within(&application.unit.path, &place.path));
        above
            .max_by_key(|place| place.path.len())
            .map(|place| place.id)
    };
    let found = applications.iter();
    Ok(found
        .filter_map(|application| Some((application.id, of(application)?)))
        .collect())
}

/// Refuses to decide on a file while an entry on its unit waits.
///
/// # Errors
/// `Holds`.
pub(crate) async fn refuse_held(tx: &mut Tx, app: &App, application: &Application) -> Result<()> {
    let year = application.year;
    let mut held = held(tx, app, year, std::slice::from_ref(application)).await?;
    match held.pop() {
        Some((_, refusal)) => Err(refusal.into()),
        None => Ok(()),
    }
}
