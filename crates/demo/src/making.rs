//! The demo city: the real divisions of Changzhou with an invented register on top, as of 20 October 2016, the programme's first round
//! under way. The same bytes every time: everything invented is drawn from fixed seeds, ids from a seeded source and a standing clock.
//! First the city with its past is founded at once, thousands of records at a time; a few dozen applications and a dozen polls then go
//! their way through the acts.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use jianjia_app::{
    core::{app::App, clock::Clock, entropy::Entropy, memory::Memory},
    exchange::founding::city::CityFounding,
    year::standing as standings,
};
use jianjia_domain::{core::ids::ImprovementId, office::account::Account};
use jianjia_standard::{
    judge::judge, judgement::Judgement, kinds::Kind, programme::Standard, subject::Subject,
};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::{
    core::{
        city::{City, Grade, Ids, Size},
        day::morning,
        pools::{self, Division, Pools},
    },
    honour::{roll, title as titles},
    office::{account as accounts, actor::actor},
    rating::{
        count as counts,
        poll::{self as polls, Held},
        trying::SLIP_KEY,
        voting::Voting,
    },
    register::{
        division as divisions, election as elections, happening as happenings, person as people,
        tree, union as unions, unit as units,
    },
    round::{
        acts,
        application::Desk,
        calendar,
        filing::{self as filings, Fate, Filing},
        veto as vetoes,
    },
    year::{
        activity::{self as activities, Rated},
        fact::{self as facts, Answers, Questions},
        statement as statements,
        subject::{self as subjects, Year},
    },
};

/// The day that the made city has reached.
pub const AS_OF: Date = date(2016, 10, 20);
/// The round that is under way.
pub const YEAR: i16 = 2016;
const SEED: u64 = 2016_1020;

/// All that is invented before anything is written.
struct Invented {
    pools: Pools,
    divisions: Vec<Division>,
    city: City,
    /// What the units said last year.
    last_year: Vec<Option<Answers>>,
    year: Year,
    polls: Vec<Held>,
    /// The year's ratings of the unions without a poll.
    copied: Vec<Option<Rated>>,
}

/// The app to make the city with: its ids, its clock and its slips' key are the demo's own, not the machine's.
pub fn maker(app: &App) -> App {
    App {
        clock: Clock::standing_at(AS_OF),
        entropy: Entropy::seeded(SEED),
        slip_key: SLIP_KEY,
        heads: None,
        memory: Memory::default(),
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
    let questions = Questions::of(app.in_force());
    let invented = invent(app.in_force(), &questions, size, &ids)?;
    let (performed, filed) = apart(&invented.city, file(&invented, app.in_force(), &questions));
    let (accounts, promised) = found(&app, &ids, &invented, &questions, &filed).await?;
    let busy: Vec<usize> = performed
        .iter()
        .chain(&filed)
        .map(|filing| filing.unit)
        .chain(invented.polls.iter().map(|held| held.unit))
        .collect();
    drop(filed);
    live(&app, &invented, (&accounts, promised), &performed, &busy).await?;
    app.db.analyze().await
}

fn invent(
    standard: &Standard,
    questions: &Questions<'_>,
    size: Size,
    ids: &Ids,
) -> Result<Invented> {
    let pools = Pools::load()?;
    let divisions = pools::divisions()?;
    let mut city = tree::federations(&divisions, &pools, size, ids)?;
    unions::below(&mut city, &pools, size, ids);
    people::people(&mut city, &pools, ids);
    let mut year = year(&city, standard, questions, &pools);
    let polls = polls::polls(&city, &year.ratings)?;
    let mut copied = year.ratings.clone();
    for held in &polls {
        copied[held.unit] = None;
        year.ratings[held.unit] = held.result();
    }
    Ok(Invented {
        last_year: answers(&city, questions, YEAR - 1),
        pools,
        divisions,
        city,
        year,
        polls,
        copied,
    })
}

/// Everything of this year.
fn year(city: &City, standard: &Standard, questions: &Questions<'_>, pools: &Pools) -> Year {
    Year {
        answers: answers(city, questions, YEAR),
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
    }
}

/// What the units said of a year.
fn answers(city: &City, questions: &Questions<'_>, year: i16) -> Vec<Option<Answers>> {
    (0..city.units.len())
        .into_par_iter()
        .map(|index| {
            let kind = facts::kind_of(city, index)?;
            let must_say = index == city.cast.union;
            facts::answers(
                questions,
                &city.units[index],
                kind,
                i64::from(year),
                must_say,
            )
        })
        .collect()
}

/// Who applies for what: for that, every unit is judged.
fn file<'a>(invented: &Invented, standard: &'a Standard, questions: &Questions) -> Vec<Filing<'a>> {
    let Invented { city, year, .. } = invented;
    let subjects: Vec<Option<Subject>> = subjects::subjects(city, standard, year);
    let judgements: Vec<Option<Judgement>> = subjects
        .par_iter()
        .map(|subject| Some(judge(standard, subject.as_ref()?, AS_OF)))
        .collect();
    filings::filings(
        city,
        standard,
        questions,
        &year.honours,
        &subjects,
        &judgements,
    )
}

/// The filings that go through the acts: the first ones of the subdistrict of the story; the others are entered as they stand.
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

/// Founds the city with all that was before it is watched. Gives the accounts and the promise that is reported on later.
async fn found(
    app: &App,
    ids: &Ids<'_>,
    invented: &Invented,
    questions: &Questions<'_>,
    filed: &[Filing<'_>],
) -> Result<(Vec<Account>, ImprovementId)> {
    let Invented { city, year, .. } = invented;
    let made_at = morning(date(2016, 4, 5));
    let round = calendar::round(app).await?;
    let mut founding = CityFounding::begin(app).await?;
    founding
        .divisions(&divisions::rows(&invented.divisions)?)
        .await?;
    founding
        .units(&units::units(city, made_at), || ids.next())
        .await?;
    founding
        .people(
            &people::entered(city, made_at)?,
            &elections::elections(city, ids),
        )
        .await?;
    say(&mut founding, ids, invented, questions).await?;
    founding
        .activities(&activities::logged(city, ids, &year.activities))
        .await?;
    let mut ratings = counts::copied(city, &invented.copied);
    ratings.extend(counts::last_year(city, &invented.polls));
    let promised = counts::promised(city, ids);
    founding.ratings(&ratings, &promised).await?;
    let (honours, events) = roll::roll(city, ids, &year.honours, morning(date(2016, 7, 4)))?;
    founding.honours(&honours, &events).await?;
    founding
        .vetoes(&vetoes::recorded(city, &invented.pools, ids, &year.vetoes)?)
        .await?;
    founding
        .round(&round, &calendar::quotas(city, app.in_force()))
        .await?;
    let accounts = accounts::accounts(city, ids, made_at);
    let hash = accounts::password_hash()?;
    for account in &accounts {
        founding.account(account, &hash).await?;
    }
    Desk::new(city, app.in_force(), ids)
        .file(&mut founding, filed)
        .await?;
    founding.finish(YEAR).await?;
    let promised = promised.first().context("a promise of last year")?.id;
    Ok((accounts, promised))
}

/// Enters what units and people said.
async fn say(
    founding: &mut CityFounding<'_>,
    ids: &Ids<'_>,
    invented: &Invented,
    questions: &Questions<'_>,
) -> Result<()> {
    let city = &invented.city;
    let said_on = date(YEAR - 1, 11, 12);
    let said = statements::of_units(city, ids, YEAR - 1, said_on, &invented.last_year)?;
    founding.statements(&said).await?;
    let said = statements::of_units(city, ids, YEAR, date(YEAR, 10, 8), &invented.year.answers)?;
    founding.statements(&said).await?;
    let personal = personal(city, questions);
    let said = statements::of_people(city, ids, YEAR, date(YEAR, 10, 9), &personal)?;
    Ok(founding.statements(&said).await?)
}

/// What the sheets of people say: of everybody at good unions.
fn personal(city: &City, questions: &Questions) -> Vec<(usize, Answers)> {
    city.people
        .iter()
        .enumerate()
        .filter(|(_, person)| {
            let unit = &city.units[person.unit];
            unit.grade >= Grade::Model && facts::kind_of(city, person.unit) != Some(Kind::Branch)
        })
        .map(|(index, _)| (index, facts::personal(questions, index as i64)))
        .collect()
}

/// Lets happen what people watch, day by day until today, through the acts.
async fn live(
    app: &App,
    invented: &Invented,
    (accounts, promised): (&[Account], ImprovementId),
    performed: &[Filing<'_>],
    busy: &[usize],
) -> Result<()> {
    let Invented { city, polls, .. } = invented;
    let approver = actor(accounts, "demo.district")?;
    let chair = actor(accounts, "demo.chair")?;
    let changed = happenings::happen(app, city, &approver, &chair, busy).await?;
    let mut voting = Voting::new(app, city, &invented.pools, accounts, promised, polls);
    voting.go(date(2016, 9, 13), acts::FIRST_DAY).await?;
    acts::perform(app, city, accounts, performed).await?;
    voting.go(acts::LAST_DAY, AS_OF).await?;
    app.clock.set(AS_OF);
    let named = performed
        .iter()
        .filter(|filing| filing.fate == Fate::Through)
        .map(|filing| filing.unit);
    // The acts judged as of their days, and not the federations above that the changed units came to.
    let mut touched: BTreeSet<usize> = polls.iter().map(|held| held.unit).collect();
    touched.insert(city.cast.township);
    touched.extend(
        changed
            .into_iter()
            .chain(named)
            .flat_map(|unit| city.above(unit)),
    );
    let touched = touched.into_iter().map(|unit| city.units[unit].id);
    Ok(standings::bring_up_to_date(app, touched, YEAR).await?)
}
