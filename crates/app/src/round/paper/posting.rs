//! 单位内公示: the notice that a union puts up in its own unit before it applies.

use jianjia_domain::core::policy::Actor;
use jianjia_store::register::{person, unit};
use jianjia_words::format;
use jiff::civil::Date;
use serde::Serialize;

use super::{judged, rated};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::Sheet,
    },
    round::{application::ApplicationView, posting as postings},
};

#[derive(Serialize)]
struct Notice {
    union: String,
    title: String,
    /// Who is to hold it, where it is a person's title.
    person: Option<String>,
    posted_on: Date,
    from_on: Date,
    until_on: Date,
    story: Option<String>,
    /// In thousands, such as 1,286.
    workers: Option<String>,
    members: Option<String>,
    /// The members' rating, where there is one.
    rating: Option<String>,
    /// How the criteria stand by the union's own word.
    judged: String,
    contact: String,
    upper: String,
}

/// The notice of an application in its unit, with the days that were recorded or else those from today on, for everybody who sees the application.
///
/// # Errors
/// Not found when the standard knows no notice of it.
pub async fn sheet(app: &App, actor: &Actor, view: &ApplicationView) -> Result<Sheet> {
    let posted = postings::view(app, actor, &view.application.id).await?;
    let application = &view.application;
    let standard = app.standards.of(application.year);
    let mut tx = app.db.read().await?;
    let unit = unit::find(&mut tx, &application.unit.id).await?;
    let unit = unit.ok_or(Error::NotFound)?;
    let chair = person::chair_of(&mut tx, &unit.id).await?;
    let above = unit::above(&mut tx, &unit.path).await?;
    let upper = above.into_iter().find(|place| place.id != unit.id);
    let rating = rated(&mut tx, standard, view).await?;
    tx.commit().await?;
    let (from_on, until_on) = match &posted.posting {
        Some(posting) => (posting.from_on, posting.to_on),
        None => (app.clock.today(), posted.until.value),
    };
    let chair = chair.map(|chair| chair.details.name);
    let notice = Notice {
        union: unit.details.name.clone(),
        title: view.title.zh.clone(),
        person: application
            .person
            .as_ref()
            .map(|person| person.name.clone()),
        posted_on: from_on,
        from_on,
        until_on,
        story: Some(application.story.clone()).filter(|story| !story.trim().is_empty()),
        workers: unit.details.workers.map(counted),
        members: unit.details.members.map(counted),
        rating,
        judged: judged(&view.clauses),
        contact: reached(
            chair.as_deref().unwrap_or(&unit.details.name),
            unit.details.phone,
        ),
        upper: reached(
            upper
                .as_ref()
                .map_or("上级工会", |upper| upper.name.as_str()),
            posted.upper_phone,
        ),
    };
    Sheet::of("posting", application.applicant_name(), &notice)
}

/// `武进区总工会，0519-86000000`.
fn reached(name: &str, phone: Option<String>) -> String {
    phone.map_or_else(|| name.to_owned(), |phone| format!("{name}，{phone}"))
}

fn counted(number: i64) -> String {
    format::count(&number.to_string())
}
