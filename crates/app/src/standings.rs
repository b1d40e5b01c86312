//! Where every unit stands, as columns for lists: brought up to date in the transaction of each act that changes it.

use jianjia_domain::{
    assessment::{self, Basis},
    ids::UnitId,
    sheet,
};
use jianjia_standard::judgement::Status;
use jianjia_store::{
    db::Tx,
    standing::{self, Standing},
    statement as statements, subject,
};

use crate::{
    app::App,
    assessments,
    error::{Error, Result},
};

/// Judges the unit on its claims of the year and keeps where it stands. Units that only lead stand nowhere.
pub async fn refresh(tx: &mut Tx, app: &App, unit: &UnitId, year: i16) -> Result<()> {
    let register = subject::unit(tx, unit).await?.ok_or(Error::NotFound)?;
    if assessment::kind_of(register.kind).is_err() {
        return Ok(());
    }
    let as_of = assessments::as_of(app, year);
    let assessed = assessments::assess(tx, app, unit, None, year, as_of, Basis::Claims).await?;
    let facts = statements::facts_of(tx, unit, None, year).await?;
    let known = assessments::known_to_the_system(tx, &app.standard, &register, as_of).await?;
    let known: Vec<&str> = known.iter().map(|(key, _)| key.as_str()).collect();
    let groups = sheet::groups(&app.standard, &assessed.subject, &known, None);
    let (answered, asked) = sheet::count_all(&groups, &facts);
    let status = |tier: &str| {
        app.standard
            .titles_of(assessed.subject.kind)
            .find(|title| title.tier == tier)
            .and_then(|title| assessed.judgement.verdict(&title.key))
            .map_or(Status::NotApplicable, |verdict| verdict.status)
            .key()
            .to_owned()
    };
    let row = Standing {
        unit: *unit,
        unit_path: register.path,
        year,
        qualified: status("qualified"),
        model: status("model"),
        trusted: status("trusted"),
        answered: i64::try_from(answered).unwrap_or(0),
        asked: i64::try_from(asked).unwrap_or(0),
        judged_at: app.now(),
    };
    Ok(standing::set(tx, &row).await?)
}
