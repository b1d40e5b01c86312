//! The city lives: year by year until today, a portion of its units at a time, so that no year is whole in memory. Every day of the past is the
//! same whatever day it is today: what was not yet is left out.

use std::collections::BTreeSet;

use anyhow::Result;
use jianjia_app::core::app::App;
use jianjia_domain::office::account::Account;
use jianjia_standard::{programme::Standard, subject::Subject};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::{
    check::renewal::Renewing,
    core::{
        city::{City, Grade, Ids},
        day::morning,
        pools::Pools,
    },
    honour::title::Honour,
    rating::{
        count as counts,
        poll::{Days, Held as Poll},
    },
    register::growth::{self, FIRST_YEAR},
    round::{
        acts,
        application::Desk,
        calendar, department as departments,
        filing::{Filing, Season},
        veto::Veto,
    },
    writing::{Part, Writing},
    year::{
        activity::{self as activities, Held, Holding, Rated},
        document::Documents,
        fact::{self as facts, Answers, Questions},
        oddity::{Oddities, Oddity},
        statement as statements,
        subject::{self as subjects, Told},
    },
};

/// So many units at a time.
const PORTION: usize = 1_000;
/// So many portions in one transaction: the trail holds the digests of all rows of one in memory.
const AT_ONCE: usize = 4;

/// What does not change from year to year.
pub struct World<'a, 's> {
    pub app: &'a App,
    pub standard: &'s Standard,
    pub questions: &'a Questions<'s>,
    pub documents: &'a Documents<'s>,
    pub odd: &'a Oddities,
    pub pools: &'a Pools,
    pub ids: &'a Ids<'a>,
    pub today: Date,
    pub polls: &'a [Poll],
    pub days: Days,
    /// The grades of the first year.
    pub first: &'a [Grade],
    /// The people of each unit.
    pub people: &'a [Vec<usize>],
    pub accounts: &'a [Account],
}

/// What has become of the city so far.
pub struct Life {
    pub city: City,
    pub honours: Vec<Honour>,
    pub vetoes: Vec<Veto>,
    /// Units that file or hold a poll: nothing else happens to them.
    pub busy: BTreeSet<usize>,
}

/// What a unit does in a year.
struct Lived<'s> {
    index: usize,
    told: Told,
    /// Of the year itself, for the log.
    held: Vec<Held>,
    copied: Option<Rated>,
    filings: Vec<Filing<'s>>,
}

impl<'s> World<'_, 's> {
    fn until(&self) -> Timestamp {
        morning(self.today)
    }

    /// Lets a year happen and hands over all of it; gives the filings that go through the acts.
    pub async fn year(
        &self,
        writing: &mut Writing,
        life: &mut Life,
        year: i16,
    ) -> Result<Vec<Filing<'s>>> {
        growth::live_on(&mut life.city, self.first, year, self.today);
        let filings = self.say(writing, life, year).await?;
        let city = &life.city;
        if self.is_recent(year) {
            let chairs = statements::chairs(city);
            let by = (chairs.as_slice(), self.ids);
            let until = self.until();
            let shown = self.documents.of_year(city, by, year, &filings, until);
            writing.hand(Part::Evidence(year, shown)).await?;
        }
        if calendar::set_on(year) < self.today {
            let round = calendar::round(self.app, year).await?;
            let places = calendar::quotas(city, self.standard, year);
            writing.hand(Part::Round(round, places)).await?;
        }
        self.say_of_people(writing, city, &filings, year).await?;
        life.busy.extend(filings.iter().map(|filing| filing.unit));
        let is_watched = year == self.today.year() && acts::days(self.today).is_some();
        let (performed, filed) = if is_watched {
            apart(city, filings)
        } else {
            (Vec::new(), filings)
        };
        let desk = Desk::new(city, self.standard, self.ids, year, self.today);
        let given = desk.file(writing, &filed).await?;
        life.honours.extend(given);
        if let Some(renewing) = Renewing::of(self.accounts, year, self.today) {
            writing.hand(Part::Renewals(renewing)).await?;
        }
        // Of the running round the acts tell.
        if departments::is_over(year, self.today) {
            let told = (self.standard, self.accounts, self.ids);
            let asking = departments::of_past(city, told, (year, &filed), &life.vetoes)?;
            writing.hand(Part::Departments(asking)).await?;
        }
        Ok(performed)
    }

    /// What the units say and hold in the year, and who of them files.
    async fn say(&self, writing: &mut Writing, life: &Life, year: i16) -> Result<Vec<Filing<'s>>> {
        let city = &life.city;
        let day = date(year, 12, 31).min(self.today);
        let as_of = date(year, 10, 10).min(self.today);
        let known = subjects::known(city, self.standard, &life.honours, &life.vetoes, as_of);
        let told_by = (self.standard, self.questions);
        let season = Season::of(city, told_by, year, as_of, &life.honours);
        let chairs = statements::chairs(city);
        let mut filings = Vec::new();
        let firsts = (0..city.units.len()).step_by(PORTION);
        for (portion, first) in (1..).zip(firsts) {
            let units = first..(first + PORTION).min(city.units.len());
            let lived: Vec<Lived<'s>> = units
                .into_par_iter()
                .map(|index| self.lived(&season, &known, index))
                .collect();
            self.hand(writing, (city, &chairs), year, &lived).await?;
            filings.extend(lived.into_iter().flat_map(|lived| lived.filings));
            if portion % AT_ONCE == 0 {
                writing.hand(Part::Kept(year, day)).await?;
            }
        }
        // Units before people, as the register has them.
        filings.sort_by_key(|filing| filing.person.is_some());
        Ok(filings)
    }

    /// Hands over what the units of a portion said and held.
    async fn hand(
        &self,
        writing: &mut Writing,
        (city, chairs): (&City, &[&str]),
        year: i16,
        lived: &[Lived<'_>],
    ) -> Result<()> {
        let is_kept = |lived: &&Lived| self.is_kept(city, lived, year);
        let said = lived
            .iter()
            .filter(is_kept)
            .filter_map(|lived| Some((lived.index, lived.told.answers.as_ref()?)));
        let said = statements::of_units(city, (chairs, self.ids), year, self.until(), said)?;
        writing.hand(Part::Statements(said)).await?;
        let held: Vec<Held> = lived
            .iter()
            .filter(is_kept)
            .flat_map(|lived| lived.held.iter().cloned())
            .collect();
        let mut logged = activities::logged(city, self.ids, &held);
        logged.retain(|activity| activity.recorded_at < self.until());
        writing.hand(Part::Activities(logged)).await?;
        let copied: Vec<(usize, Rated)> = lived
            .iter()
            .filter_map(|lived| Some((lived.index, lived.copied?)))
            .collect();
        let mut copied = counts::copied(city, year, &copied);
        copied.retain(|rating| rating.recorded_at < self.until());
        writing.hand(Part::Ratings(copied)).await
    }

    /// The running year and the one before.
    fn is_recent(&self, year: i16) -> bool {
        year >= self.today.year() - 1
    }

    /// Of years long over only what was looked at is kept: the sheets and logs of those who applied, of the story's subdistrict, and what something odd in
    /// that year or the next is seen by.
    fn is_kept(&self, city: &City, lived: &Lived, year: i16) -> bool {
        let near = &city.units[city.cast.township].path;
        let is_odd = |year| self.odd.of_unit(lived.index, year).is_some();
        self.is_recent(year)
            || is_odd(year)
            || is_odd(year + 1)
            || !lived.filings.is_empty()
            || city.units[lived.index].path.starts_with(near.as_str())
    }

    fn lived(&self, season: &Season<'_, 's>, known: &subjects::Known, index: usize) -> Lived<'s> {
        let (city, year) = (season.city, season.year);
        let answers = self.answers(city, index, year);
        let holding = Holding {
            city,
            first: self.first,
            pools: self.pools,
            today: self.today,
        };
        let of_kind = facts::kind_of(city, index).is_some();
        let all = if of_kind {
            holding.of_unit(index, date(year - 1, 8, 1), date(year, 12, 1))
        } else {
            Vec::new()
        };
        let unit = &city.units[index];
        let odd = self.odd.of_unit(index, year);
        let rating = odd.and_then(|odd| odd.rate(unit, year));
        let near = &city.units[city.cast.tianning].path;
        let rating = rating.or_else(|| match unit.path.starts_with(near.as_str()) {
            // What the story tells of its district stays as it is told.
            true => activities::rating(unit, year),
            false => activities::mixed_rating(unit, year),
        });
        let poll = self.polls.iter().find(|held| held.unit == index);
        let (rating, copied) = match poll {
            Some(held) if year == self.days.year() => (held.result(), None),
            Some(_) if year == self.days.year() - 1 => (rating, None),
            _ => (rating, rating),
        };
        let told = Told {
            answers,
            activities: all
                .iter()
                .filter(|held| held.on < season.as_of)
                .cloned()
                .collect(),
            rating,
        };
        let mut filings = Vec::new();
        // Who says what no sheet takes hands in nothing: a judgement is read again as a sheet is.
        let is_judged = odd != Some(Oddity::MembersOverWorkers);
        if date(year, 10, 8) < self.today && is_judged {
            let subject = subjects::subject(city, known, index, &told);
            filings.extend(self.filed(season, index, subject.as_ref()));
        }
        let of_year = |held: &Held| held.on.year() == year || year == FIRST_YEAR;
        Lived {
            index,
            told,
            held: all.into_iter().filter(of_year).collect(),
            copied,
            filings,
        }
    }

    fn filed(
        &self,
        season: &Season<'_, 's>,
        index: usize,
        subject: Option<&Subject>,
    ) -> Vec<Filing<'s>> {
        let of_unit = subject.and_then(|subject| season.of_unit(index, subject));
        let of_people = season.of_people(&self.people[index], subject);
        of_unit.into_iter().chain(of_people).collect()
    }

    /// What a unit says of a year.
    fn answers(&self, city: &City, index: usize, year: i16) -> Option<Answers> {
        let kind = facts::kind_of(city, index)?;
        let must_say = index == city.cast.union;
        let unit = &city.units[index];
        let mut said = facts::answers(self.questions, unit, kind, i64::from(year), must_say)?;
        if let Some(odd) = self.odd.of_unit(index, year) {
            odd.say(unit, i64::from(year), &mut said);
        }
        Some(said)
    }

    /// What the sheets of people say: in a recent year of everybody at good unions, else of those who apply.
    async fn say_of_people(
        &self,
        writing: &mut Writing,
        city: &City,
        filings: &[Filing<'_>],
        year: i16,
    ) -> Result<()> {
        let everybody = 0..city.people.len();
        let of_good = everybody.filter(|index| {
            let unit = city.people[*index].unit;
            city.units[unit].grade >= Grade::Model && self.is_person_asked(city, unit)
        });
        let people: Vec<usize> = if year == self.today.year() {
            of_good.collect()
        } else {
            filings.iter().filter_map(|filing| filing.person).collect()
        };
        for portion in people.chunks(PORTION) {
            let answers: Vec<(usize, Answers)> = portion
                .par_iter()
                .map(|index| (*index, facts::personal(self.questions, *index as i64)))
                .collect();
            let said = statements::of_people(city, self.ids, year, self.until(), &answers)?;
            writing.hand(Part::Statements(said)).await?;
        }
        Ok(())
    }

    fn is_person_asked(&self, city: &City, unit: usize) -> bool {
        facts::kind_of(city, unit) != Some(jianjia_standard::kinds::Kind::Branch)
    }

    /// What the units said of the year before the first.
    pub async fn year_before(&self, writing: &mut Writing, city: &City) -> Result<()> {
        let chairs = statements::chairs(city);
        let year = FIRST_YEAR - 1;
        for first in (0..city.units.len()).step_by(PORTION) {
            let portion = first..(first + PORTION).min(city.units.len());
            let answers: Vec<(usize, Answers)> = portion
                .into_par_iter()
                .filter_map(|index| Some((index, self.answers(city, index, year)?)))
                .collect();
            let by = (chairs.as_slice(), self.ids);
            let answers = answers.iter().map(|(index, answers)| (*index, answers));
            let said = statements::of_units(city, by, year, self.until(), answers)?;
            writing.hand(Part::Statements(said)).await?;
        }
        Ok(())
    }
}

/// The filings that go through the acts: the first ones of the subdistrict of the story; the others are entered as they stand.
fn apart<'s>(city: &City, filings: Vec<Filing<'s>>) -> (Vec<Filing<'s>>, Vec<Filing<'s>>) {
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
