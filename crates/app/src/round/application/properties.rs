//! What is answered about an applicant, of what the rules on a list's structure count.

use jianjia_domain::{core::policy::Actor, round::application::Application};
use jianjia_store::{core::db::Tx, round::property as properties};

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// The answers that differ from those kept, each a choice of a property that is asked for the title; an empty choice takes one back.
///
/// # Errors
/// Not found for a property that isn't asked, and for a choice that it doesn't have.
pub(crate) fn checked(
    app: &App,
    application: &Application,
    kept: &[(String, String)],
    answers: &[(String, String)],
) -> Result<Vec<(String, String)>> {
    let standard = app.standards.of(application.year);
    let mut changed = Vec::new();
    for (key, choice) in answers {
        let property = standard.properties.iter().find(|property| {
            property.key == *key
                && property.question.is_some()
                && property.titles.contains(&application.title)
        });
        let property = property.ok_or(Error::NotFound)?;
        if !choice.is_empty() && property.choice(choice).is_none() {
            return Err(Error::NotFound);
        }
        let before = kept.iter().find(|(known, _)| known == key);
        if before.map_or("", |(_, choice)| choice.as_str()) != choice {
            changed.push((key.clone(), choice.clone()));
        }
    }
    Ok(changed)
}

/// Keeps the applicant's own answers; gives those that changed.
pub(super) async fn keep_answers(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: &Application,
    answers: &[(String, String)],
) -> Result<Vec<(String, String)>> {
    let kept = properties::of_applications(tx, &[application.id]).await?;
    let kept = kept.get(&application.id).map_or(&[][..], Vec::as_slice);
    let changed = checked(app, application, kept, answers)?;
    if !changed.is_empty() {
        let account = actor.account.to_string();
        let by = (account.as_str(), actor.name.as_str());
        properties::say(tx, &application.id, &changed, by, app.now()).await?;
    }
    Ok(changed)
}
