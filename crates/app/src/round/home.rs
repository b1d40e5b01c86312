//! "My home": where a union, a small home or a person stands, what the next title requires, and what to do now.

use std::{collections::BTreeMap, pin::Pin};

use jianjia_domain::{
    core::{
        ids::{CaseId, PersonId, UnitId},
        place::UnitPlace,
        policy::{self, Act, Actor},
    },
    rating::count::Rating,
    register::person::Person,
    round::{application::Application, entry::Entry, round::Round, veto::Veto},
    year::{assessment, statement},
};
use jianjia_standard::{
    judge::what_if,
    judgement::{Judgement, Reason, Status},
};
use jianjia_store::{
    core::db::Tx,
    rating::count as rating,
    register::{person as person_of, unit},
    round::{application, veto},
};
use jiff::civil::Date;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    rating::poll::{self as polls, RatedRoll},
    round::{entry as entries, round as rounds},
    year::{
        assessment as assessments,
        sheet::{self as sheets, Sheet},
    },
};

/// Everything on the page. The judgement is on the claims of the sheet's year, as of `as_of`.
#[derive(Clone, Debug)]
pub struct Home {
    pub sheet: Sheet,
    pub as_of: Date,
    pub judgement: Judgement,
    /// The judgement as it would be once the offered answers are confirmed; `None` if nothing is offered.
    pub confirmed: Option<Judgement>,
    /// The year's calendar; `None` outside the years of the programme.
    pub round: Option<Round>,
    pub rating: Option<Rating>,
    /// Who could vote in it, of how many members.
    pub roll: Option<RatedRoll>,
    /// The year's applications of the unit that are not withdrawn.
    pub applications: Vec<Application>,
    pub may_apply_here: bool,
    /// The vetoes that bar a title this year.
    pub vetoes: Vec<Veto>,
    /// What departments say of the unit and is not decided yet.
    pub entries: Vec<Entry>,
    /// The small homes of a union.
    pub branches: Vec<UnitPlace>,
    /// Its people, who may hold titles of their own.
    pub people: Vec<Person>,
    /// How others did what is missing, by clause.
    pub others: BTreeMap<String, Others>,
}

/// What other unions did for a clause: the first of them, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    pub first: Vec<Other>,
    pub total: i64,
}

/// A published case of another union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    pub case: CaseId,
    pub title: String,
    pub unit_name: String,
}

/// Finds what others did for these clauses. Cases lie in a later area, so the root of the crate names how (`crate::OTHERS`).
pub type FindOthers =
    for<'a> fn(
        &'a mut Tx,
        &'a App,
        &'a UnitPlace,
        Vec<String>,
    ) -> Pin<Box<dyn Future<Output = Result<BTreeMap<String, Others>>> + Send + 'a>>;

/// The page of a unit, or of a person of it, for anybody who may see the unit.
///
/// # Errors
/// Not found when the actor doesn't see the unit, or the person isn't of it; `NotJudged` for a federation that holds no titles.
pub async fn read(
    app: &App,
    actor: &Actor,
    unit_id: &UnitId,
    person: Option<&PersonId>,
    year: i16,
) -> Result<Home> {
    let mut tx = app.db.read().await?;
    let place = app.seen(&mut tx, actor, unit_id).await?;
    let mut sheet = sheets::sheet_of(&mut tx, app, &place, person, year).await?;
    sheet.may_say = policy::may(actor, Act::SayFacts, &place)
        && statement::open_year(app.standards.of(year), year, app.clock.today().year()).is_ok();
    let as_of = assessments::as_of(app, year);
    let judgement = assessment::judged(
        app.standards.of(year),
        &sheet.subject,
        as_of,
        &Default::default(),
    );
    let confirmed = confirmed(app, &sheet, as_of);
    let mut vetoes = veto::of_unit(&mut tx, unit_id, year).await?;
    // A worker who is not the chair is not barred by the unit's vetoes.
    vetoes.retain(|veto| {
        let mut titles = judgement.may_apply.values();
        let bars =
            |reason: &Reason| matches!(reason, Reason::Veto(clause) if *clause == veto.clause);
        titles.any(|may_apply| may_apply.because.iter().any(bars))
    });
    let round = match rounds::of_year(&mut tx, app, year).await {
        Ok(round) => Some(round),
        // Outside the years of the programme.
        Err(Error::Refused(_)) => None,
        Err(error) => return Err(error),
    };
    let rating = match person {
        None => rating::of_year(&mut tx, unit_id, year).await?,
        Some(_) => None,
    };
    let roll = match &rating {
        Some(rating) => Some(polls::of_rating(&mut tx, app, rating, &sheet.subject).await?),
        None => None,
    };
    let mut applications = application::of_unit(&mut tx, unit_id).await?;
    applications.retain(|found| {
        let of_person = found.person.as_ref().map(|person| person.id);
        found.year == year && of_person.as_ref() == person
    });
    let mut entries = entries::of_unit(&mut tx, &place, year).await?;
    entries.retain(Entry::is_open);
    let (branches, people) = below(&mut tx, &place, sheet.person.is_some()).await?;
    let missing = if person.is_none() {
        missing(app, &sheet, &judgement)
    } else {
        Vec::new()
    };
    let others = (crate::OTHERS)(&mut tx, app, &place, missing).await?;
    Ok(Home {
        branches,
        people,
        others,
        vetoes,
        entries,
        may_apply_here: policy::may(actor, Act::DraftApplication, &place),
        sheet,
        as_of,
        judgement,
        confirmed,
        round,
        rating,
        roll,
        applications,
    })
}

/// The clauses of criteria that are not met, or not known to be, whichever title asks for them.
fn missing(app: &App, sheet: &Sheet, judgement: &Judgement) -> Vec<String> {
    let standard = app.standards.of(sheet.year);
    let titles = standard.titles_of(sheet.subject.kind);
    let verdicts = titles.filter_map(|title| judgement.verdict(&title.key));
    let mut clauses: Vec<String> = Vec::new();
    for found in verdicts.flat_map(|verdict| &verdict.criteria) {
        let is_open = matches!(found.status, Status::Unmet | Status::Unknown);
        if is_open && !clauses.contains(&found.clause) {
            clauses.push(found.clause.clone());
        }
    }
    clauses
}

/// The small homes and the people that a unit's page leads on to; none where the page is of a person.
async fn below(
    tx: &mut Tx,
    place: &UnitPlace,
    is_person: bool,
) -> Result<(Vec<UnitPlace>, Vec<Person>)> {
    let mut branches = Vec::new();
    if is_person {
        return Ok((branches, Vec::new()));
    }
    if !place.kind.is_federation() {
        branches = unit::below(tx, &place.id).await?;
    }
    let mut people = person_of::of_unit(tx, &place.id).await?;
    people.retain(|found| found.left_on.is_none());
    Ok((branches, people))
}

/// What the offered answers would change, so that a chair sees the effect of confirming them.
fn confirmed(app: &App, sheet: &Sheet, as_of: Date) -> Option<Judgement> {
    let groups = sheet.groups(app.standards.of(sheet.year));
    let changes: BTreeMap<_, _> = groups
        .iter()
        .flat_map(|group| sheet.open_offers(group))
        .map(|(fact, offer)| (fact.key.clone(), Some(offer.value.clone())))
        .collect();
    (!changes.is_empty()).then(|| {
        what_if(
            app.standards.of(sheet.year),
            &sheet.subject,
            &changes,
            as_of,
        )
    })
}
