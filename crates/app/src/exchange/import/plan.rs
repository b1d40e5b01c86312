//! What importing a workbook's rows would do, decided by the present state of the register and the round.

use std::collections::{BTreeSet, HashMap, HashSet};

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitPlace, subtree},
    },
    exchange::import::{
        ImportKind, ImportRow,
        accounts::{self, Known},
        answers, bases,
        divisions::{self, DivisionRow, Level},
        fate::ImportReport,
        pair::{self, Pair},
        people,
        sheets::{self, Before},
        table::Taken,
        titles, unions, vetoes,
    },
    office::account::AccountState,
    register::{person::Person, unit::Unit},
    year::{assessment, statement},
};
use jianjia_standard::{Standard, division::DivisionWords, subject::Subject};
use jianjia_store::{
    core::db::Tx,
    exchange::import,
    honour::honour,
    money::subsidy::base,
    office::account::seat,
    register::{
        division::{self, Division},
        person, unit,
    },
    round::{
        department,
        entry::{self, EntryFilter},
        veto,
    },
    year::{statement as statements, subject},
};
use jiff::civil::Date;

use crate::{
    core::{app::App, error::Result},
    register::division as divisions_of_city,
    year::assessment as assessments,
};

/// The plan of an import, by kind.
pub(crate) enum Planned {
    Divisions(divisions::Plan),
    Unions {
        plan: unions::Plan,
        units: Vec<Unit>,
    },
    People {
        plan: people::Plan,
        units: Vec<Unit>,
        people: Vec<Person>,
    },
    Sheets {
        plan: sheets::Plan,
        units: Vec<Unit>,
    },
    Titles {
        plan: titles::Plan,
        units: Vec<Unit>,
        people: Vec<Person>,
    },
    Vetoes {
        plan: vetoes::Plan,
        units: Vec<Unit>,
    },
    Answers(answers::Plan),
    SubsidyBases {
        plan: bases::Plan,
        units: Vec<Unit>,
    },
    Accounts {
        plan: accounts::Plan,
        units: Vec<Unit>,
        people: Vec<Person>,
    },
}

impl Planned {
    fn report_mut(&mut self) -> &mut ImportReport {
        match self {
            Planned::Divisions(plan) => &mut plan.report,
            Planned::Unions { plan, .. } => &mut plan.report,
            Planned::People { plan, .. } => &mut plan.report,
            Planned::Sheets { plan, .. } => &mut plan.report,
            Planned::Titles { plan, .. } => &mut plan.report,
            Planned::Vetoes { plan, .. } => &mut plan.report,
            Planned::Answers(plan) => &mut plan.report,
            Planned::SubsidyBases { plan, .. } => &mut plan.report,
            Planned::Accounts { plan, .. } => &mut plan.report,
        }
    }

    pub(super) fn into_report(mut self) -> ImportReport {
        std::mem::take(self.report_mut())
    }

    pub(super) fn report(&self) -> &ImportReport {
        match self {
            Planned::Divisions(plan) => &plan.report,
            Planned::Unions { plan, .. } => &plan.report,
            Planned::People { plan, .. } => &plan.report,
            Planned::Sheets { plan, .. } => &plan.report,
            Planned::Titles { plan, .. } => &plan.report,
            Planned::Vetoes { plan, .. } => &plan.report,
            Planned::Answers(plan) => &plan.report,
            Planned::SubsidyBases { plan, .. } => &plan.report,
            Planned::Accounts { plan, .. } => &plan.report,
        }
    }
}

/// Decides about every row by the present state of the register and the round; `under` is `None` while the register is empty, and `own` is the
/// department whose own table of answers it is.
pub(super) async fn plan(
    app: &App,
    tx: &mut Tx,
    (kind, own): (ImportKind, Option<&str>),
    under: Option<&UnitPlace>,
    taken: &Taken,
    pairs: &[Pair],
) -> Result<Planned> {
    let mut planned = if pairs.is_empty() {
        plan_rows(app, tx, (kind, own), under, &taken.rows).await?
    } else {
        plan_rows(
            app,
            tx,
            (kind, own),
            under,
            &pair::paired(&taken.rows, pairs),
        )
        .await?
    };
    let under = under.filter(|_| kind == ImportKind::Unions);
    let under = under.map(|under| under.name.as_str());
    let known = kind.columns(app.in_force());
    planned.report_mut().complete(taken, &known, under);
    planned.report_mut().pairs = pairs.to_vec();
    Ok(planned)
}

async fn plan_rows(
    app: &App,
    tx: &mut Tx,
    (kind, own): (ImportKind, Option<&str>),
    under: Option<&UnitPlace>,
    rows: &[ImportRow],
) -> Result<Planned> {
    let path = under.map_or("/", |under| under.path.as_str());
    let units = unit::within(tx, path).await?;
    let today = app.clock.today();
    let of_year = |year: i16| -> &Standard { app.standards.of(year) };
    match kind {
        ImportKind::Divisions => {
            let registered = divisions_of(division::all(tx).await?);
            let words = &app.in_force().divisions;
            Ok(Planned::Divisions(divisions::plan(
                rows,
                words,
                &registered,
            )))
        }
        ImportKind::Unions => {
            let under = under.map(|under| under.id);
            let words = &app.in_force().divisions;
            let plan = plan_unions(tx, under, path, &units, rows, (words, today)).await?;
            Ok(Planned::Unions { plan, units })
        }
        ImportKind::People => {
            let people = person::within(tx, path).await?;
            let plan = people::plan(rows, &units, &people, today);
            Ok(Planned::People {
                plan,
                units,
                people,
            })
        }
        ImportKind::Sheets => {
            // As with unions, an import is about the units below; a federation fills in its own sheet itself.
            let below: Vec<Unit> = units.into_iter().filter(|unit| unit.path != path).collect();
            let before = before(app, tx, &below, &sheets::named(rows, &below)).await?;
            let plan = sheets::plan(rows, &of_year, &below, &before, today);
            Ok(Planned::Sheets { plan, units: below })
        }
        ImportKind::Titles => {
            let people = person::within(tx, path).await?;
            let held = honour::all(tx).await?;
            let register = titles::Register {
                standard_of: &of_year,
                units: &units,
                people: &people,
                held: &held,
            };
            let plan = titles::plan(rows, &register, today);
            Ok(Planned::Titles {
                plan,
                units,
                people,
            })
        }
        ImportKind::Vetoes => {
            // A federation records vetoes of the units below it, not its own.
            let below: Vec<Unit> = units.into_iter().filter(|unit| unit.path != path).collect();
            let known = veto::within(tx, path).await?;
            let plan = vetoes::plan(rows, &of_year, &below, &known, today.year());
            Ok(Planned::Vetoes { plan, units: below })
        }
        ImportKind::Answers => {
            let below = units.into_iter().filter(|unit| unit.path != path).collect();
            let plan = plan_answers(app, tx, own, below, rows).await?;
            Ok(Planned::Answers(plan))
        }
        ImportKind::SubsidyBases => {
            let known = base::within(tx, path).await?;
            let plan = bases::plan(rows, &of_year, &units, &known);
            Ok(Planned::SubsidyBases { plan, units })
        }
        ImportKind::Accounts => {
            let people = person::within(tx, path).await?;
            let plan = plan_accounts(tx, path, (&units, &people), rows).await?;
            Ok(Planned::Accounts {
                plan,
                units,
                people,
            })
        }
    }
}

/// A department's own table finds the units on its lists, and no others of the register.
async fn plan_answers(
    app: &App,
    tx: &mut Tx,
    own: Option<&str>,
    mut units: Vec<Unit>,
    rows: &[ImportRow],
) -> Result<answers::Plan> {
    let years = answers::years(rows);
    let asked = department::of_years(tx, &years).await?;
    if let Some(own) = own {
        let of_own = asked.iter().filter(|asked| asked.department == own);
        let on_list: HashSet<UnitId> = of_own.map(|asked| asked.unit).collect();
        units.retain(|unit| on_list.contains(&unit.id));
    }
    let filter = EntryFilter {
        years,
        ..EntryFilter::default()
    };
    let entries = entry::list(tx, &filter).await?;
    let of_year = |year: i16| -> &Standard { app.standards.of(year) };
    let register = answers::Register {
        standard_of: &of_year,
        units: &units,
        asked: &asked,
        entries: &entries,
        only: own,
    };
    Ok(answers::plan(rows, &register, app.clock.today()))
}

async fn plan_accounts(
    tx: &mut Tx,
    path: &str,
    (units, people): (&[Unit], &[Person]),
    rows: &[ImportRow],
) -> Result<accounts::Plan> {
    let known: Vec<Known> = seat::within(tx, path)
        .await?
        .into_iter()
        .map(|seat| Known {
            account: seat.account,
            unit: seat.unit,
            role: seat.role,
            name: seat.name,
            telephone: seat.telephone,
            mail: seat.mail,
            is_active: seat.state == AccountState::Active,
        })
        .collect();
    let (logins, telephones) = accounts::asked(rows, units);
    let taken = seat::taken(tx, logins).await?;
    let telephones = seat::of_telephones(tx, telephones)
        .await?
        .into_iter()
        .map(|(telephone, account, name)| (telephone, (account, name)))
        .collect();
    let register = accounts::Register {
        units,
        people,
        known: &known,
        taken: &taken,
        telephones: &telephones,
    };
    Ok(accounts::plan(rows, &register))
}

async fn plan_unions(
    tx: &mut Tx,
    under: Option<UnitId>,
    path: &str,
    units: &[Unit],
    rows: &[ImportRow],
    (words, today): (&DivisionWords, Date),
) -> Result<unions::Plan> {
    let divisions = divisions_of_city::load(tx).await?;
    let mut codes = unions::codes(rows);
    codes.sort();
    codes.dedup();
    let here: HashSet<UnitId> = units.iter().map(|unit| unit.id).collect();
    let codes_elsewhere: HashMap<String, String> = import::holders_of_codes(tx, &codes)
        .await?
        .into_iter()
        .filter(|(_, (id, _))| !here.contains(id))
        .map(|(code, (_, name))| (code, name))
        .collect();
    let (lower, upper) = subtree(path);
    let chairs = import::chairs_between(tx, (&lower, &upper)).await?;
    let register = unions::Register {
        under,
        units,
        chairs: &chairs,
        codes_elsewhere: &codes_elsewhere,
        division: &|typed| divisions.read(words, typed),
    };
    Ok(unions::plan(rows, &register, today))
}

/// The divisions by code, as the workbook's rows have them, without levels that no row can have.
fn divisions_of(divisions: Vec<Division>) -> HashMap<String, DivisionRow> {
    divisions
        .into_iter()
        .filter_map(|division| {
            let row = DivisionRow {
                code: division.code.clone(),
                parent_code: division.parent_code,
                level: Level::read(&division.level)?,
                name: division.name,
            };
            Some((division.code, row))
        })
        .collect()
}

/// The facts of the named unions and years, by index of the unit; years whose sheet can't be filled in are left out.
async fn before(
    app: &App,
    tx: &mut Tx,
    units: &[Unit],
    named: &HashSet<(usize, i16)>,
) -> Result<HashMap<(usize, i16), Before>> {
    let this_year = app.clock.today().year();
    let years: BTreeSet<i16> = named.iter().map(|(_, year)| *year).collect();
    let mut found = HashMap::with_capacity(named.len());
    for year in years {
        let standard = app.standards.of(year);
        if statement::open_year(standard, year, this_year).is_err() {
            continue;
        }
        let places = || named.iter().filter(|(_, named)| *named == year);
        let ids: Vec<UnitId> = places().map(|(place, _)| units[*place].id).collect();
        let mut facts = statements::facts_of_units(tx, &ids, year).await?;
        let as_of = assessments::as_of(app, year);
        let elections = subject::elections(tx, &ids, as_of).await?;
        for (place, _) in places() {
            let unit = &units[*place];
            let Ok(kind) = assessment::kind_of(unit.kind) else {
                continue;
            };
            let facts = facts.remove(&unit.id).unwrap_or_default();
            let known = assessments::answered_by(
                standard,
                (unit.details.workers, unit.details.members),
                assessments::last_election(elections.get(&unit.id), as_of),
            );
            let mut subject = Subject::unknown(unit.id.to_string(), kind);
            subject.employer = unit
                .details
                .employer
                .as_ref()
                .and_then(|employer| employer.parse().ok());
            subject.facts = statement::known(standard, &facts);
            subject.facts.extend(known.iter().cloned());
            let before = Before {
                subject,
                known: known.into_iter().map(|(key, _)| key).collect(),
                facts,
            };
            found.insert((*place, year), before);
        }
    }
    Ok(found)
}
