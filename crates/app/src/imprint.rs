//! The imprints of official papers: what a paper says besides its text is said by whoever does the act that it tells of, when it is done or before the
//! paper is fetched. Beside `paper`, which lists the papers of all areas.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::PublicationId,
        imprint::{self, Imprint, ImprintInput, ImprintRefusal, NumberPlace, NumberUse, Official},
        place::UnitPlace,
        policy::{Act, Actor, Permit},
        refusal::{General, Refusal},
    },
    honour::honour::HonourAct,
};
use jianjia_store::{
    check::{outcome as outcomes, spot_check as checks},
    core::{db::Tx, imprint as imprints, scope::Scope},
    honour::honour as titles,
    register::unit,
    round::publication as publications,
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        imprint as printed, paper as papers,
    },
    honour::honour as honours,
    register::circular,
    round::round as rounds,
};

refuses!(ImprintRefusal);

/// A paper and what was said of it, for the form that says it.
#[derive(Clone, Debug)]
pub struct ImprintView {
    pub kind: Official,
    pub office: UnitPlace,
    pub year: i16,
    /// To whom it goes by the register.
    pub addressees: String,
    /// As it is printed, of what was said or of the act itself; empty where neither has one.
    pub number: String,
    pub imprint: Option<Imprint>,
}

impl ImprintView {
    /// The number that was given with the naming, where it has the shape of one; what has not is printed as it is, and nobody has to mend it here.
    fn proposed(&self) -> &str {
        match imprint::number(&self.number) {
            Ok(_) => &self.number,
            Err(_) => "",
        }
    }

    /// What the form begins with: what was said last.
    pub fn input(&self) -> ImprintInput {
        let said = self.imprint.as_ref().map(|imprint| imprint.said.clone());
        let said = said.unwrap_or_default();
        let revision = self.imprint.as_ref().map_or(0, |imprint| imprint.revision);
        ImprintInput {
            number: said.number.unwrap_or_else(|| self.proposed().to_owned()),
            addressees: said.addressees.unwrap_or_default(),
            copies: said.copies.join("，"),
            issued_on: said
                .issued_on
                .map_or_else(String::new, |day| day.to_string()),
            revision: revision.to_string(),
        }
    }
}

/// What was said of a paper. `subject` is what the paper is of, as in its address.
///
/// # Errors
/// Not found when there is no such paper or the actor doesn't see its office; as the act that it tells of.
pub async fn show(app: &App, actor: &Actor, kind: Official, subject: &str) -> Result<ImprintView> {
    let mut tx = app.db.read().await?;
    let paper = paper(&mut tx, app, actor, kind, subject).await?;
    Ok(ImprintView {
        kind,
        year: paper.year,
        addressees: circular::addressees(&mut tx, &paper.office).await?,
        number: paper.number,
        imprint: imprints::find(&mut tx, kind, &paper.subject).await?,
        office: paper.office,
    })
}

/// Says the imprint of a paper: what is said last is printed. Sent twice, it is said once.
///
/// # Errors
/// As `show`; as `imprint::read`; `number`: `NumberUsed`; `Stale` when somebody else said something meanwhile.
pub async fn say(
    app: &App,
    actor: &Actor,
    kind: Official,
    subject: &str,
    input: &ImprintInput,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Imprints).await?;
    let paper = paper(&mut tx, app, actor, kind, subject).await?;
    let said = imprint::read(&paper.permit, kind, input)?;
    let before = imprints::find(&mut tx, kind, &paper.subject).await?;
    let is_repeated = |before: &Imprint| before.said == said && before.said_by == actor.account;
    if before.as_ref().is_some_and(is_repeated) {
        return Ok(());
    }
    let revision = before.map_or(0, |before| before.revision);
    let seen: i64 = input.revision.trim().parse().unwrap_or_default();
    if seen != revision {
        return Err(General::Stale.into());
    }
    if let Some(number) = &said.number {
        let uses = uses(&mut tx, app, kind, &paper, number).await?;
        let mut uses = uses.into_iter();
        if let Some(by) = uses.find(|by| !by.is_shared_with(kind, paper.year)) {
            let number = number.clone();
            let refusal = ImprintRefusal::NumberUsed { number, by };
            return Err(Refusal::at("number", refusal).into());
        }
    }
    let imprint = Imprint {
        kind,
        subject: paper.subject,
        office: paper.office.id,
        year: paper.year,
        said,
        said_by: actor.account,
        said_by_name: actor.name.clone(),
        said_at: app.now(),
        revision: revision + 1,
    };
    if !imprints::save(&mut tx, &imprint).await? {
        return Err(General::Stale.into());
    }
    let said = &imprint.said;
    let detail = json!({
        "document_number": said.number,
        "addressees": said.addressees,
        "copies": said.copies,
        "issued_on": said.issued_on.map(|day| day.to_string()),
        "year": imprint.year,
    });
    app.trail(
        &mut tx,
        actor,
        Deed::SayImprint,
        paper.object,
        Some(&paper.office),
        detail,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// All places where a number of the office stands: its papers but for this one, what was done to titles and decided on visits, the programme. An act has the number
/// alone and not the office, whose code the number begins with.
async fn uses(
    tx: &mut Tx,
    app: &App,
    kind: Official,
    paper: &Paper,
    number: &str,
) -> Result<Vec<NumberUse>> {
    let own = (kind, paper.subject.as_str());
    let mut uses = printed::uses_on_papers(tx, &paper.office.id, number, own).await?;
    let spellings = imprint::spellings(number);
    for (act, year) in titles::by_document(tx, &spellings).await? {
        let place = match act {
            HonourAct::Named | HonourAct::Imported => NumberPlace::Naming,
            _ => NumberPlace::Change,
        };
        uses.push(NumberUse { place, year });
    }
    for year in outcomes::by_document(tx, &spellings).await? {
        let place = NumberPlace::Visit;
        uses.push(NumberUse { place, year });
    }
    let programme = &app.standards.of(paper.year).programme;
    if spellings.contains(&programme.document_number) {
        uses.push(NumberUse {
            place: NumberPlace::Programme,
            year: programme.first_year,
        });
    }
    Ok(uses)
}

/// A paper that an act tells of, with the permit for that act.
struct Paper {
    /// As the imprint's row has it.
    subject: String,
    office: UnitPlace,
    year: i16,
    number: String,
    object: Object,
    permit: Permit,
}

async fn paper(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    kind: Official,
    subject: &str,
) -> Result<Paper> {
    let office = unit::root(tx).await?.ok_or(Error::NotFound)?;
    match kind {
        Official::Notice => {
            let year: i16 = papers::subject(subject)?;
            let permit = app.permit_at(tx, actor, Act::SetCalendar, &office).await?;
            rounds::of_year(tx, app, year).await?;
            Ok(Paper {
                subject: year.to_string(),
                office,
                year,
                number: String::new(),
                object: Object::Round(year),
                permit,
            })
        }
        Official::Publication => {
            let id: PublicationId = papers::subject(subject)?;
            let permit = app
                .permit_at(tx, actor, Act::PublishCandidates, &office)
                .await?;
            let found = publications::find(tx, &id).await?;
            let found = found.ok_or(Error::NotFound)?;
            Ok(Paper {
                subject: id.to_string(),
                office,
                year: found.year,
                number: String::new(),
                object: Object::Publication(id),
                permit,
            })
        }
        Official::Decision => {
            let (named, permit) = honours::decided_together(tx, app, actor, subject).await?;
            let year = named.honours.first().map(|honour| honour.year);
            Ok(Paper {
                subject: subject.to_owned(),
                office: named.by.unwrap_or(office),
                year: year.ok_or(Error::NotFound)?,
                number: named.document_number,
                object: Object::Batch(subject.to_owned()),
                permit,
            })
        }
        Official::SpotCheckReport => {
            let year: i16 = papers::subject(subject)?;
            let permit = app
                .permit_at(tx, actor, Act::HoldSpotCheck, &office)
                .await?;
            let check = checks::of_year(tx, year).await?;
            let check = check.filter(|check| check.drawn.is_some());
            let check = check.ok_or(Error::NotFound)?;
            Ok(Paper {
                subject: year.to_string(),
                office,
                year,
                number: String::new(),
                object: Object::SpotCheck(check.id),
                permit,
            })
        }
    }
}
