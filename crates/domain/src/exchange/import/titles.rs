//! A table of titles already held, from before the programme or from paper: which are new and which can't be taken. A title that is on
//! record is never changed by a table.

mod refusal;

use std::collections::{HashMap, HashSet};

use jianjia_standard::{Lang, Standard, Text, kinds::HonourLevel, kinds::Kind, programme::Title};
use jiff::civil::Date;

use crate::{
    core::{
        day,
        text::{form::of_name, line},
    },
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{ImportReport, Outcome, Reasons, RowFate, Written, repeated},
        titles::refusal::TitleRowRefusal,
        unit::{Names, unit_of},
    },
    honour::honour::{Honour, HonourState, NewTitle, level_name},
    register::{person::Person, unit::Unit},
};

/// What importing the table does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub report: ImportReport,
    pub new: Vec<NewTitle>,
}

/// What the register knows.
pub struct Register<'a> {
    /// The standard of a year.
    pub standard_of: &'a dyn Fn(i16) -> &'a Standard,
    /// The living units within reach.
    pub units: &'a [Unit],
    /// The people in post in them.
    pub people: &'a [Person],
    /// Every title on record.
    pub held: &'a [Honour],
}

const NUMBER_AT_MOST: usize = 60;
/// The All-China Federation has given such titles since then at the earliest.
const FIRST_YEAR: i16 = 1949;

/// The columns, with the words shown and whether they must be there.
pub fn columns() -> Vec<ImportColumn> {
    let columns = [
        ("unit", "持有单位", "Holder", true),
        ("person", "个人", "Person", false),
        ("title", "称号", "Title", true),
        ("level", "级别", "Level", false),
        ("year", "年度", "Year", true),
        ("number", "编号", "Number", false),
        ("begun_on", "命名日期", "Named on", false),
    ]
    .map(|(key, zh, en, is_required)| ImportColumn::new(key, zh, en, is_required));
    ImportColumn::with_own(columns.to_vec(), &["number"])
}

/// Decides about every row.
pub fn plan(rows: &[ImportRow], register: &Register<'_>, today: Date) -> Plan {
    let columns = columns();
    let units = Names::of(register.units);
    let mut numbers: HashSet<String> = HashSet::new();
    let mut seen: HashMap<TitleKey, usize> = HashMap::new();
    let mut plan = Plan::default();
    for (index, row) in rows.iter().enumerate() {
        let mut written = Written::default();
        let outcome = match read(row, &columns, register, &units, today) {
            Ok(new) if is_on_record(&new, register) => Outcome::Unchanged,
            Ok(new) => match seen.get(&key_of(&new)) {
                Some(earlier) => repeated(
                    &columns,
                    (&rows[*earlier], row),
                    &["unit", "title", "year", "person"],
                ),
                None if is_number_taken(&new.number, register, &numbers) => {
                    let mut reasons = Reasons::default();
                    let number = new.number;
                    let taken = TitleRowRefusal::NumberTaken { number };
                    reasons.add(&columns, "number", &taken.into());
                    reasons.outcome()
                }
                None => {
                    numbers.insert(new.number.clone());
                    seen.insert(key_of(&new), index);
                    written = written_of(row, &new, register);
                    plan.new.push(new);
                    Outcome::New
                }
            },
            Err(reasons) => reasons.outcome(),
        };
        plan.report
            .rows
            .push(RowFate::of(row, line(row.get("unit")), outcome).writing(written));
    }
    plan
}

/// What the row writes, as it will stand in the register: also what its cells leave to the title's own words.
fn written_of(row: &ImportRow, new: &NewTitle, register: &Register<'_>) -> Written {
    let mut written = Written::default();
    written.text(row, "unit", &register.units[new.unit].details.name);
    if let Some(person) = new.person {
        written.text(row, "person", &register.people[person].details.name);
    }
    if let Some(title) = (register.standard_of)(new.year).title(&new.title) {
        written.words(row, "title", title.name.clone());
    }
    let level = |lang| level_name(new.level, lang).to_owned();
    let (zh, en) = (level(Lang::Zh), level(Lang::En));
    written.words(row, "level", Text { zh, en });
    written.text(row, "year", &new.year.to_string());
    written.text(row, "number", &new.number);
    written.text(row, "begun_on", &new.begun_on.to_string());
    written
}

/// By which two rows are about the same title: unit, person, title, level and year.
type TitleKey = (usize, Option<usize>, String, HonourLevel, i16);

fn key_of(new: &NewTitle) -> TitleKey {
    (new.unit, new.person, new.title.clone(), new.level, new.year)
}

fn is_on_record(new: &NewTitle, register: &Register<'_>) -> bool {
    let unit = &register.units[new.unit];
    let person = new.person.map(|person| register.people[person].id);
    register.held.iter().any(|held| {
        held.unit == unit.id
            && held.person == person
            && held.title == new.title
            && held.level == new.level
            && held.year == new.year
            && matches!(held.state, HonourState::InForce | HonourState::Suspended)
    })
}

/// Whether a title on record or an earlier row has the number; many titles have none.
fn is_number_taken(number: &str, register: &Register<'_>, numbers: &HashSet<String>) -> bool {
    !number.is_empty()
        && (numbers.contains(number) || register.held.iter().any(|held| held.number == number))
}

fn read(
    row: &ImportRow,
    columns: &[ImportColumn],
    register: &Register<'_>,
    units: &Names<'_>,
    today: Date,
) -> Result<NewTitle, Reasons> {
    let mut reasons = Reasons::of(columns, row);
    let unit = unit_of(columns, "unit", row, units, &mut reasons);
    let year = year_of(row.get("year"), FIRST_YEAR, today.year());
    let standard = (register.standard_of)(year.unwrap_or(today.year()));
    let title = title_of(standard, row.get("title"));
    let (title, implied) = match title {
        Ok((title, implied)) => (Ok(title), implied),
        Err(refusal) => (Err(refusal), None),
    };
    let level = level_of(standard, row.get("level"), implied);
    let begun_on = begun_on_of(row.get("begun_on"), year, today);
    let number = line(row.get("number"));
    let person = match (unit, &title) {
        (Some(unit), Ok(title)) => {
            person_of(register, &register.units[unit], title, row.get("person"))
        }
        _ => Ok(None),
    };
    let mut wrong =
        |key: &str, refusal: TitleRowRefusal| reasons.add(columns, key, &refusal.into());
    let title = title.map_err(|refusal| wrong("title", refusal)).ok();
    let level = level.map_err(|refusal| wrong("level", refusal)).ok();
    if year.is_none() {
        wrong(
            "year",
            TitleRowRefusal::NotAYear {
                typed: line(row.get("year")),
                first: FIRST_YEAR,
                last: today.year(),
            },
        );
    }
    let begun_on = begun_on.map_err(|refusal| wrong("begun_on", refusal));
    if number.chars().count() > NUMBER_AT_MOST {
        let most = NUMBER_AT_MOST;
        wrong("number", TitleRowRefusal::TooLong { most });
    }
    let person = person.map_err(|(key, refusal)| wrong(key, refusal));
    match (unit, person, title, level, year, begun_on) {
        (Some(unit), Ok(person), Some(title), Some(level), Some(year), Ok(Some(begun_on)))
            if reasons.is_empty() =>
        {
            Ok(NewTitle {
                unit,
                person,
                title: title.key.clone(),
                level,
                year,
                number,
                begun_on,
            })
        }
        _ => Err(reasons),
    }
}

/// The day of naming: the last of the year where the cell is empty, but not after today. None: neither is known.
fn begun_on_of(
    typed: &str,
    year: Option<i16>,
    today: Date,
) -> Result<Option<Date>, TitleRowRefusal> {
    let typed = line(typed);
    if typed.is_empty() {
        let last = year.and_then(|year| Date::new(year, 12, 31).ok());
        return Ok(last.map(|day| day.min(today)));
    }
    match day::read(&typed) {
        Some(day) if day.year() < FIRST_YEAR => {
            let first = FIRST_YEAR;
            Err(TitleRowRefusal::TooEarly { day, first })
        }
        Some(day) if day <= today => Ok(Some(day)),
        _ => Err(TitleRowRefusal::NotADay { typed }),
    }
}

/// The person of a personal title; none for a title of units.
fn person_of(
    register: &Register<'_>,
    unit: &Unit,
    title: &Title,
    typed: &str,
) -> Result<Option<usize>, (&'static str, TitleRowRefusal)> {
    let typed = line(typed);
    if !title.kinds.contains(&Kind::Person) {
        let fits = title.kinds.iter().any(|kind| kind.key() == unit.kind.key());
        return if fits && !typed.is_empty() {
            // The title is the unit's: whoever is written beside it would be lost.
            let title = title.name.zh.clone();
            Err(("person", TitleRowRefusal::NotAPersonsTitle { title, typed }))
        } else if fits {
            Ok(None)
        } else {
            Err((
                "title",
                TitleRowRefusal::NotForTheKind {
                    title: title.name.zh.clone(),
                    kind: unit.kind.word(),
                },
            ))
        };
    }
    let form = of_name(&typed);
    let mut named =
        register.people.iter().enumerate().filter(|(_, person)| {
            person.unit_id == unit.id && of_name(&person.details.name) == form
        });
    match (named.next(), named.next()) {
        (Some((place, _)), None) => Ok(Some(place)),
        (Some(_), Some(_)) => Err(("person", TitleRowRefusal::PersonSeveral { typed })),
        (None, _) => Err(("person", TitleRowRefusal::PersonUnknown { typed })),
    }
}

/// A title by its key or name, also with the level in front as certificates have it: 全国模范职工之家.
fn title_of<'a>(
    standard: &'a Standard,
    typed: &str,
) -> Result<(&'a Title, Option<HonourLevel>), TitleRowRefusal> {
    let titles = &standard.titles;
    let named = |form: &str| {
        let mut titles = titles.iter();
        titles.find(|title| {
            of_name(&title.key) == form
                || of_name(&title.name.zh) == form
                || of_name(&title.name.en) == form
        })
    };
    // 模范“职工之家”: titles are printed with marks within.
    let form = of_name(typed).replace('"', "");
    if let Some(title) = named(&form) {
        return Ok((title, None));
    }
    let found = behind_level(standard, &form, &named);
    found.ok_or_else(|| TitleRowRefusal::NotOneOf {
        typed: line(typed),
        known: titles.iter().map(|title| title.name.zh.clone()).collect(),
    })
}

/// A title behind the places and levels in front of it, of which the last tells the level: 江苏省常州市模范职工之家 is the city's.
fn behind_level<'a>(
    standard: &Standard,
    form: &str,
    named: &dyn Fn(&str) -> Option<&'a Title>,
) -> Option<(&'a Title, Option<HonourLevel>)> {
    let mut words = standard.programme.level_words.iter();
    words.find_map(|(level, word)| {
        let word = of_name(word);
        let rest = form.strip_prefix(&word).filter(|_| !word.is_empty())?;
        let title = named(rest).map(|title| (title, Some(*level)));
        title.or_else(|| behind_level(standard, rest, named))
    })
}

/// The level by its key, its name or a word of the standard; an empty cell leaves it to the title's own words, which it may not contradict.
fn level_of(
    standard: &Standard,
    typed: &str,
    implied: Option<HonourLevel>,
) -> Result<HonourLevel, TitleRowRefusal> {
    let form = of_name(typed);
    let known = HonourLevel::ALL.iter().copied().find(|level| {
        of_name(level.key()) == form
            || of_name(level_name(*level, Lang::Zh)) == form
            || of_name(level_name(*level, Lang::En)) == form
    });
    let found = known.or_else(|| {
        let mut words = standard.programme.level_words.iter();
        words
            .find(|(_, word)| of_name(word) == form)
            .map(|(level, _)| *level)
    });
    match (found, implied) {
        (Some(found), Some(implied)) if found != implied => Err(TitleRowRefusal::LevelDiffers {
            level: found,
            implied,
        }),
        (Some(found), _) => Ok(found),
        (None, Some(implied)) if form.is_empty() => Ok(implied),
        (None, _) => Err(TitleRowRefusal::NotOneOf {
            typed: line(typed),
            known: HonourLevel::ALL
                .iter()
                .map(|level| level_name(*level, Lang::Zh).to_owned())
                .collect(),
        }),
    }
}

/// A year within bounds.
pub(crate) fn year_of(typed: &str, first: i16, last: i16) -> Option<i16> {
    day::read_year(typed).filter(|year| (first..=last).contains(year))
}
