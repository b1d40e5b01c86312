//! The demo city: the real divisions of Changzhou with an invented register on top, as of a day of the programme's years; if none is chosen, of
//! 20 October 2016, the first round under way. The same bytes every time: everything invented is drawn from fixed seeds, ids from a seeded source
//! and a standing clock. First the city lives until that day, thousands of records at a time (`living`); what people watch then goes its way
//! through the acts.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use jianjia_app::{
    core::{app::App, clock::Clock, entropy::Entropy, memory::Memory},
    exchange::founding::city::CityFounding,
    honour::certificate::key as keys,
    year::standing as standings,
};
use jianjia_domain::{
    core::ids::{ImprovementId, UnitId},
    office::account::Account,
};
use jianjia_standard::programme::Department;
use jianjia_store::core::place;
use jiff::{
    Timestamp,
    civil::{Date, date},
};

use crate::{
    amending::edition as editions,
    amending::what_if as proposals,
    check::{spot_check as checks, visit as visits},
    core::{
        city::{City, Grade, Ids, Size},
        day::morning,
        pools::{self, Division, Pools},
    },
    honour::{roll, title as titles},
    insight::xray as xrays,
    living::{Life, World},
    money::ledger as money,
    money::priority as priorities,
    money::subsidy as subsidies,
    office::{
        account as accounts,
        actor::{actor, told},
        invitation as invitations,
    },
    rating::{
        count as counts,
        poll::{self as polls, Days, Held},
        trying::SLIP_KEY,
        voting::Voting,
    },
    register::{
        division as divisions, election as elections,
        growth::{self, FIRST_YEAR},
        happening as happenings, person as people, tree, union as unions, unit as units,
    },
    round::{
        acts::{self, Stage},
        department as departments,
        filing::{Fate, Filing},
        publication as publications, quota as quotas, veto as vetoes,
    },
    sharing::{self as sharings, Sharing},
    writing::{Part, Writing},
    year::{
        activity::{self as activities, Held as Activity, Holding},
        document::Documents,
        fact::{self as facts, Questions},
        oddity::Oddities,
        statement as statements,
    },
};

/// The day as of which a city is made if none is chosen, and the first that can be.
pub const AS_OF: Date = date(2016, 10, 20);
/// The last day until which the city lives; later only its clock goes on.
pub const LAST_DAY: Date = date(2020, 12, 31);
/// The round that is under way on the first day.
pub const YEAR: i16 = FIRST_YEAR;
const SEED: u64 = 2016_1020;

/// All that is invented before anything is written.
struct Invented {
    pools: Pools,
    divisions: Vec<Division>,
    /// The city as it was in the first year, and as it is today.
    begun: City,
    city: City,
    first: Vec<Grade>,
    people: Vec<Vec<usize>>,
    polls: Vec<Held>,
    days: Days,
    today: Date,
}

/// The app to make the city with: its ids, its clock and its slips' key are the demo's own, not the machine's.
pub fn maker(app: &App, today: Date) -> App {
    App {
        clock: Clock::standing_at(today),
        entropy: Entropy::seeded(SEED),
        slip_key: SLIP_KEY,
        heads: None,
        memory: Memory::default(),
        is_demo: true,
        ..app.clone()
    }
}

/// The app that writes the past: it is written while more is lived, and draws ids and tells the day by itself, so that they are the same every time.
fn writer(app: &App, day: Date) -> App {
    App {
        clock: Clock::standing_at(day),
        entropy: Entropy::seeded(SEED + 1),
        memory: Memory::default(),
        ..app.clone()
    }
}

/// Fills an empty, migrated database with the demo city as of its first day.
///
/// # Errors
/// When the database is not empty or can't be written.
pub async fn make(app: &App, size: Size) -> Result<()> {
    make_until(app, size, AS_OF).await
}

/// Fills an empty, migrated database with the demo city as of a day: with all the years before it, and nothing after.
///
/// # Errors
/// When the database is not empty or can't be written.
pub async fn make_until(app: &App, size: Size, today: Date) -> Result<()> {
    let today = today.clamp(AS_OF, LAST_DAY);
    let app = maker(app, today);
    let ids = Ids {
        entropy: &app.entropy,
        at: "2016-03-29T01:00:00Z"
            .parse::<Timestamp>()
            .context("the first day of the programme")?,
    };
    let invented = invent(size, &ids, today)?;
    let made = found(&app, &ids, &invented).await?;
    live(&app, &invented, made).await?;
    app.db.analyze().await
}

fn invent(size: Size, ids: &Ids, today: Date) -> Result<Invented> {
    let pools = Pools::load()?;
    let divisions = pools::divisions()?;
    let mut begun = tree::federations(&divisions, &pools, size, ids)?;
    unions::below(&mut begun, &pools, size, ids);
    people::people(&mut begun, &pools, ids);
    let first: Vec<Grade> = begun.units.iter().map(|unit| unit.grade).collect();
    let days = Days::until(today);
    let (mut city, mut polls) = (begun.clone(), Vec::new());
    for year in FIRST_YEAR..=today.year() {
        growth::live_on(&mut city, &first, year, today);
        // Who may vote are the members of that year.
        if year == days.year() {
            polls = polls::polls(
                &city,
                activities::sure_rating(&city.units[city.cast.union], year),
            )?;
        }
    }
    let mut of_unit = vec![Vec::new(); city.units.len()];
    for (index, person) in city.people.iter().enumerate() {
        of_unit[person.unit].push(index);
    }
    Ok(Invented {
        polls,
        pools,
        divisions,
        begun,
        city,
        first,
        people: of_unit,
        days,
        today,
    })
}

/// What is there when all of the past is told: what people watch follows from it.
struct Made<'s> {
    accounts: Vec<Account>,
    /// The promise that is reported on later.
    promised: ImprovementId,
    performed: Vec<Filing<'s>>,
    busy: BTreeSet<usize>,
}

/// Founds the city with all that was before it is watched, a year at a time.
async fn found<'s>(app: &'s App, ids: &Ids<'_>, invented: &Invented) -> Result<Made<'s>> {
    let Invented { city, today, .. } = invented;
    let standard = app.in_force();
    let questions = Questions::of(standard);
    let recent = (today.year() - 1).max(FIRST_YEAR)..=today.year();
    let documents = Documents::keep(app, standard, recent).await?;
    let odd = Oddities::until(&invented.begun, &invented.first, today.year());
    let mut life = Life {
        city: invented.begun.clone(),
        honours: titles::titles(&invented.begun, standard),
        vetoes: vetoes::vetoes(city, standard, *today),
        busy: invented.polls.iter().map(|held| held.unit).collect(),
    };
    let begun_on = date(2016, 4, 5);
    app.clock.set(begun_on);
    let mut founding = CityFounding::begin(writer(app, begun_on)).await?;
    let accounts = register(&mut founding, ids, invented, &standard.departments).await?;
    let world = World {
        app,
        standard,
        questions: &questions,
        documents: &documents,
        odd: &odd,
        pools: &invented.pools,
        ids,
        today: *today,
        polls: &invented.polls,
        days: invented.days,
        first: &invented.first,
        people: &invented.people,
        accounts: &accounts,
    };
    founding = founding.keep_until_here(FIRST_YEAR - 1).await?;
    let promised = before(&mut founding, ids, invented, &life).await?;
    let mut writing = Writing::begin(founding);
    if today.year() <= FIRST_YEAR + 1 {
        world.year_before(&mut writing, &invented.begun).await?;
    }
    writing.hand(Part::Kept(FIRST_YEAR - 1, begun_on)).await?;
    let mut performed = Vec::new();
    for year in FIRST_YEAR..=today.year() {
        let last = date(year, 12, 31).min(*today);
        app.clock.set(last);
        performed = world.year(&mut writing, &mut life, year).await?;
        if last < *today {
            writing.hand(Part::Kept(year, last)).await?;
        }
    }
    app.clock.set(*today);
    let founding = writing.end().await?;
    founding.set_day(*today);
    // Whose home can be drawn for a spot check of last year is judged on what it said then.
    let homes = life.honours.iter().filter(|honour| honour.person.is_none());
    let homes: BTreeSet<UnitId> = homes.map(|honour| city.units[honour.unit].id).collect();
    let is_first = today.year() == FIRST_YEAR;
    let holders: Vec<UnitId> = homes.into_iter().filter(|_| !is_first).collect();
    founding.finish(today.year(), &holders).await?;
    Ok(Made {
        accounts,
        promised,
        performed,
        busy: life.busy,
    })
}

/// Enters divisions, unions, people and accounts.
async fn register(
    founding: &mut CityFounding,
    ids: &Ids<'_>,
    invented: &Invented,
    departments: &[Department],
) -> Result<Vec<Account>> {
    let Invented { city, begun, .. } = invented;
    let made_at = morning(date(2016, 4, 5));
    founding
        .divisions(&divisions::rows(&invented.divisions)?)
        .await?;
    founding
        .units(&units::units(city, made_at), || ids.next())
        .await?;
    founding
        .people(
            &people::entered(city, made_at)?,
            &elections::elections(begun, city, ids),
        )
        .await?;
    let mut accounts = accounts::accounts(city, ids, made_at);
    let departments = accounts::of_departments(city, departments, ids, made_at);
    accounts.extend(departments.iter().map(|(account, _)| account.clone()));
    let hash = accounts::password_hash()?;
    for account in &accounts {
        founding.account(account, &hash).await?;
    }
    for (account, department) in &departments {
        founding.answers_for(&account.id, department).await?;
    }
    Ok(accounts)
}

/// Enters what is not of one year: titles from the old rolls, vetoes, and what the unions of the polls came to in the year before. Gives the promise
/// that is reported on later.
async fn before(
    founding: &mut CityFounding,
    ids: &Ids<'_>,
    invented: &Invented,
    life: &Life,
) -> Result<ImprovementId> {
    let city = &invented.city;
    let last_year = invented.days.year() - 1;
    let promised = counts::promised(city, ids, last_year);
    let ratings = counts::last_year(city, &invented.polls, last_year);
    founding.ratings(&ratings, &promised).await?;
    let entered_at = morning(date(2016, 7, 4));
    let (honours, events) = roll::roll(city, ids, &life.honours, entered_at)?;
    founding.honours(&honours, &events).await?;
    let recorded = vetoes::recorded(city, &invented.pools, ids, &life.vetoes);
    founding.vetoes(&recorded).await?;
    Ok(promised.first().context("a promise of last year")?.id)
}

/// Tells what homes said and held in a year that is over and the months before, where hardly anything is kept: those that a spot check is about to draw. Their inspectors compare
/// what they find with it.
async fn tell_of(app: &App, invented: &Invented, year: i16, drawn: &BTreeSet<i64>) -> Result<()> {
    let questions = Questions::of(app.standards.of(year));
    let at = morning(date(year, 9, 1));
    let ids = Ids {
        entropy: &app.entropy,
        at,
    };
    let mut city = invented.begun.clone();
    for lived in FIRST_YEAR..=year {
        growth::live_on(&mut city, &invented.first, lived, invented.today);
    }
    let mut tx = app.db.read().await?;
    let mut silent = Vec::new();
    for index in 0..city.units.len() {
        let unit = &city.units[index];
        if !drawn.contains(&unit.number) {
            continue;
        }
        let is_silent = statements::is_silent(&mut tx, unit, year).await?;
        // The last months of the year before count, too; those of the first year are kept with it.
        let was_silent = (is_silent || year > FIRST_YEAR)
            && statements::is_silent(&mut tx, unit, year - 1).await?;
        // It may have moved since it was invented.
        let place = place::find(&mut tx, &unit.id).await?;
        city.units[index].path = place.context("a drawn unit")?.path;
        silent.push((index, was_silent, is_silent));
    }
    drop(tx);
    let holding = Holding {
        city: &city,
        first: &invented.first,
        pools: &invented.pools,
        today: invented.today,
    };
    let (mut answers, mut held) = (Vec::new(), Vec::new());
    for (index, was_silent, is_silent) in silent {
        let (unit, kind) = (&city.units[index], facts::kind_of(&city, index));
        if is_silent && let Some(kind) = kind {
            let said = facts::answers(&questions, unit, kind, i64::from(year), true);
            answers.extend(said.map(|said| (index, said)));
        }
        let all = holding.of_unit(index, date(year - 1, 8, 1), date(year, 12, 1));
        let is_missing = |held: &Activity| match held.on.year() == year {
            true => is_silent,
            false => was_silent,
        };
        held.extend(all.into_iter().filter(is_missing));
    }
    let chairs = statements::chairs(&city);
    let said = answers.iter().map(|(index, said)| (*index, said));
    let said = statements::of_units(
        &city,
        (chairs.as_slice(), &ids),
        year,
        morning(invented.today),
        said,
    )?;
    let logged = activities::logged(&city, &ids, &held);
    let mut founding = CityFounding::go_on(app.clone()).await?;
    founding.statements(&said).await?;
    founding.activities(&logged).await?;
    founding.keep(year).await?;
    Ok(())
}

/// Lets happen what people watch, day by day until today, through the acts.
async fn live(app: &App, invented: &Invented, made: Made<'_>) -> Result<()> {
    let Invented { city, polls, .. } = invented;
    let (accounts, today) = (&made.accounts, invented.today);
    let chair = actor(accounts, "demo.chair")?;
    let mut busy = made.busy;
    let years = (FIRST_YEAR..=today.year()).filter(|year| happenings::day_of(*year) < today);
    let years: Vec<i16> = years.collect();
    let of_voting = (accounts.as_slice(), invented.days);
    let mut voting = Voting::new(app, city, &invented.pools, of_voting, made.promised, polls);
    let days = acts::days(today).unwrap_or_default();
    let mut stage = Stage::new(app, city, accounts, &made.performed, days);
    let mut days: BTreeSet<Date> = voting.all_days(today).chain(stage.all_days()).collect();
    days.extend(years.iter().map(|year| happenings::day_of(*year)));
    let leading = actor(accounts, "demo.city")?;
    days.extend(checks::days(today));
    days.extend(visits::days(today));
    days.extend(subsidies::days(today));
    days.extend(priorities::days(today));
    days.extend(editions::days(today));
    days.extend(proposals::days(today));
    let shown: Vec<i16> = (FIRST_YEAR..=today.year())
        .filter(|year| publications::day_of(*year) <= today)
        .collect();
    let of_notices = shown.iter().flat_map(|year| publications::days(*year));
    days.extend(of_notices.filter(|day| *day <= today));
    let inviting = actor(accounts, "demo.township")?;
    days.extend(quotas::days(today));
    days.extend(sharings::days(today));
    let mut sharing = Sharing::new(app, city, accounts, today)?;
    days.extend(money::days(today));
    days.extend(xrays::day(today));
    let township = city.units[city.cast.township].id;
    let invited_on = invitations::begun_on(today);
    days.insert(invited_on);
    let (mut changed, mut proposed) = (Vec::new(), None);
    for day in days {
        if let Some(year) = years.iter().find(|year| happenings::day_of(**year) == day) {
            let login = if *year == FIRST_YEAR {
                "demo.district"
            } else {
                "demo.city"
            };
            let approver = actor(accounts, login)?;
            changed.extend(happenings::happen(app, city, (*year, &approver), &mut busy).await?);
        }
        if day == invited_on {
            app.clock.set(day);
            invitations::begin(app, &inviting, &township).await?;
        }
        if shown.contains(&day.year()) && publications::days(day.year()).contains(&day) {
            publications::go(app, &leading, day.year(), day).await?;
        }
        stage.go(day).await?;
        voting.go(day).await?;
        quotas::go(app, city, accounts, day).await?;
        sharing.go(day).await?;
        money::go(app, city, accounts, day).await?;
        checks::go(app, &leading, day).await?;
        if let Some(drawn) = checks::drawn_of_past(app, day, today).await? {
            tell_of(app, invented, day.year(), &drawn).await?;
        }
        visits::go(app, accounts, &leading, day).await?;
        subsidies::go(app, &leading, day, today).await?;
        priorities::go(app, &leading, day).await?;
        editions::go(app, city, &leading, day, &mut proposed).await?;
        proposals::go(app, accounts, day).await?;
        if xrays::day(today) == Some(day) {
            xrays::of_past(app, city, &leading, day).await?;
        }
    }
    app.clock.set(today);
    invitations::go_on(app, &inviting, &township).await?;
    if !departments::is_over(today.year(), today) {
        departments::desk(app, city, accounts, today).await?;
    }
    let union = &city.units[city.cast.union].id;
    happenings::photos(app, &chair, union, today.year()).await?;
    xrays::examine(app, city, &leading, today.year()).await?;
    let administrator = actor(accounts, "demo.administrator")?;
    told(keys::make(app, &administrator, "").await)?;
    let named = made.performed.iter();
    let named = named.filter(|filing| filing.fate == Fate::Through);
    // The acts judged as of their days, and not the federations above that the changed units came to.
    let mut touched: BTreeSet<usize> = polls.iter().map(|held| held.unit).collect();
    touched.insert(city.cast.township);
    touched.extend(
        changed
            .into_iter()
            .chain(named.map(|filing| filing.unit))
            .flat_map(|unit| city.above(unit)),
    );
    let touched = touched.into_iter().map(|unit| city.units[unit].id);
    Ok(standings::bring_up_to_date(app, touched, today.year()).await?)
}

#[cfg(test)]
mod tests {
    use jianjia_store::testing;
    use jiff::civil::date;

    use super::*;

    #[tokio::test]
    async fn the_whole_city_can_be_told_as_of_any_year() {
        let made = crate::testing::city(testing::sqlite().await, AS_OF);
        let ids = Ids {
            entropy: &made.app.entropy,
            at: Timestamp::UNIX_EPOCH,
        };
        for year in FIRST_YEAR..=LAST_DAY.year() {
            let today = date(year, 11, 20);
            let invented = invent(Size::WHOLE, &ids, today);
            assert!(invented.is_ok(), "{today}: {:?}", invented.err());
        }
    }

    #[tokio::test]
    async fn a_few_unions_a_year_say_something_odd_and_none_of_the_story() {
        let made = crate::testing::city(testing::sqlite().await, AS_OF);
        let ids = Ids {
            entropy: &made.app.entropy,
            at: Timestamp::UNIX_EPOCH,
        };
        let invented = invent(Size::WHOLE, &ids, LAST_DAY).unwrap();
        let city = &invented.begun;
        let odd = Oddities::until(city, &invented.first, LAST_DAY.year());
        let of = |year| {
            let units = 0..city.units.len();
            let is_odd = |index: &usize| odd.of_unit(*index, year).is_some();
            units.filter(is_odd).collect::<Vec<usize>>()
        };
        // Before the first year only what lasts: high wages.
        let counts: Vec<usize> = (2015..=2020).map(|year| of(year).len()).collect();
        assert_eq!(counts, [3, 17, 17, 17, 17, 17]);
        let near = &city.units[city.cast.tianning].path;
        let is_near = |index: usize| city.units[index].path.starts_with(near.as_str());
        assert!((2015..=2020).all(|year| !of(year).into_iter().any(is_near)));
    }
}
