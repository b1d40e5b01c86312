//! Sending a department its list, and later what is to be added to it.

use jianjia_domain::{
    core::{
        audit::deed::Deed,
        ids::DepartmentListId,
        message::{About, Kind, Message},
        policy::{Actor, act},
    },
    register::unit::Unit,
    round::department::{self, Asked, DepartmentList},
};
use jianjia_store::{core::scope::Scope, register::unit, round::department as departments};
use serde_json::json;

use super::{barred, object, people_of, standard_of};
use crate::core::{
    app::App,
    error::{Error, Result},
    message::tell,
};

/// Sends a department its list, or what is to be added to it: the units that apply now and are not on it yet. They are frozen with this act.
///
/// # Errors
/// As `App::permit` at the city; not found when the year's standard has no such department; `NothingToAsk`.
pub async fn send(app: &App, actor: &Actor, year: i16, key: &str) -> Result<DepartmentList> {
    let mut tx = app.db.write(Scope::Departments).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app.permit(&mut tx, actor, act::SendLists, &city.id).await?;
    let standard = standard_of(app, year)?;
    let department = standard.department(key).ok_or(Error::NotFound)?;
    let sent = departments::lists(&mut tx, year).await?;
    let sent = sent.iter().filter(|list| list.department == key).count();
    let concerned = departments::unasked(&mut tx, (year, key), &barred(standard)).await?;
    let sent = i64::try_from(sent).unwrap_or(i64::MAX);
    let today = app.clock.today();
    let (number, due_on) = department::send(
        standard,
        department,
        &permit,
        (sent, concerned.len()),
        today,
    )?;
    let now = app.now();
    let list = DepartmentList {
        id: DepartmentListId(app.entropy.id(now)),
        year,
        department: key.to_owned(),
        number,
        due_on,
        sent_at: now,
        sent_by_name: actor.name.clone(),
    };
    departments::insert_list(&mut tx, &list, &actor.account).await?;
    let units: Vec<Asked> = concerned.iter().map(|unit| asked_of(&list, unit)).collect();
    departments::ask(&mut tx, &units).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::SendLists,
        object(year, key),
        Some(&permit.unit),
        json!({ "number": number, "units": units.len(), "due_on": due_on }),
    )
    .await?;
    let count = i64::try_from(units.len()).unwrap_or(i64::MAX);
    let told = Message::of(
        Kind::ListSent,
        About::of(&object(year, key), None, year),
        list.id,
        people_of(&mut tx, key).await?,
    )
    .says([year.into(), (&department.name).into(), count.into()])
    .due(Some(due_on));
    tell(app, &mut tx, actor, told);
    tx.commit().await?;
    Ok(list)
}

pub(crate) fn asked_of(list: &DepartmentList, unit: &Unit) -> Asked {
    let details = &unit.details;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Asked {
        list: list.id,
        year: list.year,
        department: list.department.clone(),
        unit: unit.id,
        unit_path: unit.path.clone(),
        name: details.name.clone(),
        sort_key: unit.sort_key.clone(),
        credit_code: text(&details.credit_code),
        employer_name: text(&details.employer_name),
        employer_code: text(&details.employer_credit_code),
        answer: None,
    }
}
