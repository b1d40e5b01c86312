//! What nobody knows of those who are to be named: which departments were silent of their unit, do not know, or were never asked about it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jianjia_domain::{
    core::ids::{ApplicationId, PersonId, UnitId},
    register::person::Post,
    round::{
        application::Application,
        department::{
            AnswerKind, DepartmentRefusal,
            gap::{Unanswered, unanswered},
        },
    },
};
use jianjia_standard::programme::Title;
use jianjia_store::{core::db::Tx, register::person, round::department as departments};

use crate::{
    core::{app::App, error::Result},
    round::entry as entries,
};

/// What is not known of a candidate, and why that holds the naming where the standard says so.
pub(crate) type Gaps = (Vec<Unanswered>, Option<DepartmentRefusal>);

/// The gaps of applications for a title of a year; none for a title that vetoes don't bar.
pub(crate) async fn gaps(
    tx: &mut Tx,
    app: &App,
    title: &Title,
    year: i16,
    applications: &[Application],
) -> Result<BTreeMap<ApplicationId, Gaps>> {
    let standard = app.standards.of(year);
    if !title.barred_by_vetoes || standard.departments.is_empty() || applications.is_empty() {
        return Ok(BTreeMap::new());
    }
    let unions = entries::unions(tx, applications).await?;
    let units: BTreeSet<UnitId> = unions.values().copied().collect();
    let units: Vec<UnitId> = units.into_iter().collect();
    let answered: HashMap<(String, UnitId), Option<AnswerKind>> =
        departments::answered_of(tx, year, &units)
            .await?
            .into_iter()
            .map(|(department, unit, answer)| ((department, unit), answer))
            .collect();
    let people = applications.iter().filter_map(|one| one.person.as_ref());
    let people: Vec<PersonId> = people.map(|person| person.id).collect();
    let posts: HashMap<PersonId, Post> = match title.barred_posts.is_empty() {
        true => HashMap::new(),
        false => person::posts(tx, &people).await?.into_iter().collect(),
    };
    let is_barred = |application: &Application| {
        let barred = &title.barred_posts;
        let post = application
            .person
            .as_ref()
            .map(|person| posts.get(&person.id));
        let is_of = |post: &Post| barred.iter().any(|one| one.key() == post.key());
        barred.is_empty() || post.flatten().is_none_or(is_of)
    };
    let mut found = BTreeMap::new();
    for application in applications {
        // Of people, vetoes bar those of some posts.
        let Some(union) = unions.get(&application.id) else {
            continue;
        };
        if !is_barred(application) {
            continue;
        }
        let of_department = |key: &str| answered.get(&(key.to_owned(), *union)).copied();
        found.insert(application.id, unanswered(standard, of_department));
    }
    Ok(found)
}
