//! 公示: a public notice as it was put up, which everybody may print while it hangs, and the city's office afterwards.

use jianjia_domain::{
    core::{ids::PublicationId, imprint::Official, policy::Actor},
    round::publication::{Publication, Shown, ShownLine},
};
use jiff::civil::Date;
use serde::Serialize;

use super::plain;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        imprint as imprints,
        paper::Sheet,
    },
    round::publication::{self as publications, shown_of},
};

#[derive(Serialize)]
struct Notice {
    office: String,
    /// Number, copies and day of issue, where the office said them.
    number: Option<String>,
    copies: Option<Vec<String>>,
    issued_on: Option<Date>,
    year: i16,
    title: String,
    people: bool,
    from_on: Date,
    until_on: Date,
    /// How many working days; none where the standard says nothing any more.
    days: Option<i64>,
    /// Why it was taken down before its time.
    withdrawn: Option<String>,
    desk: String,
    telephone: String,
    /// The address of the notice; none where the instance doesn't know its own.
    link: Option<String>,
    order: String,
    rows: Vec<ShownLine>,
}

/// A notice, for everybody while it hangs, and for people of the city as it was.
///
/// # Errors
/// Not found when it isn't there, and once it came down to those who don't see the city; as `publications::copy`.
pub async fn sheet(app: &App, actor: &Actor, id: &PublicationId) -> Result<Sheet> {
    match public(app, id).await {
        Err(Error::NotFound) => {
            let kept = publications::copy(app, actor, id).await?;
            let shown = shown_of(&kept)?;
            paper(app, &kept, shown).await
        }
        made => made,
    }
}

/// A notice that hangs, for everybody.
///
/// # Errors
/// Not found when there is none, or it came down.
pub async fn public(app: &App, id: &PublicationId) -> Result<Sheet> {
    let notice = publications::notice(app, id).await?;
    let shown = notice.shown.ok_or(Error::NotFound)?;
    paper(app, &notice.publication, shown).await
}

async fn paper(app: &App, of: &Publication, shown: Shown) -> Result<Sheet> {
    let mut tx = app.db.read().await?;
    let said = imprints::said(&mut tx, Official::Publication, &of.id.to_string()).await?;
    tx.commit().await?;
    let rules = &app.standards.of(of.year).publication;
    let taken_down = of.taken_down.as_ref();
    let withdrawn = taken_down.filter(|taken_down| !taken_down.reason.is_empty());
    let address = &app.post.address;
    let whose = format!("{}年{}", shown.year, shown.title.zh);
    let notice = Notice {
        office: shown.city,
        number: said.number,
        copies: Some(said.copies).filter(|copies| !copies.is_empty()),
        issued_on: said.issued_on,
        year: shown.year,
        title: shown.title.zh,
        people: shown.lines.iter().any(|line| !line.union.is_empty()),
        from_on: shown.days.from,
        until_on: shown.days.to,
        days: rules.of_candidates(&of.title).map(|rule| rule.working_days),
        withdrawn: withdrawn.map(|taken_down| taken_down.reason.clone()),
        desk: shown.office,
        telephone: shown.telephone,
        link: (!address.is_empty()).then(|| format!("{address}/publications/{}", of.id)),
        order: plain(shown.order.word()),
        rows: shown.lines,
    };
    Sheet::of("publication", whose, &notice)
}
