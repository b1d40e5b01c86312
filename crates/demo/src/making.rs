//! The demo city: the real divisions of Changzhou with an invented register on top, as of 20 October 2016, the programme's first round
//! under way. The same bytes every time: everything invented is drawn from fixed seeds, ids from a seeded source and a standing clock.
//! Whole columns are written at once; a few dozen applications and a dozen polls then go their way through the real acts.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use argon2::{Argon2, PasswordHasher, password_hash::phc::PasswordHash};
use jianjia_app::{
    core::{app::App, clock::Clock, entropy::Entropy},
    rating::ballot::Ballots,
    year::standing as standings,
};
use jianjia_domain::{register::unit::UnitKind, year::sheet::Questions};
use jianjia_standard::{
    judge::judge, judgement::Judgement, kinds::Kind, programme::Standard, subject::Subject,
};
use jianjia_store::{
    honour::target as progress,
    year::standing::{self, Standing},
};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde_json::json;

use crate::{
    core::{
        city::{self, City, Ids, Size},
        pools::{self, Pools},
    },
    honour::title as titles,
    office::account::PASSWORD,
    rating::{count as ratings, poll as polls, trying::SLIP_KEY, voting::Voting},
    record::{self, morning},
    register::{happening as happenings, person as people, tree, union as unions},
    rolls,
    round::{
        acts,
        application::Desk,
        filing::{self as filings, Fate, Filing},
        veto as vetoes,
    },
    year::{
        activity as activities, fact as facts,
        subject::{self as subjects, Year},
    },
};

/// The day that the made city has reached.
pub const AS_OF: Date = date(2016, 10, 20);
/// The round that is under way.
pub const YEAR: i16 = 2016;
const SEED: u64 = 2016_1020;

/// The app to make the city with: its ids, its clock and its slips' key are the demo's own, not the machine's.
pub fn maker(app: &App) -> App {
    App {
        clock: Clock::standing_at(AS_OF),
        entropy: Entropy::seeded(SEED),
        slip_key: SLIP_KEY,
        heads: None,
        ballots: Ballots::default(),
        is_demo: true,
        ..app.clone()
    }
}

/// Fills an empty, migrated database with the demo city.
///
/// # Errors
/// When the database is not empty or can't be written.
pub async fn make(app: &App, size: Size) -> Result<()> {
    let app = maker(app);
    let ids = Ids {
        entropy: &app.entropy,
        at: "2016-03-29T01:00:00Z"
            .parse::<Timestamp>()
            .context("the first day of the programme")?,
    };
    let pools = Pools::load()?;
    let divisions = pools::divisions()?;
    let mut city = tree::federations(&divisions, &pools, size, &ids)?;
    unions::below(&mut city, &pools, size, &ids);
    people::people(&mut city, &pools, &ids);
    let questions = facts::Questions::of(&app.standard);
    let (last_year, mut year) = years(&city, &app.standard, &questions, &pools);
    let polls = polls::polls(&city, &year.ratings)?;
    let mut copied = year.ratings.clone();
    for held in &polls {
        copied[held.unit] = None;
        year.ratings[held.unit] = held.result();
    }
    let (subjects, mut judgements) = judged(&city, &app.standard, &year);
    let filings = filings::filings(
        &city,
        &app.standard,
        &questions,
        &year.honours,
        &subjects,
        &judgements,
    );
    let (performed, filed) = apart(&city, filings);

    let made_at = morning(date(2016, 4, 5));
    let mut tx = app.db.write_alone().await?;
    progress::recount_everywhere(&mut tx);
    record::divisions(&mut tx, &divisions).await?;
    record::units(&mut tx, &city, &ids, &made_at).await?;
    record::people(&mut tx, &city, &ids, &made_at).await?;
    record::statements(&mut tx, &city, &ids, 2015, date(2015, 11, 12), &last_year).await?;
    record::statements(&mut tx, &city, &ids, 2016, date(2016, 10, 8), &year.answers).await?;
    record::personal_statements(
        &mut tx,
        &city,
        &ids,
        2016,
        date(2016, 10, 9),
        &personal(&city, &questions),
    )
    .await?;
    record::activities(&mut tx, &city, &ids, &year).await?;
    ratings::copied(&mut tx, &city, 2016, &copied, &morning(date(2016, 10, 10))).await?;
    ratings::last_year(&mut tx, &city, &ids, &polls).await?;
    rolls::honours(&mut tx, &city, &ids, &year, &morning(date(2016, 7, 4))).await?;
    rolls::vetoes(&mut tx, &city, &pools, &ids, &year.vetoes).await?;
    rolls::quotas(&mut tx, &city, &app.standard, 2016).await?;
    rolls::round(&mut tx, &app.standard, YEAR).await?;
    let accounts = rolls::accounts(&mut tx, &city, &ids, &password_hash()?, &made_at).await?;
    let desk = Desk::new(&city, &app.standard, &ids);
    year.honours.extend(desk.file(&mut tx, &filed).await?);
    // The titles named since change what the federations above can say of the unions below them, and nothing else.
    let subjects = subjects::subjects(&city, &app.standard, &year);
    for (index, subject) in subjects
        .iter()
        .enumerate()
        .filter(|(index, _)| city.units[*index].kind.is_federation())
    {
        judgements[index] = subject
            .as_ref()
            .map(|subject| judge(&app.standard, subject, AS_OF));
    }
    let judged_at = morning(AS_OF).parse().context("the city's day")?;
    let standings = stands(&city, &app.standard, &subjects, &judgements, judged_at);
    standing::set(&mut tx, &standings).await?;
    let detail = json!({ "units": city.units.len() });
    app.trail_by(&mut tx, ("", ""), "make-demo", ("city", ""), None, detail)
        .await?;
    tx.commit().await?;

    let approver = acts::actor(&city, &accounts, "demo.district")?;
    let chair = acts::actor(&city, &accounts, "demo.chair")?;
    let all: Vec<usize> = performed
        .iter()
        .chain(&filed)
        .map(|filing| filing.unit)
        .chain(polls.iter().map(|held| held.unit))
        .collect();
    let changed = happenings::happen(&app, &city, &approver, &chair, &all).await?;
    let mut voting = Voting::new(&app, &city, &pools, &accounts, &polls);
    voting.go(date(2016, 9, 13), acts::FIRST_DAY).await?;
    acts::perform(&app, &city, &accounts, &performed).await?;
    voting.go(acts::LAST_DAY, AS_OF).await?;
    app.clock.set(AS_OF);
    refresh(&app, &city, polls.iter().map(|held| held.unit)).await?;
    let named = performed
        .iter()
        .filter(|filing| filing.fate == Fate::Through)
        .map(|filing| filing.unit);
    refresh_above(&app, &city, changed.into_iter().chain(named)).await?;
    app.db.analyze().await
}

/// The filings that go through the acts: the first ones of the subdistrict of the story; the others are written down.
fn apart<'a>(city: &City, filings: Vec<Filing<'a>>) -> (Vec<Filing<'a>>, Vec<Filing<'a>>) {
    let path = &city.units[city.cast.township].path;
    let mut performed = 0;
    filings.into_iter().partition(|filing| {
        let unit = &city.units[filing.unit];
        // A federation's own application passes its own seat by; the story is about the unions below it.
        let is_of_story = unit.path.starts_with(path.as_str())
            && !unit.kind.is_federation()
            && performed < acts::AT_MOST;
        performed += usize::from(is_of_story);
        is_of_story
    })
}

/// Brings up to date where the federations above stand, after the acts changed what they lead.
async fn refresh_above(app: &App, city: &City, changed: impl Iterator<Item = usize>) -> Result<()> {
    let mut above: BTreeSet<usize> = [city.cast.township].into();
    for unit in changed {
        let mut next = city.units[unit].above;
        while let Some(index) = next {
            above.insert(index);
            next = city.units[index].above;
        }
    }
    refresh(app, city, above.into_iter()).await
}

/// Brings up to date where units stand on the city's day.
async fn refresh(app: &App, city: &City, units: impl Iterator<Item = usize>) -> Result<()> {
    let ids = units.map(|index| city.units[index].id);
    let mut tx = app.db.write_alone().await?;
    standings::refresh_many(&mut tx, app, ids, YEAR).await?;
    tx.commit().await
}

/// What was said last year, and everything of this year.
fn years(
    city: &City,
    standard: &Standard,
    questions: &facts::Questions,
    pools: &Pools,
) -> (Vec<Option<facts::Answers>>, Year) {
    let answers = |year| {
        (0..city.units.len())
            .into_par_iter()
            .map(|index| {
                let kind = facts::kind_of(city, index)?;
                let must_say = index == city.cast.union;
                facts::answers(questions, &city.units[index], kind, year, must_say)
            })
            .collect::<Vec<_>>()
    };
    let year = Year {
        answers: answers(2016),
        activities: (0..city.units.len())
            .into_par_iter()
            .map(|index| {
                facts::kind_of(city, index)
                    .map_or(Vec::new(), |_| activities::of_unit(city, index, pools))
            })
            .collect(),
        ratings: city.units.par_iter().map(activities::rating).collect(),
        honours: titles::titles(city, standard),
        vetoes: vetoes::vetoes(city, standard),
    };
    (answers(2015), year)
}

/// Every unit as judging sees it, and its judgement.
fn judged(
    city: &City,
    standard: &Standard,
    year: &Year,
) -> (Vec<Option<Subject>>, Vec<Option<Judgement>>) {
    let subjects = subjects::subjects(city, standard, year);
    let judgements = subjects
        .par_iter()
        .map(|subject| {
            subject
                .as_ref()
                .map(|subject| judge(standard, subject, AS_OF))
        })
        .collect();
    (subjects, judgements)
}

/// Where each judged unit stands.
fn stands(
    city: &City,
    standard: &Standard,
    subjects: &[Option<Subject>],
    judgements: &[Option<Judgement>],
    judged_at: Timestamp,
) -> Vec<Standing> {
    let questions = Questions::of(standard, subjects.iter().flatten());
    let judged = city.units.iter().zip(subjects).zip(judgements);
    judged
        .filter_map(|((unit, subject), judgement)| {
            let judged = (subject.as_ref()?, judgement.as_ref()?);
            // Every union of the city has its elections in the register.
            let known = match unit.kind {
                UnitKind::Branch => &[][..],
                _ => &facts::KNOWN,
            };
            let of = (unit.id, unit.path.as_str());
            Some(standings::standing(
                standard, &questions, of, YEAR, judged, known, judged_at,
            ))
        })
        .collect()
}

/// What the sheets of people say: of everybody at good unions.
fn personal(city: &City, questions: &facts::Questions) -> Vec<(usize, facts::Answers)> {
    city.people
        .iter()
        .enumerate()
        .filter(|(_, person)| {
            let unit = &city.units[person.unit];
            unit.grade >= city::Grade::Model
                && facts::kind_of(city, person.unit) != Some(Kind::Branch)
        })
        .map(|(index, _)| (index, facts::personal(questions, index as i64)))
        .collect()
}

/// One hash for all demo accounts: the password is public, so its salt may be too.
fn password_hash() -> Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(PASSWORD.as_bytes(), b"jianjia demo city")
        .map_err(|error| anyhow::anyhow!("the demo's password could not be hashed: {error}"))?;
    Ok(hash.to_string())
}
